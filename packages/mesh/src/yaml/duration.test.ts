import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("parseDuration()", () => {
  it.each([
    ["0.5s", 500],
    ["300ms", 300],
    ["1h30m", 5_400_000],
    [".5s", 500],
    ["1us", 0.001],
    ["0", 0],
    ["-1s", -1000],
  ])("reads %s", (text, milliseconds) => {
    expect(parseDuration(text)).toBeCloseTo(milliseconds, 9);
  });

  it.each(["", "5", "s", "1 s", "1s2", "1d", "0.5", "1e3s", "--1s", "s1"])("refuses %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
