import { describe, expect, it } from "vitest";
import { ReportLimit } from "./report-limit.ts";

describe("ReportLimit", () => {
  it("lets so many a second through, and then says how many were left out", () => {
    const limit = new ReportLimit(2);
    expect([1000, 1001, 1002, 1003].map((now) => limit.admit(now))).toEqual([0, 0, undefined, undefined]);
    expect(limit.admit(1999)).toBeUndefined();
    expect([2000, 2001, 2002].map((now) => limit.admit(now))).toEqual([3, 0, undefined]);
    expect(limit.admit(9000)).toBe(1);
  });
});
