/**
 * Best time of one run of each case, in nanoseconds. The cases take turns, so that a slow moment of the machine hits all of them. Each case
 * returns something, so that nothing is optimised away.
 */
export const measure = (
  cases: Readonly<Record<string, () => unknown>>,
  { rounds = 7, roundMs = 80 }: { rounds?: number; roundMs?: number } = {},
): Map<string, number> => {
  const best = new Map<string, number>();
  let sink = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(cases)) {
      let runs = 0;
      const begin = performance.now();
      let elapsed = 0;
      do {
        for (let index = 0; index < 200; index++) if (run() !== undefined) sink++;
        runs += 200;
        elapsed = performance.now() - begin;
      } while (elapsed < roundMs);
      // The first round only warms up.
      if (round > 0) best.set(name, Math.min(best.get(name) ?? Infinity, (elapsed * 1e6) / runs));
    }
  }
  if (sink === 0) throw new Error("nothing ran");
  return best;
};
