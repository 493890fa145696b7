import type { Target, TargetEntry } from "../lib/target.ts";

const planted = (name: string, run: Target["run"]): TargetEntry => ({
  name,
  title: name,
  share: 1,
  load: async () => ({ make: (random) => random.bytes(4), run }),
});

let count = 0;
const kept: unknown[] = [];

/** Decoders with faults, each at its fourth input. */
export const targets: readonly TargetEntry[] = [
  planted("sound", () => undefined),
  planted("wrong", (input) => {
    if (++count === 4) throw new Error(`cannot read ${input.toString("hex")}`);
  }),
  planted("late", () => (++count === 4 ? Promise.reject(new Error("late")) : Promise.resolve())),
  planted("hang", () => {
    if (++count === 4) for (;;);
  }),
  planted("never", () => {
    if (++count !== 4) return undefined;
    setInterval(() => undefined, 1000);
    return new Promise(() => undefined);
  }),
  planted("buffers", () => {
    if (++count === 4) kept.push(Buffer.alloc(1 << 28));
  }),
  planted("objects", () => {
    if (++count === 4) for (;;) kept.push(new Array(100_000).fill(0.5));
  }),
  planted("uncaught", () => {
    if (++count === 4)
      setImmediate(() => {
        throw new Error("nobody catches this");
      });
    return new Promise((resolve) => setTimeout(resolve, 1));
  }),
  { name: "broken", title: "", share: 1, load: () => Promise.reject(new Error("cannot be loaded")) },
];
