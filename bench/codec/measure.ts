/** How long one run of each case takes, in nanoseconds. */
export type Times<Name extends string> = Readonly<Record<Name, number>>;

/** Runs between two looks at the clock. */
const batch = 200;

interface Effort {
  readonly rounds?: number;
  readonly roundMs?: number;
}

/**
 * Best time of one run of each case. The cases take turns, so that a slow moment of the machine hits all of them. Each case answers something,
 * so that nothing is optimised away.
 */
export const measure = <Name extends string>(
  cases: Readonly<Record<Name, () => unknown>>,
  { rounds = 7, roundMs = 80 }: Effort = {},
): Times<Name> => {
  const best = new Map<string, number>();
  let sink = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries<() => unknown>(cases)) {
      let runs = 0;
      let elapsed = 0;
      const begin = performance.now();
      do {
        for (let index = 0; index < batch; index++) if (run() !== undefined) sink++;
        runs += batch;
        elapsed = performance.now() - begin;
      } while (elapsed < roundMs);
      // The first round only warms up.
      if (round > 0) best.set(name, Math.min(best.get(name) ?? Infinity, (elapsed * 1e6) / runs));
    }
  }
  if (sink === 0) throw new Error("nothing ran");
  return Object.fromEntries(best) as Times<Name>;
};

/** The same for cases that answer with a promise: each run is awaited before the next. */
export const measureAsync = async <Name extends string>(
  cases: Readonly<Record<Name, () => Promise<unknown>>>,
  { rounds = 5, roundMs = 50 }: Effort = {},
): Promise<Times<Name>> => {
  const best = new Map<string, number>();
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries<() => Promise<unknown>>(cases)) {
      let runs = 0;
      let elapsed = 0;
      const begin = performance.now();
      do {
        for (let index = 0; index < batch; index++) await run();
        runs += batch;
        elapsed = performance.now() - begin;
      } while (elapsed < roundMs);
      if (round > 0) best.set(name, Math.min(best.get(name) ?? Infinity, (elapsed * 1e6) / runs));
    }
  }
  return Object.fromEntries(best) as Times<Name>;
};
