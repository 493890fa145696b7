import { describe, expect, it } from "vitest";
import { dependencyOrder } from "./dependency-order.ts";

const order = (graph: Record<string, string[]>) => {
  const cycles: string[] = [];
  const sorted = dependencyOrder(
    Object.keys(graph),
    (item) => graph[item] ?? [],
    (chain) => cycles.push(chain.join("")),
  );
  return { sorted: sorted.join(""), cycles };
};

describe("dependencyOrder()", () => {
  it.each([
    [{}, "", []],
    [{ a: ["b"], b: ["c"], c: [] }, "cba", []],
    [{ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }, "dbca", []],
    [{ a: ["a"], b: [] }, "b", ["aa"]],
    [{ a: ["b"], b: ["c"], c: ["b"], d: [] }, "d", ["bcb"]],
    [{ a: ["b", "c"], b: ["a"], c: ["a"] }, "", ["aba", "aca"]],
    [{ a: ["a"], b: ["a"], c: ["b"] }, "", ["aa"]],
  ])("sorts %j", (graph, sorted, cycles) => {
    expect(order(graph)).toEqual({ sorted, cycles });
  });

  it("goes any distance without recursion", () => {
    const length = 100_000;
    const next = (item: number) => (item + 1 < length ? [item + 1] : []);
    expect(dependencyOrder([0], next, () => undefined)).toHaveLength(length);
  });
});
