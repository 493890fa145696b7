import { describe, expect, it } from "vitest";
import { priorityLoads } from "./priority-load.ts";

const loads = (...healthy: readonly (readonly [number, number])[]): readonly number[] =>
  priorityLoads(
    healthy.map(([available, total]) => ({ healthy: available, degraded: 0, total })),
    1.4,
  ).map((load) => Math.round(load.healthy));

describe("priorityLoads()", () => {
  // The tables of Envoy's documentation on priority levels.
  it.each([
    [
      [100, 100],
      [100, 0],
    ],
    [
      [72, 100],
      [100, 0],
    ],
    [
      [71, 100],
      [99, 1],
    ],
    [
      [50, 100],
      [70, 30],
    ],
    [
      [25, 100],
      [35, 65],
    ],
    [
      [0, 100],
      [0, 100],
    ],
    [
      [50, 50],
      [70, 30],
    ],
    [
      [25, 25],
      [50, 50],
    ],
    [
      [5, 65],
      [7, 93],
    ],
  ])("two priorities %j %% healthy get %j %%", ([first = 0, second = 0], expected) => {
    expect(loads([first, 100], [second, 100])).toEqual(expected);
  });

  it("gives three priorities what is left by those before", () => {
    expect(loads([25, 100], [25, 100], [100, 100])).toEqual([35, 35, 30]);
  });

  it("gives degraded endpoints what no healthy ones can take", () => {
    const given = priorityLoads([{ healthy: 1, degraded: 9, total: 10 }], 1.4);
    expect(given.map(({ healthy, degraded }) => [Math.round(healthy), Math.round(degraded)])).toEqual([[14, 86]]);
  });

  it("gives nothing when nothing is available", () => {
    expect(loads([0, 10], [0, 0])).toEqual([0, 0]);
    expect(priorityLoads([], 1.4)).toEqual([]);
  });
});
