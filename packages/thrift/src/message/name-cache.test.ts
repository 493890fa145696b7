import { describe, expect, it } from "vitest";
import { NameCache } from "./name-cache.ts";

describe("NameCache", () => {
  it("gives every name back, new or known, however many there are", () => {
    const cache = new NameCache();
    const names = Array.from({ length: 2000 }, (_, index) => `${index % 3 === 0 ? "é" : ""}method${index * 7919}`);
    for (let round = 0; round < 2; round++) {
      for (const name of [...names, "x".repeat(64), "x".repeat(65), "y".repeat(1000)]) {
        const bytes = Buffer.from(`..${name}..`, "utf8");
        expect(cache.read(bytes, 2, bytes.length - 4)).toBe(name);
      }
    }
  });

  it("does not keep the caller's memory", () => {
    const cache = new NameCache();
    const bytes = Buffer.from("hello");
    expect(cache.read(bytes, 0, 5)).toBe("hello");
    bytes.write("jelly");
    expect(cache.read(bytes, 0, 5)).toBe("jelly");
    expect(cache.read(Buffer.from("hello"), 0, 5)).toBe("hello");
  });
});
