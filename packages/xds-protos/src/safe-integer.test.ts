import { describe, expect, it } from "vitest";

import { safeInteger } from "./safe-integer.ts";

describe("safeInteger()", () => {
  it("takes what the runtime gives, with or without its library for long integers", () => {
    expect(safeInteger(42)).toBe(42);
    expect(safeInteger({ toNumber: () => -42 })).toBe(-42);
  });

  it("stays within what a number holds exactly", () => {
    expect(safeInteger(2 ** 63)).toBe(Number.MAX_SAFE_INTEGER);
    expect(safeInteger({ toNumber: () => -(2 ** 63) })).toBe(Number.MIN_SAFE_INTEGER);
  });
});
