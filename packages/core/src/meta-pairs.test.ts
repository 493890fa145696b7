import { describe, expect, it } from "vitest";
import { MetaPairs, withoutPair, withPair } from "./meta-pairs.ts";

const listOf = (...keys: readonly string[]): MetaPairs | undefined =>
  keys.reduce<MetaPairs | undefined>((pairs, key) => withPair(pairs, key, `of ${key}`), undefined);

const keysOf = (pairs: MetaPairs | undefined): string[] => [...(pairs ?? [])].map(([key]) => key);

describe("MetaPairs", () => {
  it("finds what was added, newest first", () => {
    const pairs = listOf("a", "b", "c");
    expect([pairs?.get("a"), pairs?.get("c"), pairs?.get("d")]).toEqual(["of a", "of c", undefined]);
    expect(keysOf(pairs)).toEqual(["c", "b", "a"]);
    expect(pairs?.size).toBe(3);
  });

  it("keeps one pair of a key, and lists that others hold unchanged", () => {
    const pairs = listOf("a", "b", "c");
    const replaced = withPair(pairs, "b", "new");
    expect([...replaced]).toEqual([
      ["b", "new"],
      ["c", "of c"],
      ["a", "of a"],
    ]);
    expect(replaced.size).toBe(3);
    expect(pairs?.get("b")).toBe("of b");
  });

  it("takes a pair out from anywhere", () => {
    const pairs = listOf("a", "b", "c");
    expect(keysOf(withoutPair(pairs, "a"))).toEqual(["c", "b"]);
    expect(keysOf(withoutPair(pairs, "c"))).toEqual(["b", "a"]);
    expect(withoutPair(pairs, "d")).toBe(pairs);
    expect(withoutPair(listOf("a"), "a")).toBeUndefined();
    expect(withoutPair(undefined, "a")).toBeUndefined();
  });

  it("takes out of a list that is longer than the stack is deep", () => {
    let pairs: MetaPairs | undefined;
    for (let index = 0; index < 20_000; index++) pairs = new MetaPairs(`k${index}`, "v", pairs);
    expect(withoutPair(pairs, "k0")?.size).toBe(19_999);
  });
});
