import { setTimeout as sleep } from "node:timers/promises";
import type { Job, JobResult } from "../src/job.ts";
import type { Step, World } from "./steps.ts";

/** What one row of a step's table says. */
export interface Row {
  readonly what: string;
  readonly result: JobResult;
  readonly expected: string;
  readonly isRight: boolean;
}

/** A rule needs a moment to travel; after this long it should have arrived. */
const SETTLE_MS = 8_000;

/** Prepares a step, makes its calls and judges them. While a rule is on its way the calls are made again. */
export const runStep = async (step: Step, world: World, run: (job: Job) => Promise<JobResult>): Promise<Row[]> => {
  await step.prepare(world);
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const rows: Row[] = [];
    for (const { what, job, expect } of step.jobs) {
      const result = await run(job);
      rows.push({ what, result, expected: expect.text, isRight: expect.holds(result) });
    }
    if (rows.every((row) => row.isRight) || performance.now() > deadline) return rows;
    await sleep(100);
  }
};
