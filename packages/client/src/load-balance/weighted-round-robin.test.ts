import type { Attempt, Instance, Picker } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { weightedRoundRobin } from "./weighted-round-robin.ts";

const instance = (address: string, weight: number): Instance => ({ address, weight, tags: new Map() });
const pickerOf = (instances: readonly Instance[]): Picker =>
  weightedRoundRobin().update({ version: "1", instances }, undefined);
const attempt = (...tried: readonly Instance[]): Attempt => ({ tried }) as unknown as Attempt;
const pick = (picker: Picker, count: number): (string | undefined)[] =>
  Array.from({ length: count }, () => picker.pick(attempt())?.address);
const shares = (addresses: readonly (string | undefined)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const address of addresses) counts[address ?? "none"] = (counts[address ?? "none"] ?? 0) + 1;
  return counts;
};

describe("weightedRoundRobin()", () => {
  it("gives each its turn when weights are equal", () => {
    const picked = pick(pickerOf([instance("a", 10), instance("b", 10), instance("c", 10)]), 9);
    expect(shares(picked)).toEqual({ a: 3, b: 3, c: 3 });
    expect(new Set(picked.slice(0, 3)).size).toBe(3);
  });

  it("gives each exactly its weight, without bursts", () => {
    const picked = pick(pickerOf([instance("a", 5), instance("b", 1), instance("c", 1)]), 70);
    expect(shares(picked)).toEqual({ a: 50, b: 10, c: 10 });
    // Any seven in a row have one b and one c.
    for (let start = 0; start + 7 <= picked.length; start++) {
      expect(shares(picked.slice(start, start + 7))).toEqual({ a: 5, b: 1, c: 1 });
    }
  });

  it("gives nothing to weight 0, unless all have it", () => {
    expect(shares(pick(pickerOf([instance("a", 0), instance("b", 1)]), 10))).toEqual({ b: 10 });
    expect(shares(pick(pickerOf([instance("a", 0), instance("b", 0)]), 10))).toEqual({ a: 5, b: 5 });
  });

  it("skips what was tried, and says when nothing is left", () => {
    for (const weights of [
      [1, 1],
      [1, 3],
    ] as const) {
      const [a, b] = [instance("a", weights[0]), instance("b", weights[1])];
      const picker = pickerOf([a, b]);
      for (let count = 0; count < 5; count++) expect(picker.pick(attempt(a))).toBe(b);
      expect(picker.pick(attempt(a, b))).toBeUndefined();
      // The others are not owed what they could not take.
      expect(shares(pick(picker, 40))["a"]).toBeGreaterThan(0);
    }
  });

  it("answers nothing for nobody", () => {
    expect(pickerOf([]).pick(attempt())).toBeUndefined();
  });
});
