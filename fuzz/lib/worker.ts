// Runs one target in a thread of its own, so that what hangs or eats memory can be ended from outside.
import { parentPort, workerData } from "node:worker_threads";
import type { Finding, WorkerMessage, WorkerOrder } from "./finding.ts";
import { allowedGrowth, retainedBytes, usedBytes } from "./memory.ts";
import { Random } from "./random.ts";
import type { Target, TargetEntry } from "./target.ts";

/** Beyond this the same fault would only come again and again. */
const MOST_FINDINGS = 5;
/** What is kept after so many inputs is what caches hold; later growth is a leak. */
const WARM_UP = 2000;
const LEAK_BYTES = 48 * 1024 * 1024;

const { targets, target: name, seed, from, to, progress } = workerData as WorkerOrder;
const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

let findings = 0;
const report = (finding: Finding): void => {
  findings++;
  tell({ type: "finding", finding });
};

/** Answers the number of the first input that was not run. */
async function runAll(target: Target): Promise<number> {
  let warm = 0;
  let index = from;
  for (; index < to && findings < MOST_FINDINGS; index++) {
    Atomics.store(progress, 0, index);
    const random = new Random(`${seed} ${name} ${index}`);
    const input = target.make(random);
    const before = usedBytes();
    try {
      const running = target.run(input, random);
      if (running !== undefined) await running;
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report({ index, kind: "wrong", detail, input: shown(input) });
    }
    const grown = usedBytes() - before;
    if (grown > allowedGrowth(input.length)) {
      const detail = `${grown} bytes were allocated for an input of ${input.length}`;
      report({ index, kind: "memory", detail, input: shown(input) });
    }
    if (index === from + WARM_UP) warm = retainedBytes();
  }
  await target.close?.();
  const leaked = warm === 0 ? 0 : retainedBytes() - warm;
  if (leaked > LEAK_BYTES) {
    const detail = `${leaked} bytes more are kept than after ${WARM_UP} inputs`;
    report({ index: index - 1, kind: "memory", detail, input: "" });
  }
  return index;
}

const shown = (input: Buffer): string => input.toString("hex", 0, 2048) + (input.length > 2048 ? "…" : "");

const table = (await import(targets)) as { readonly targets: readonly TargetEntry[] };
const target = await table.targets.find((entry) => entry.name === name)?.load();
if (target === undefined) throw new Error(`no target "${name}"`);
tell({ type: "done", next: await runAll(target) });
