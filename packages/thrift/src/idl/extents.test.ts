import { describe, expect, it } from "vitest";
import { Extents } from "./extents.ts";

interface Node {
  readonly parts: readonly Node[];
}

const node = (...parts: readonly Node[]): Node => ({ parts });

describe("Extents", () => {
  it("counts shared parts as often as a reader meets them", () => {
    const extents = new Extents<Node>(({ parts }) => parts);
    let shared = node();
    for (let level = 0; level < 40; level++) {
      shared = node(shared, shared);
      extents.record(shared);
    }
    expect(extents.get(shared)).toEqual({ depth: 41, size: 2 ** 41 - 1 });
  });

  it("takes what was not recorded for something without parts", () => {
    const extents = new Extents<Node>(({ parts }) => parts);
    const inner = node(node(), node());
    expect(extents.get(inner)).toBeUndefined();
    expect(extents.measure(node(inner))).toEqual({ depth: 2, size: 2 });
  });
});
