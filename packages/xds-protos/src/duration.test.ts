import { describe, expect, it } from "vitest";

import { durationOf, millisecondsOf } from "./index.ts";

describe("durationOf() and millisecondsOf()", () => {
  it.each([
    [0, { seconds: 0, nanos: 0 }],
    [500, { seconds: 0, nanos: 500_000_000 }],
    [1500, { seconds: 1, nanos: 500_000_000 }],
    [0.001, { seconds: 0, nanos: 1_000 }],
    [86_400_000, { seconds: 86_400, nanos: 0 }],
    [-1500, { seconds: -1, nanos: -500_000_000 }],
  ])("%d ms", (milliseconds, duration) => {
    expect(durationOf(milliseconds)).toEqual(duration);
    expect(millisecondsOf(duration)).toBeCloseTo(milliseconds, 6);
  });

  it("carries what rounds to a whole second", () => {
    expect(durationOf(999.9999999)).toEqual({ seconds: 1, nanos: 0 });
    expect(durationOf(-999.9999999)).toEqual({ seconds: -1, nanos: 0 });
  });
});
