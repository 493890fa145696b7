import { machineCpuSeconds } from "./proc.ts";

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Cores that are busy right now, looked at for a quarter of a second. */
const busyCores = async (): Promise<number> => {
  const before = machineCpuSeconds();
  const startedAt = performance.now();
  await sleep(250);
  const after = machineCpuSeconds();
  if (before === undefined || after === undefined) return 0;
  return (after - before) / ((performance.now() - startedAt) / 1000);
};

/** Waits until the machine has nothing else to do, no longer than `limitMs`. */
export const waitForQuiet = async (threshold: number, limitMs: number): Promise<void> => {
  const giveUpAt = performance.now() + limitMs;
  while ((await busyCores()) > threshold && performance.now() < giveUpAt) await sleep(250);
};
