import { describe, expect, it } from "vitest";
import { circleIn } from "./circle.ts";

describe("circleIn", () => {
  it("names the circle, not the way to it", () => {
    const graph = new Map([
      ["start", ["a"]],
      ["a", ["b", "leaf"]],
      ["b", ["c"]],
      ["c", ["a"]],
    ]);
    expect(circleIn(graph)).toEqual(["a", "b", "c", "a"]);
  });

  it("finds a node that points to itself", () => {
    expect(circleIn(new Map([["a", ["a"]]]))).toEqual(["a", "a"]);
  });

  it("takes a diamond for what it is", () => {
    const graph = new Map([
      ["top", ["left", "right"]],
      ["left", ["bottom"]],
      ["right", ["bottom"]],
    ]);
    expect(circleIn(graph)).toBeUndefined();
  });
});
