import { describe, expect, it } from "vitest";
import { RepeatedBytes } from "./repeated-bytes.ts";

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

describe("RepeatedBytes", () => {
  it("gives every text back, new or known, however many there are", () => {
    const known = new RepeatedBytes((text) => text);
    const texts = Array.from({ length: 2000 }, (_, index) => `${index % 3 === 0 ? "é" : ""}method${index * 7919}`);
    for (let round = 0; round < 3; round++) {
      for (const text of [...texts, "", "x", "yes", "x".repeat(64), "x".repeat(65), "y".repeat(1000)]) {
        const bytes = Buffer.from(`..${text}..`, "utf8");
        expect(known.at(bytes, viewOf(bytes), 2, bytes.length - 2)).toBe(text);
      }
    }
  });

  it("tells texts apart that differ in a single byte", () => {
    const known = new RepeatedBytes((text) => text);
    const texts = Array.from({ length: 23 }, (_, index) => `${"a".repeat(index)}b${"a".repeat(22 - index)}`);
    for (let round = 0; round < 3; round++) {
      for (const text of texts) {
        const bytes = Buffer.from(text);
        expect(known.at(bytes, viewOf(bytes), 0, bytes.length)).toBe(text);
      }
    }
  });

  it("makes what comes again once, after it has come twice", () => {
    let made = 0;
    const known = new RepeatedBytes((text) => {
      made++;
      return { text };
    });
    const bytes = Buffer.from("tenant");
    const values = Array.from({ length: 5 }, () => known.at(bytes, viewOf(bytes), 0, 6));
    expect(made).toBe(2);
    expect(new Set(values.slice(1)).size).toBe(1);
  });

  it("does not keep the caller's memory", () => {
    const known = new RepeatedBytes((text) => text);
    const bytes = Buffer.from("hello");
    for (let time = 0; time < 3; time++) expect(known.at(bytes, viewOf(bytes), 0, 5)).toBe("hello");
    bytes.write("jelly");
    expect(known.at(bytes, viewOf(bytes), 0, 5)).toBe("jelly");
    expect(known.at(Buffer.from("hello"), viewOf(Buffer.from("hello")), 0, 5)).toBe("hello");
  });
});
