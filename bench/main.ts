// `npm run bench`: kitex-ts beside its peers. `npm run bench -- codec`, `micro` and `soak` are the other measurements; `--help` says more.
import { compare } from "./runner/compare.ts";

/** Answers whether all went well. */
type Measurement = (args: readonly string[]) => Promise<boolean>;

const others: Readonly<Record<string, () => Promise<Measurement>>> = {
  codec: async () => (await import("./codec/main.ts")).codecBench,
  micro: async () => (await import("./micro/main.ts")).microBench,
  soak: async () => (await import("./soak.ts")).soak,
};

const [first = "", ...rest] = process.argv.slice(2);
const other = others[first];
try {
  const isGood = await (other === undefined ? compare(process.argv.slice(2)) : (await other())(rest));
  process.exit(isGood ? 0 : 1);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
