import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with the plain line `N passed, N failed`; under `tools/run.mjs`, which has more to count, hands it the numbers instead. */
export default class LastLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      const failedBefore = count.failed;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      // A file that fails to load, or a hook that throws, has no failed test of its own.
      if (module.state() === "failed" && count.failed === failedBefore) count.failed += 1;
    }
    const { passed, failed, skipped } = count;
    const file = process.env["KITEX_TS_COUNTS"];
    if (file !== undefined) {
      writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
      return;
    }
    process.on("exit", () => {
      console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
    });
  }
}
