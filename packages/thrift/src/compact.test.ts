import { ProtocolException } from "@kitex-ts/core";
import { ByteWriter } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { backends, onBackend, type Printed } from "../test/support/backends.ts";
import { fromCompact, toCompact } from "./compact.ts";
import type { StructDescriptor } from "./descriptor.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { structDescriptor, unionDescriptor } from "./struct-descriptor.ts";

type Value = Readonly<Record<string, unknown>>;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/[\s|]/g, ""), "hex"));
const plain = (text: string): string => text.replaceAll(/[\s|]/g, "");

const makeSchema = (printed: Printed) => {
  const codec = (name: string) => ({ codec: printed[name] });
  const All: StructDescriptor<Value> = structDescriptor(
    "All",
    [
      [1, "text", "string"],
      [2, "flag", "bool"],
      [3, "tiny", "i8"],
      [4, "kind", "enum"],
      [5, "small", "i16"],
      [6, "int", "i32"],
      [7, "long", "i64"],
      [8, "real", "double"],
      [9, "blob", "binary"],
      [10, "list", ["list", "i32"]],
      [11, "set", ["set", "string"]],
      [12, "map", ["map", "string", "i64"]],
      [13, "inner", () => Inner],
      [100, "far", "i32"],
      [-1, "negative", "i32"],
    ],
    codec("All"),
  );
  const Inner: StructDescriptor<Value> = structDescriptor("Inner", [[1, "x", "i32", 1]], codec("Inner"));
  const Sparse: StructDescriptor<Value> = structDescriptor(
    "Sparse",
    [
      [1, "yes", "bool", 2],
      [2, "no", "bool", 2],
      [17, "int", "i32", 2],
      [40, "text", "string", 2],
      [1000, "last", "bool", 2],
    ],
    codec("Sparse"),
  );
  const Numbers: StructDescriptor<Value> = structDescriptor(
    "Numbers",
    [
      [1, "i16", "i16", 2],
      [2, "i32", "i32", 2],
      [3, "i64", "i64", 2],
      [4, "number", "i64:number", 2],
      [5, "text", "i64:string", 2],
      [6, "string", "string", 2],
    ],
    codec("Numbers"),
  );
  const Containers: StructDescriptor<Value> = structDescriptor(
    "Containers",
    [
      [1, "bools", ["list", "bool"], 2],
      [2, "tinies", ["list", "i8"], 2],
      [3, "flags", ["map", "bool", "bool"], 2],
      [4, "nested", ["list", ["list", "string"]], 2],
      [5, "structs", ["list", () => Inner], 2],
      [6, "doubles", ["set", "double"], 2],
    ],
    codec("Containers"),
  );
  const Choice: StructDescriptor<Value> = unionDescriptor(
    "Choice",
    [
      [1, "flag", "bool"],
      [20, "text", "string"],
    ],
    codec("Choice"),
  );
  const Chain: StructDescriptor<Value> = structDescriptor("Chain", [[1, "next", () => Chain, 2]], codec("Chain"));
  return { All, Inner, Sparse, Numbers, Containers, Choice, Chain };
};

describe.each(backends)("Compact, %s", async (backend) => {
  const { All, Sparse, Numbers, Containers, Choice, Chain } = await onBackend(makeSchema, backend);

  const all = {
    negative: 6,
    text: "a",
    flag: true,
    tiny: -1,
    kind: 7,
    small: -2,
    int: 3,
    long: -4n,
    real: 1.5,
    blob: Uint8Array.of(9),
    list: [1],
    set: new Set(["s"]),
    map: new Map([["k", 1n]]),
    inner: { x: 5 },
    far: 1,
  };
  const allBytes = plain(`
    05 01 0c | 28 01 61 | 11 | 13 ff | 15 0e | 14 03 | 15 06 | 16 07 | 17 000000000000f83f | 18 01 09
    19 15 02 | 1a 18 01 73 | 1b 01 86 01 6b 02 | 1c 15 0a 00 | 05 c801 02 | 00`);

  it("writes fields by id, with short headers where the distance allows", () => {
    expect(hex(toCompact(All, all))).toBe(allBytes);
    expect(fromCompact(All, bytes(allBytes))).toEqual(all);
  });

  it("reads fields in any order and by long headers", () => {
    expect(fromCompact(Sparse, bytes("08 50 01 61 | 01 02 | 02 04 | 00"))).toEqual({
      yes: true,
      no: false,
      int: undefined,
      text: "a",
      last: undefined,
    });
  });

  it("measures from the field before that was sent", () => {
    const write = (value: Value): string => hex(toCompact(Sparse, value));
    expect(write({})).toBe("00");
    expect(write({ yes: true, no: false })).toBe("111200");
    expect(write({ no: true })).toBe("2100");
    expect(write({ no: false, int: 1 })).toBe("22f50200");
    expect(write({ yes: false, int: 1 })).toBe("12052202" + "00");
    expect(write({ int: 1, text: "a" })).toBe(plain("05 22 02 | 08 50 01 61 | 00"));
    expect(write({ last: true })).toBe(plain("01 d00f | 00"));
  });

  it("writes numbers as the specification shows them", () => {
    const write = (value: Value): string => hex(toCompact(Numbers, value)).slice(2, -2);
    // The varint of its example, 50399, is what -25200 zigzags to.
    expect(write({ i32: -25200 })).toBe("df8903");
    for (const [value, text] of [
      [0, "00"],
      [-1, "01"],
      [1, "02"],
      [-2, "03"],
      [2, "04"],
      [63, "7e"],
      [-64, "7f"],
      [64, "8001"],
      [2147483647, "feffffff0f"],
      [-2147483648, "ffffffff0f"],
    ] as const) {
      expect(write({ i32: value })).toBe(text);
      expect(write({ i64: value })).toBe(text);
      expect(write({ i64: BigInt(value) })).toBe(text);
    }
    expect(write({ i16: 32767 })).toBe("feff03");
    expect(write({ i64: 2n ** 63n - 1n })).toBe("feffffffffffffffff01");
    expect(write({ i64: -(2n ** 63n) })).toBe("ffffffffffffffffff01");
    expect(write({ number: Number.MIN_SAFE_INTEGER })).toBe("fdffffffffffff1f");
    expect(write({ text: "-9223372036854775808" })).toBe("ffffffffffffffffff01");
  });

  it("reads back every power of two and its neighbours", () => {
    for (let bit = 0n; bit < 63n; bit++) {
      for (const value of [2n ** bit - 1n, 2n ** bit, -(2n ** bit), -(2n ** bit) - 1n]) {
        const sent = { i64: value, text: String(value) };
        expect(fromCompact(Numbers, toCompact(Numbers, sent))).toMatchObject(sent);
        const number = Number(BigInt.asIntN(53, value));
        expect(fromCompact(Numbers, toCompact(Numbers, { number, i64: number }))).toMatchObject({
          number,
          i64: BigInt(number),
        });
        const int = Number(BigInt.asIntN(32, value));
        expect(fromCompact(Numbers, toCompact(Numbers, { i32: int }))).toMatchObject({ i32: int });
      }
    }
  });

  it("writes strings of every length around the changes of form", () => {
    for (const length of [0, 1, 42, 43, 127, 128, 129, 1500, 16383, 16384, 70000]) {
      for (const character of ["a", "ß", "€", "😀", "\ud800"]) {
        const string = character.repeat(length);
        const encoded = toCompact(Numbers, { string });
        expect(fromCompact(Numbers, encoded)["string"]).toBe(Buffer.from(string).toString());
      }
    }
    expect(hex(toCompact(Numbers, { string: "x".repeat(128) })).slice(0, 6)).toBe("688001");
  });

  it("writes counts up to 14 into the header, and bool elements as 1 and 2", () => {
    const write = (value: Value): string => hex(toCompact(Containers, value));
    expect(write({ bools: [true, false] })).toBe(plain("19 21 01 02 00"));
    expect(write({ tinies: new Array(14).fill(1) })).toBe(plain(`29 e3 ${"01".repeat(14)} 00`));
    expect(write({ tinies: new Array(15).fill(1) })).toBe(plain(`29 f3 0f ${"01".repeat(15)} 00`));
    expect(write({ tinies: [] })).toBe("290300");
    expect(write({ flags: new Map() })).toBe("3b0000");
    expect(write({ flags: new Map([[true, false]]) })).toBe(plain("3b 01 11 01 02 00"));
    expect(write({ nested: [["a"], []] })).toBe(plain("49 29 18 01 61 08 00"));
    expect(write({ doubles: [1, 2].values() })).toBe(plain("6a 27 000000000000f03f 0000000000000040 00"));
  });

  it("takes bools from peers that follow the specification's older words", () => {
    expect(fromCompact(Containers, bytes("19 32 01 00 02 00"))["bools"]).toEqual([true, false, false]);
    expect(fromCompact(Containers, bytes("3b 01 22 01 00 00"))["flags"]).toEqual(new Map([[true, false]]));
  });

  it("takes any element type for nothing", () => {
    expect(fromCompact(Containers, bytes("19 00 19 00 1b 00 00"))).toMatchObject({ bools: [], tinies: [] });
    expect(fromCompact(Containers, bytes("3b 00 00"))).toMatchObject({ flags: new Map() });
  });

  it("carries one member of a union", () => {
    expect(hex(toCompact(Choice, { case: "flag", value: false }))).toBe("1200");
    expect(hex(toCompact(Choice, { case: "text", value: "a" }))).toBe("0828016100");
    expect(fromCompact(Choice, bytes("1100"))).toEqual({ case: "flag", value: true });
    expect(fromCompact(Choice, bytes("15 02 00"))).toEqual({ case: undefined, value: undefined });
  });

  it("skips what it does not know", () => {
    const unknown = [
      "01 9003 | 02 9003 | 03 9003 7f | 04 9003 8001 | 05 9003 00 | 06 9003 ffffffffffffffffff01 | 07 9003 0000000000000000",
      "08 9003 02 6162 | 09 9003 21 01 02 | 09 9003 25 8001 01 | 0a 9003 18 01 61 | 09 9003 1c 15 02 00 | 09 9003 00",
      "0b 9003 00 | 0b 9003 01 33 01 02 | 0b 9003 02 8c 01 61 00 00 11 00 | 0c 9003 11 1c 00 00",
      `0d 9003 ${"00".repeat(16)} | 09 9003 1d ${"00".repeat(16)} | 09 9003 f3 0f ${"00".repeat(15)}`,
    ].join("");
    expect(fromCompact(Numbers, bytes(`${unknown} 05 04 02 ${unknown} 00`))).toMatchObject({ i32: 1 });
  });

  it("takes a known id with another type for unknown", () => {
    expect(fromCompact(Numbers, bytes("11 18 01 61 18 01 62 00"))).toMatchObject({ i16: undefined, i32: undefined });
  });

  it.each([
    ["invalid_data", "15"],
    ["invalid_data", "18 01"],
    ["invalid_data", "05 80"],
    ["invalid_data", "04 80808008 00"],
    ["invalid_data", "14 80808001 00"],
    ["invalid_data", "25 ffffffff1f 00"],
    ["invalid_data", "36 ffffffffffffffffff02 00"],
    ["invalid_data", "46 ffffffffffffffffff01 00"],
    ["invalid_data", "68 ffffffff07 61"],
    ["negative_size", "68 ffffffff0f 61"],
    ["invalid_data", "7e 00"],
    ["invalid_data", "7f 00"],
    ["invalid_data", "79 1e 00"],
    ["invalid_data", "79 f8 ffffffff07 00"],
    ["invalid_data", "79 f5 ffffffff07 00"],
    ["invalid_data", "79 f3 ffffffff07 00"],
    ["negative_size", "79 f3 ffffffff0f 00"],
    ["negative_size", "7b ffffffff0f 33 00"],
    ["invalid_data", "7b ffffffff07 88 00"],
    ["invalid_data", "7b ffffffff07 33 00"],
    ["invalid_data", "76 ffffffffffffffffffff01 00"],
    ["depth_limit", `7c${"1c".repeat(64)}`],
    ["depth_limit", `79${"19".repeat(64)}`],
  ])("answers %s to %s", (code, text) => {
    let thrown: unknown;
    try {
      fromCompact(Numbers, bytes(text));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProtocolException);
    expect(thrown).toMatchObject({ code });
  });

  it.each([
    ["size_limit", "19 f1 ffffffff07 01"],
    ["negative_size", "19 f1 ffffffff0f 01"],
    ["size_limit", "3b ffffffff07 11 01"],
    ["negative_size", "3b ffffffff0f 11 01"],
    ["size_limit", "49 f9 ffffffff07 00"],
    ["size_limit", "6a 27 000000000000f03f 00"],
    ["invalid_data", "19 13 01 00"],
    ["invalid_data", "59 15 01 00"],
    ["invalid_data", "3b 01 13 01 01 00"],
    ["invalid_data", "59 1c 00 00"],
  ])("answers %s to a container that promises too much or holds something else: %s", (code, text) => {
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    let thrown: unknown;
    for (let round = 0; round < 20; round++) {
      try {
        fromCompact(Containers, bytes(text));
      } catch (error) {
        thrown = error;
      }
    }
    expect(thrown).toBeInstanceOf(ProtocolException);
    expect(thrown).toMatchObject({ code });
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(64 << 20);
  });

  it("takes no more room for many small numbers than they need", () => {
    const writer = new ByteWriter(64, 100_000);
    All.codec.compact.write(writer, { list: new Array(60_000).fill(1) });
    expect(fromCompact(All, writer.buffer.subarray(0, writer.offset))["list"]).toHaveLength(60_000);
  });

  it("nests 64 levels and no more", () => {
    expect(() => fromCompact(Chain, bytes(`${"1c".repeat(63)}${"00".repeat(64)}`))).not.toThrow();
    expect(() => fromCompact(Chain, bytes(`${"1c".repeat(64)}${"00".repeat(65)}`))).toThrow("depth limit exceeded");
    const cycle: Record<string, unknown> = {};
    cycle["next"] = cycle;
    expect(() => toCompact(Chain, cycle)).toThrow("nested deeper than 64 levels");
  });

  it("names the field of a wrong value", () => {
    expect(() => toCompact(Containers, { structs: [{ x: 1 }, { x: "1" }] })).toThrow(InvalidValueError);
    expect(() => toCompact(Containers, { structs: [{ x: 1 }, { x: "1" }] })).toThrow(
      "Containers.structs[1].x: expected i32 (-2147483648 to 2147483647), got string",
    );
    expect(() => toCompact(Sparse, { no: 1 })).toThrow("Sparse.no: expected boolean, got 1");
  });
});
