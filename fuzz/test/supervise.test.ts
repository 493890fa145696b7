import { describe, expect, it } from "vitest";
import { type Outcome, supervise } from "../lib/supervise.ts";

const planted = new URL("./planted.ts", import.meta.url);

const run = (target: string, from = 0, to = 8): Promise<Outcome> => {
  const job = { target, seed: "s", from, to, deadline: performance.now() + 60_000 };
  return supervise(job, planted, { hangMs: 3000, heapMb: 100 });
};

// A worker starts in half a second on a machine with nothing else to do.
describe("supervise()", { timeout: 60_000 }, () => {
  it("runs all inputs", async () => {
    expect(await run("sound")).toMatchObject({ findings: [], runs: 8, isOutOfTime: false });
  });

  it.each(["wrong", "late"])("reports what a target throws: %s", async (target) => {
    const { findings, runs } = await run(target);
    expect(findings).toMatchObject([{ index: 3, kind: "wrong" }]);
    expect(findings[0]?.input).toMatch(/^[0-9a-f]{8}$/);
    expect(runs).toBe(8);
  });

  it("makes the same input of the same seed and number", async () => {
    const [first, again] = [await run("wrong"), await run("wrong")];
    expect(again.findings).toEqual(first.findings);
    // The fourth from 2 on is number 5.
    const other = await run("wrong", 2);
    expect(other.findings[0]).toMatchObject({ index: 5 });
    expect(other.findings[0]?.input).not.toBe(first.findings[0]?.input);
  });

  it.each([
    ["hang", "hang"],
    ["never", "hang"],
    ["objects", "memory"],
    ["uncaught", "crash"],
  ])(
    "survives a worker that does not: %s",
    async (target, kind) => {
      const { findings, runs } = await run(target, 0, 6);
      expect(findings).toMatchObject([{ index: 3, kind }]);
      expect(runs).toBe(6);
    },
    60_000,
  );

  it("reports an input that makes much of little", async () => {
    const { findings } = await run("buffers");
    expect(findings).toMatchObject([{ index: 3, kind: "memory", detail: expect.stringContaining("input of 4") }]);
  });

  it("does not try a broken target again and again", async () => {
    const { findings, runs } = await run("broken");
    expect(findings).toMatchObject([{ kind: "crash", detail: expect.stringContaining("cannot be loaded") }]);
    expect(runs).toBe(0);
  });

  it("ends when the time is over", async () => {
    const job = { target: "never", seed: "s", from: 0, to: 8, deadline: performance.now() };
    const outcome = await supervise(job, planted);
    expect(outcome).toMatchObject({ findings: [], isOutOfTime: true });
  });
});
