import { describe, expect, it } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

describe("didYouMean()", () => {
  it.each([
    ["wieght", "weight"],
    ["Weight", "weight"],
    ["destinatoin", "destination"],
    ["header", "headers"],
  ])("takes %s for %s", (word, meant) => {
    expect(didYouMean(word, ["destination", "headers", "weight"])).toBe(meant);
  });

  it("says nothing when nothing is near", () => {
    expect(didYouMean("timeout", ["destination", "headers", "weight"])).toBeUndefined();
    expect(didYouMean("x".repeat(100_000), ["destination"])).toBeUndefined();
  });
});
