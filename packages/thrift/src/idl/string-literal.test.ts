import { describe, expect, it } from "vitest";
import { decodeString } from "./string-literal.ts";

describe("decodeString()", () => {
  it.each([
    ["plain", "plain"],
    ["", ""],
    ["\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"", "\x07\b\f\n\r\t\v\\'\""],
    ["\\101\\x41\\u0041\\U00000041", "AAAA"],
    ["\\u00e9\\U0001F600", "é😀"],
    ["\\xc3\\xa9", "é"],
    ["a\\303\\251b", "aéb"],
    ["é\\x41中", "éA中"],
  ])("reads %s", (body, value) => {
    expect(decodeString(body)).toEqual({ value, bytes: undefined, unknownEscapes: [] });
  });

  it("keeps the bytes of what is not UTF-8", () => {
    const { value, bytes } = decodeString("é\\xff\\x00");
    expect(bytes).toEqual(Uint8Array.of(0xc3, 0xa9, 0xff, 0));
    expect(value).toBe("é\uFFFD\0");
  });

  it.each([
    ["\\d", 2],
    ["\\8", 2],
    ["\\18", 2],
    ["\\400", 2],
    ["\\x", 2],
    ["\\xg0", 2],
    ["\\u12", 2],
    ["\\ud800", 2],
    ["\\U00110000", 2],
    ["\\😀", 3],
    ["\\é", 2],
  ])("reports and keeps %s", (body, length) => {
    expect(decodeString(`a${body}`)).toEqual({
      value: `a${body}`,
      bytes: undefined,
      unknownEscapes: [{ at: 1, length }],
    });
  });

  it("survives a backslash at the very end", () => {
    expect(decodeString("a\\")).toEqual({ value: "a\\", bytes: undefined, unknownEscapes: [{ at: 1, length: 1 }] });
  });
});
