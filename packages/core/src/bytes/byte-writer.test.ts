import { describe, expect, it } from "vitest";
import { RPCError } from "../errors.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { PreparedBytes } from "./prepared-bytes.ts";

const texts = [
  "",
  "a",
  "é",
  "你",
  "😀",
  "\ud800",
  "a\u0000b",
  "x".repeat(19),
  "x".repeat(20),
  "x".repeat(21),
  "x".repeat(29),
];
const allTexts = [...texts, ...texts.map((text) => `${"k".repeat(18)}${text}`), "é".repeat(3000), "z".repeat(70_000)];

describe("ByteWriter", () => {
  it("writes text as Buffer does, into as little room as there is", () => {
    for (const text of allTexts) {
      const writer = new ByteWriter(1);
      writer.writeU8(7);
      writer.writeString(text);
      const expected = Buffer.from(text, "utf8");
      expect(writer.buffer.readInt32BE(1)).toBe(expected.length);
      expect(writer.buffer.subarray(5, writer.offset)).toEqual(expected);
    }
  });

  it("measures a long text before it makes room for it", () => {
    const text = "a".repeat(60_000);
    const writer = new ByteWriter(16, 60_004);
    writer.writeString(text);
    expect(writer.offset).toBe(60_004);
    expect(writer.buffer.length).toBe(60_004);
  });

  it("refuses what is over the limit before it allocates", () => {
    const writer = new ByteWriter(16, 100);
    writer.writeString("fits");
    expect(() => writer.writeString("x".repeat(2000))).toThrow(RPCError);
    expect(() => writer.reserve(93)).toThrow("message needs more than 100 bytes");
    expect(writer.buffer.length).toBeLessThanOrEqual(100);
    expect(writer.offset).toBe(8);
  });

  it("keeps what was written when it grows", () => {
    const writer = new ByteWriter(1);
    for (let value = 0; value < 1000; value++) writer.writeI32(value);
    const reader = ByteReader.of(writer.buffer.subarray(0, writer.offset));
    for (let value = 0; value < 1000; value++) expect(reader.readI32()).toBe(value);
  });

  it("writes prepared bytes of every length, and of bits that no number keeps", () => {
    const notNumbers = Buffer.from("7ff0000000000001fff8deadbeef000141", "hex");
    const samples = [
      notNumbers,
      ...Array.from({ length: 20 }, (_, length) => Buffer.from("abcdefghijklmnopqrst".slice(0, length))),
    ];
    for (const bytes of samples) {
      const writer = new ByteWriter(1);
      writer.writeU8(7);
      writer.writePrepared(new PreparedBytes(bytes));
      writer.writeU8(8);
      expect(writer.buffer.subarray(0, writer.offset)).toEqual(Buffer.concat([Buffer.of(7), bytes, Buffer.of(8)]));
    }
  });
});
