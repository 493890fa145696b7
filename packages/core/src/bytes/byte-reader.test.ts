import { describe, expect, it } from "vitest";
import { ProtocolException } from "../errors.ts";
import { asciiDecoders } from "./ascii-decoders.ts";
import { ByteReader } from "./byte-reader.ts";

describe("ByteReader.utf8()", () => {
  it("reads as Buffer does, at every length around the fast paths", () => {
    expect(asciiDecoders.length).toBe(25);
    for (let length = 0; length < 40; length++) {
      for (const text of [
        "a".repeat(length),
        `${"b".repeat(length)}é`,
        `😀${"c".repeat(length)}`,
        "\u007f".repeat(length),
      ]) {
        const bytes = Buffer.from(`..${text}..`, "utf8");
        expect(ByteReader.utf8(bytes, 2, bytes.length - 4)).toBe(text);
      }
      const invalid = Buffer.alloc(length, 0xff);
      expect(ByteReader.utf8(invalid, 0, length)).toBe("\ufffd".repeat(length));
    }
  });
});

describe("ByteReader.bytes()", () => {
  it("copies into an array of its own", () => {
    for (const length of [0, 1, 24, 25, 1000]) {
      const bytes = Buffer.alloc(length + 2, 5);
      const copy = ByteReader.bytes(bytes, 1, length);
      bytes.fill(0);
      expect(copy).toEqual(new Uint8Array(length).fill(5));
      expect(copy.buffer.byteLength).toBe(length);
    }
  });
});

describe("ByteReader", () => {
  it("never reads past its end, even where the buffer goes on", () => {
    const bytes = Buffer.alloc(64);
    bytes.writeInt32BE(20, 4);
    const reader = new ByteReader();
    reader.attach(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 4, 12);
    const { remaining } = reader;
    for (const read of [
      () => reader.readString(),
      () => reader.readBytes(9),
      () => reader.skip(9),
      () => reader.need(9),
    ]) {
      reader.offset = 4;
      expect(read).toThrow(ProtocolException);
    }
    reader.offset = 12;
    for (const read of [
      "readU8",
      "readI8",
      "readI16",
      "readU16",
      "readI32",
      "readU32",
      "readI64",
      "readDouble",
    ] as const) {
      expect(() => reader[read]()).toThrow("message ends too early");
    }
    expect(remaining).toBe(8);
  });

  it("refuses negative lengths", () => {
    expect(() => ByteReader.of(Buffer.from("ffffffff", "hex")).readString()).toThrow("string length -1 at offset 0");
  });
});
