import { describe, expect, it } from "vitest";
import { nearest } from "./suggestion.ts";

describe("nearest()", () => {
  it.each([
    ["strcut", ["struct", "union"], "struct"],
    ["STRING", ["string"], "string"],
    ["Adress", ["Addresses", "Address"], "Address"],
    ["usre", ["user", "use"], "user"],
    ["a", ["b"], undefined],
    ["completely", ["different"], undefined],
    ["same", ["same"], undefined],
    ["x".repeat(100), ["x".repeat(99)], undefined],
  ])("finds for %s", (name, candidates, expected) => {
    expect(nearest(name, candidates)).toBe(expected);
  });
});
