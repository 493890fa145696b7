import { parseArgs } from "node:util";

export interface Arguments {
  readonly seed: string;
  /** Inputs of all targets together. */
  readonly runs: number;
  /** Number of the first input of each target. */
  readonly from: number;
  /** Names of targets; empty: all. */
  readonly only: readonly string[];
  /** All targets together may take this long. */
  readonly seconds: number;
  /** Targets that run at the same time. */
  readonly jobs: number;
}

export const usage = `npm run fuzz -- [--ci] [--seed TEXT] [--runs N] [--only TARGET …] [--from N] [--seconds N] [--jobs N]

  --ci       10000 inputs with the seed "ci": a change that breaks is the one that broke it
  --seed     default: another one each time, which is printed
  --runs     inputs of all targets together, 1000000 by default; each target gets its share
  --only     one target; may be given several times, and then --runs is for these alone
  --from     number of the first input: an input is made of seed, target and number, and of nothing else
  --seconds  an end that comes before all inputs have had their turn is a failure; 1800 by default
  --jobs     targets at the same time, 1 by default`;

/** @throws Error that says what is wrong with the command line */
export function fuzzArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ci: { type: "boolean", default: false },
      seed: { type: "string" },
      runs: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
      from: { type: "string", default: "0" },
      seconds: { type: "string", default: "1800" },
      jobs: { type: "string", default: "1" },
    },
  });
  const isCI = values.ci;
  return {
    seed: values.seed ?? (isCI ? "ci" : Math.random().toString(36).slice(2, 10)),
    runs: whole("runs", values.runs ?? (isCI ? "10000" : "1000000"), 1),
    from: whole("from", values.from, 0),
    only: values.only,
    seconds: whole("seconds", values.seconds, 1),
    jobs: whole("jobs", values.jobs, 1),
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} takes a whole number, got ${text}`);
  return value;
}
