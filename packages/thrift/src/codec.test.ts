import { runInNewContext } from "node:vm";
import { ProtocolException, RPCError } from "@kitex-ts/core";
import { describe, expect, it } from "vitest";
import { backends, onBackend, type Printed } from "../test/support/backends.ts";
import { fromBinary, toBinary } from "./binary.ts";
import { toCompact } from "./compact.ts";
import type { StructDescriptor } from "./descriptor.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { structDescriptor, unionDescriptor } from "./struct-descriptor.ts";

type Value = Readonly<Record<string, unknown>>;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/[\s|]/g, ""), "hex"));
/** A field header as text. */
const field = (ttype: number, id: number): string => Buffer.of(ttype, id >> 8, id & 0xff).toString("hex");

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
      [-1, "negative", "i32"],
    ],
    codec("All"),
  );
  const Inner: StructDescriptor<Value> = structDescriptor("Inner", [[1, "x", "i32", 1]], codec("Inner"));
  const Optional: StructDescriptor<Value> = structDescriptor(
    "Optional",
    [
      [1, "flag", "bool", 2, true],
      [2, "int", "i32", 2, 5],
      [3, "long", "i64", 2, 6n],
      [4, "text", "string", 2, "x"],
      [5, "blob", "binary", 2, () => Uint8Array.of(1)],
      [6, "list", ["list", "i32"], 2, () => [1, 2]],
      [7, "plain", "i32", 2],
      [8, "real", "double", 2, 0.5],
      [9, "inner", () => Inner, 2, () => ({ x: 4 })],
    ],
    codec("Optional"),
  );
  const Nested: StructDescriptor<Value> = structDescriptor(
    "Nested",
    [
      [1, "lists", ["list", ["list", "string"]]],
      [2, "maps", ["map", "i32", ["map", "string", ["list", () => Inner]]]],
      [3, "structs", ["set", () => Inner]],
      [4, "blobs", ["set", "binary"]],
      [5, "byStruct", ["map", () => Inner, "bool"]],
      [6, "flags", ["list", "bool"]],
      [7, "numbers", ["set", "i16"]],
      [8, "tinies", ["list", "i8"]],
    ],
    codec("Nested"),
  );
  const Longs: StructDescriptor<Value> = structDescriptor(
    "Longs",
    [
      [1, "big", "i64", 2],
      [2, "number", "i64:number", 2],
      [3, "text", "i64:string", 2],
    ],
    codec("Longs"),
  );
  const Choice: StructDescriptor<Value> = unionDescriptor(
    "Choice",
    [
      [1, "text", "string"],
      [2, "flag", "bool"],
      [3, "inner", () => Inner],
      [4, "list", ["list", "i32"]],
    ],
    codec("Choice"),
  );
  const Chain: StructDescriptor<Value> = structDescriptor(
    "Chain",
    [
      [1, "next", () => Chain, 2],
      [2, "more", ["list", () => Chain], 2],
    ],
    codec("Chain"),
  );
  const Names: StructDescriptor<Value> = structDescriptor(
    "Names",
    [
      [1, "constructor", "string", 2],
      [2, "toString", "i32", 2],
      [3, "__proto__", "string", 2],
      [4, 'a"b\u2028\\', "string", 2],
      [5, "valueOf", "string", 2],
      [6, "byNames", ["map", () => Names, "i32"], 2],
    ],
    codec("Names"),
  );
  const Required: StructDescriptor<Value> = structDescriptor(
    "Required",
    [
      [1, "int", "i32", 1, 5],
      [2, "text", "string", 1, "x"],
      [3, "list", ["list", "i32"], 1, () => [1]],
      [4, "inner", () => Inner, 1, () => ({ x: 4 })],
    ],
    codec("Required"),
  );
  const Many: StructDescriptor<Value> = structDescriptor("Many", [[1, "all", ["list", () => All]]], codec("Many"));
  return { Many, All, Inner, Optional, Nested, Longs, Choice, Chain, Names, Required };
};

/** As query builders are: what is wanted comes by awaiting it. */
class Query {
  // biome-ignore lint/suspicious/noThenProperty: that is the point
  then(fulfilled: (value: unknown) => void): void {
    fulfilled({ x: 1 });
  }
}

describe.each(backends)("codec, %s", async (backend) => {
  const { Many, All, Inner, Optional, Nested, Longs, Choice, Chain, Names, Required } = await onBackend(
    makeSchema,
    backend,
  );
  const roundTrip = (descriptor: StructDescriptor<Value>, value: Value): Value =>
    fromBinary(descriptor, toBinary(descriptor, value));

  describe("order and layout", () => {
    it("writes fields of fixed size first, enums among the others", () => {
      const encoded = toBinary(All, {
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
        negative: 6,
      });
      expect(hex(encoded)).toBe(
        [
          `${field(2, 2)}01`,
          `${field(3, 3)}ff`,
          `${field(6, 5)}fffe`,
          `${field(8, 6)}00000003`,
          `${field(10, 7)}fffffffffffffffc`,
          `${field(4, 8)}3ff8000000000000`,
          `${field(8, -1 & 0xffff)}00000006`,
          `${field(11, 1)}0000000161`,
          `${field(8, 4)}00000007`,
          `${field(11, 9)}0000000109`,
          `${field(15, 10)}080000000100000001`,
          `${field(14, 11)}0b000000010000000173`,
          `${field(13, 12)}0b0a00000001000000016b0000000000000001`,
          `${field(12, 13)}${field(8, 1)}0000000500`,
          "00",
        ].join(""),
      );
    });

    it("writes every default field, containers empty, but no struct that is not there", () => {
      expect(hex(toBinary(All, {}))).toBe(
        [
          `${field(2, 2)}00`,
          `${field(3, 3)}00`,
          `${field(6, 5)}0000`,
          `${field(8, 6)}00000000`,
          `${field(10, 7)}0000000000000000`,
          `${field(4, 8)}0000000000000000`,
          `${field(8, -1 & 0xffff)}00000000`,
          `${field(11, 1)}00000000`,
          `${field(8, 4)}00000000`,
          `${field(11, 9)}00000000`,
          `${field(15, 10)}0800000000`,
          `${field(14, 11)}0b00000000`,
          `${field(13, 12)}0b0a00000000`,
          "00",
        ].join(""),
      );
    });

    it("reads fields in any order, the last of repeated ones, and keys in declaration order", () => {
      const decoded = fromBinary(
        All,
        bytes(`${field(11, 1)}00000001 61 ${field(2, 2)}01 ${field(11, 1)}00000001 62 ${field(8, 6)}00000009 00`),
      );
      expect(decoded).toMatchObject({ text: "b", flag: true, int: 9 });
      expect(Object.keys(decoded)).toEqual(All.fields.map((each) => each.name));
    });
  });

  describe("what is missing", () => {
    it("decodes to zero, to empty, or stays away", () => {
      expect(fromBinary(All, bytes("00"))).toEqual({
        text: "",
        flag: false,
        tiny: 0,
        kind: 0,
        small: 0,
        int: 0,
        long: 0n,
        real: 0,
        blob: new Uint8Array(0),
        list: [],
        set: new Set(),
        map: new Map(),
        inner: undefined,
        negative: 0,
      });
    });

    it("decodes to the default of the IDL, made anew each time", () => {
      const first = fromBinary(Optional, bytes("00"));
      expect(first).toEqual({
        flag: true,
        int: 5,
        long: 6n,
        text: "x",
        blob: Uint8Array.of(1),
        list: [1, 2],
        plain: undefined,
        real: 0.5,
        inner: { x: 4 },
      });
      expect(fromBinary(Optional, bytes("00"))["list"]).not.toBe(first["list"]);
    });

    it("is not sent when optional, nor when equal to the default, whatever type an i64 has", () => {
      const same = { flag: true, int: 5, text: "x", blob: Uint8Array.of(1), real: 0.5 };
      expect(hex(toBinary(Optional, { ...same, long: 6n }))).toBe("00");
      expect(hex(toBinary(Optional, { ...same, long: 6 }))).toBe("00");
      expect(hex(toBinary(Optional, { ...same, long: null }))).toBe("00");
      expect(hex(toBinary(Optional, { flag: false, int: 0 }))).toBe(`${field(2, 1)}00${field(8, 2)}0000000000`);
    });

    it("is sent when it is a container with a default", () => {
      expect(hex(toBinary(Optional, { list: [1, 2] }))).toBe(`${field(15, 6)}0800000002000000010000000200`);
    });

    it("is an error when required, after the struct has been read", () => {
      expect(() => fromBinary(All, bytes(`${field(12, 13)}00 00`))).toThrow("required field x is not set");
      expect(() => fromBinary(All, bytes(`${field(12, 13)}${field(11, 1)}00000000 00 00`))).toThrow(ProtocolException);
      expect(() => toBinary(All, { inner: {} })).toThrow("All.inner.x: required field is not set");
    });

    it("is the default when required and written, and an error all the same when read", () => {
      expect(fromBinary(Required, toBinary(Required, { int: 0 }))).toEqual({
        int: 0,
        text: "x",
        list: [1],
        inner: { x: 4 },
      });
      expect(() => fromBinary(Required, bytes("00"))).toThrow("required field int is not set");
    });
  });

  describe("what is not known", () => {
    it("is skipped by its type", () => {
      const unknown = [
        `${field(2, 100)}01`,
        `${field(3, 100)}01`,
        `${field(4, 100)}0000000000000000`,
        `${field(6, 100)}0001`,
        `${field(8, 100)}00000001`,
        `${field(10, 100)}0000000000000001`,
        `${field(11, 100)}00000001ff`,
        `${field(12, 100)}${field(12, 1)}0000`,
        `${field(13, 100)}0b0c00000001 0000000161 ${field(2, 1)}0100`,
        `${field(13, 100)}0a0800000001 0000000000000001 00000002`,
        `${field(13, 100)}000000000000`,
        `${field(14, 100)}0b00000001 00000000`,
        `${field(15, 100)}0f00000001 0200000001 01`,
      ].join("");
      expect(fromBinary(Longs, bytes(`${unknown}${field(10, 1)}0000000000000007${unknown}00`))).toMatchObject({
        big: 7n,
      });
    });

    it("is skipped when a known id has another type", () => {
      expect(fromBinary(Longs, bytes(`${field(8, 1)}00000007 00`))).toMatchObject({ big: undefined });
    });

    it.each([0x01, 0x05, 0x10, 0x11, 0x80, 0xff])("is an error when the type %i does not exist", (ttype) => {
      expect(() => fromBinary(Longs, bytes(`${field(ttype, 9)}0000000000000000`))).toThrow(
        `unknown data type ${ttype}`,
      );
      expect(() =>
        fromBinary(Longs, bytes(`${field(15, 9)}${Buffer.of(ttype).toString("hex")}00000001 00000000`)),
      ).toThrow(`unknown data type ${ttype}`);
    });

    it("is skipped to a depth of 64, counted from the outermost struct", () => {
      const nested = (levels: number) => bytes(field(12, 9).repeat(levels) + "00".repeat(levels + 1));
      expect(fromBinary(Longs, nested(63))).toEqual({ big: undefined, number: undefined, text: undefined });
      expect(() => fromBinary(Longs, nested(64))).toThrow("depth limit exceeded");
      const lists = (levels: number) => bytes(`${field(15, 9)}${"0f00000001".repeat(levels - 1)}0300000000 00`);
      expect(fromBinary(Longs, lists(63))).toMatchObject({ big: undefined });
      expect(() => fromBinary(Longs, lists(64))).toThrow("depth limit exceeded");
    });

    it("counts the levels of known structs around it", () => {
      const inside = (known: number, unknown: number) =>
        bytes(field(12, 1).repeat(known) + field(12, 9).repeat(unknown) + "00".repeat(known + unknown + 1));
      expect(fromBinary(Chain, inside(40, 23))).toBeDefined();
      expect(() => fromBinary(Chain, inside(40, 24))).toThrow("depth limit exceeded");
    });
  });

  describe("values", () => {
    it("takes only 1 for true", () => {
      for (const [byte, flag] of [
        ["00", false],
        ["01", true],
        ["02", false],
        ["ff", false],
      ] as const) {
        expect(fromBinary(All, bytes(`${field(2, 2)}${byte} 00`))["flag"]).toBe(flag);
      }
    });

    it("carries the edges of every number", () => {
      for (const [name, edges] of Object.entries({
        tiny: [-128, 127],
        small: [-32768, 32767],
        int: [-2147483648, 2147483647],
        kind: [-2147483648, 2147483647],
        long: [-(2n ** 63n), 2n ** 63n - 1n],
        real: [Number.MIN_VALUE, Number.MAX_VALUE, Infinity, -Infinity, Number.NaN],
      })) {
        for (const edge of edges) expect(roundTrip(All, { [name]: edge })[name]).toBe(edge);
      }
      expect(Object.is(roundTrip(All, { real: -0 })["real"], -0)).toBe(true);
    });

    it("carries text of every kind", () => {
      for (const text of ["", "a", "ü", "你好", "😀", "\u0000", "x".repeat(5000), `${"x".repeat(5000)}😀`]) {
        expect(roundTrip(All, { text })["text"]).toBe(text);
      }
      for (let length = 0; length < 40; length++) {
        for (const text of ["y".repeat(length), `${"y".repeat(length)}é`, `é${"y".repeat(length)}`]) {
          expect(roundTrip(All, { text })["text"]).toBe(text);
        }
      }
      expect(roundTrip(All, { text: "\ud800" })["text"]).toBe("\ufffd");
    });

    it("carries i64 as bigint, number and text", () => {
      expect(roundTrip(Longs, { big: -5, number: -5, text: "-5" })).toEqual({ big: -5n, number: -5, text: "-5" });
      const most = Number.MAX_SAFE_INTEGER;
      expect(roundTrip(Longs, { number: most, big: most, text: "-9223372036854775808" })).toEqual({
        number: most,
        big: BigInt(most),
        text: "-9223372036854775808",
      });
      expect(roundTrip(Longs, { number: -most })["number"]).toBe(-most);
      expect(() => fromBinary(Longs, bytes(`${field(10, 2)}0020000000000000 00`))).toThrow("safe integers");
    });

    it("nests containers and structs", () => {
      const value = {
        lists: [["a", "b"], [], ["c"]],
        maps: new Map([[1, new Map([["k", [{ x: 1 }, { x: 2 }]]])]]),
        structs: [{ x: 1 }, { x: 1 }],
        blobs: [Uint8Array.of(1), Uint8Array.of(1)],
        byStruct: new Map([[{ x: 1 }, true]]),
        flags: [true, false],
        numbers: new Set([1, -1]),
        tinies: [-1, 1],
      };
      expect(roundTrip(Nested, value)).toEqual(value);
    });

    it("copies binary out of the bytes it reads", () => {
      for (const length of [3, 300]) {
        const encoded = toBinary(All, { blob: new Uint8Array(length).fill(7) });
        const { blob } = fromBinary(All, encoded) as { blob: Uint8Array };
        encoded.fill(0);
        expect(blob).toEqual(new Uint8Array(length).fill(7));
        expect(Buffer.isBuffer(blob)).toBe(false);
      }
    });

    it("takes plain objects and iterables in place of maps and sets", () => {
      const decoded = roundTrip(All, { map: { a: 1, b: 2n }, set: ["x", "y"] });
      expect(decoded["map"]).toEqual(
        new Map([
          ["a", 1n],
          ["b", 2n],
        ]),
      );
      expect(decoded["set"]).toEqual(new Set(["x", "y"]));
      expect(roundTrip(All, { map: Object.assign(Object.create(null), { a: 1 }) })["map"]).toEqual(
        new Map([["a", 1n]]),
      );
    });

    it("ignores what a peer says about element types", () => {
      expect(fromBinary(All, bytes(`${field(15, 10)}0a00000001 00000007 00`))["list"]).toEqual([7]);
      expect(fromBinary(All, bytes(`${field(15, 10)}0000000000 00`))["list"]).toEqual([]);
    });
  });

  describe("unions", () => {
    it("carry exactly one member", () => {
      for (const value of [
        { case: "text", value: "a" },
        { case: "flag", value: true },
        { case: "inner", value: { x: 1 } },
        { case: "list", value: [1, 2] },
      ]) {
        expect(roundTrip(Choice, value)).toEqual(value);
      }
    });

    it("read zero, several and unknown members", () => {
      expect(fromBinary(Choice, bytes("00"))).toEqual({ case: undefined, value: undefined });
      expect(fromBinary(Choice, bytes(`${field(2, 99)}01 00`))).toEqual({ case: undefined, value: undefined });
      expect(fromBinary(Choice, bytes(`${field(11, 1)}00000000 ${field(2, 2)}01 00`))).toEqual({
        case: "flag",
        value: true,
      });
      expect(fromBinary(Choice, bytes(`${field(2, 2)}01 ${field(11, 1)}00000000 00`))).toEqual({
        case: "text",
        value: "",
      });
    });

    it.each([
      [{}, "Choice.case: exactly one field must be set"],
      [{ case: undefined, value: 1 }, "Choice.case: exactly one field must be set"],
      [{ case: "other", value: 1 }, "Choice.case: expected one of text, flag, inner, list, got string"],
      [{ case: "flag", value: 1 }, "Choice.flag: expected boolean, got 1"],
      [{ case: "inner" }, "Choice.inner: expected object, got undefined"],
    ])("refuse %j", (value, message) => {
      expect(() => toBinary(Choice, value)).toThrow(message);
    });
  });

  describe("values that do not fit", () => {
    it.each<[string, Value]>([
      ["All.text: expected string, got number", { text: 5 }],
      ["All.text: expected string, got String", { text: new String("x") }],
      ["All.flag: expected boolean, got 1", { flag: 1 }],
      ["All.tiny: expected i8 (-128 to 127), got 128", { tiny: 128 }],
      ["All.tiny: expected i8 (-128 to 127), got 1.5", { tiny: 1.5 }],
      ["All.small: expected i16 (-32768 to 32767), got 32768", { small: 32768 }],
      ["All.int: expected i32 (-2147483648 to 2147483647), got 2147483648", { int: 2 ** 31 }],
      ["All.int: expected i32 (-2147483648 to 2147483647), got string", { int: "5" }],
      ["All.int: expected i32 (-2147483648 to 2147483647), got 5", { int: 5n }],
      ["All.int: expected i32 (-2147483648 to 2147483647), got NaN", { int: Number.NaN }],
      ["All.int: expected i32 (-2147483648 to 2147483647), got symbol", { int: Symbol("x") }],
      ["All.kind: expected enum number (i32), got string", { kind: "RED" }],
      ["All.long: expected bigint of 64 bits or safe integer, got 9223372036854775808", { long: 2n ** 63n }],
      ["All.long: expected bigint of 64 bits or safe integer, got 9007199254740992", { long: 2 ** 53 }],
      ["All.long: expected bigint of 64 bits or safe integer, got string", { long: "5" }],
      ["All.real: expected number, got string", { real: "5" }],
      ["All.blob: expected Uint8Array, got array", { blob: [1] }],
      ["All.blob: expected Uint8Array, got string", { blob: "x" }],
      ["All.list: expected array, got Set", { list: new Set([1]) }],
      ["All.list[1]: expected i32 (-2147483648 to 2147483647), got string", { list: [1, "2"] }],
      ["All.list[1]: expected i32 (-2147483648 to 2147483647), got undefined", { list: [1, undefined, 3] }],
      ["All.set: expected Set or iterable, got string", { set: "abc" }],
      ["All.set[1]: expected string, got number", { set: ["a", 1] }],
      ["All.map: expected Map or plain object, got array", { map: [["a", 1]] }],
      ["All.map: expected Map or plain object, got Date", { map: new Date(0) }],
      ['All.map["a"]: expected bigint of 64 bits or safe integer, got string', { map: { a: "x" } }],
      ["All.map key: expected string, got number", { map: new Map([[1, 1n]]) }],
      ["All.inner: expected object, got 5", { inner: 5 }],
      ["All.inner.x: expected i32 (-2147483648 to 2147483647), got string", { inner: { x: "y" } }],
    ])("%s", (message, value) => {
      expect(() => toBinary(All, value)).toThrow(InvalidValueError);
      expect(() => toBinary(All, value)).toThrow(`payload validation error: ${message}`);
    });

    it.each<[string, unknown]>([
      ["array", []],
      ["Map", new Map([["x", 1]])],
      ["Set", new Set([1])],
      ["Date", new Date(0)],
      ["RegExp", /x/],
      ["Uint8Array", Uint8Array.of(1)],
      ["Buffer", Buffer.of(1)],
      ["ArrayBuffer", new ArrayBuffer(1)],
      ["String", new String("x")],
      ["array", new (class Elements extends Array {})()],
      ["a Promise; was an await forgotten?", Promise.resolve({ x: 1 })],
      ["a Promise; was an await forgotten?", new (class extends Promise<unknown> {})(() => {})],
      ["a Promise; was an await forgotten?", new Query()],
    ])("are no structs: %s", (kind, value) => {
      const problem = `expected object, got ${kind}`;
      const wrong = value as Value;
      for (const encode of [toBinary, toCompact]) {
        expect(() => encode(Inner, wrong)).toThrow(InvalidValueError);
        expect(() => encode(Inner, wrong)).toThrow(`payload validation error: Inner: ${problem}`);
        expect(() => encode(Choice, wrong)).toThrow(`payload validation error: Choice: ${problem}`);
        expect(() => encode(Optional, { inner: wrong })).toThrow(
          `payload validation error: Optional.inner: ${problem}`,
        );
        expect(() => encode(Many, { all: [{}, wrong] })).toThrow(`payload validation error: Many.all[1]: ${problem}`);
        expect(() => encode(Nested, { structs: [wrong] })).toThrow(
          `payload validation error: Nested.structs[0]: ${problem}`,
        );
      }
    });

    it("are told apart from objects of any class, without a class, of another realm, and behind a proxy", () => {
      class Named {
        readonly x = 7;
        get [Symbol.toStringTag](): string {
          return "Named";
        }
      }
      const objects: readonly Value[] = [
        { x: 7 },
        Object.assign(Object.create(null), { x: 7 }) as Value,
        Object.create({ x: 7 }) as Value,
        new (class extends Named {})() as unknown as Value,
        Object.assign(new Error("x"), { x: 7 }) as unknown as Value,
        runInNewContext("({ x: 7 })") as Value,
        new Proxy({ x: 7 }, {}),
        new Proxy(new Named(), {}) as unknown as Value,
      ];
      for (const object of objects) {
        expect(hex(toBinary(Inner, object))).toBe(`${field(8, 1)}0000000700`);
        expect(hex(toCompact(Inner, object))).toBe("150e00");
      }
    });

    it("are found in iterables that can be walked only once", () => {
      const once = function* (...elements: readonly unknown[]): Generator<unknown> {
        yield* elements;
      };
      for (const encode of [toBinary, toCompact]) {
        expect(() => encode(All, { set: once("a", "b", 5) })).toThrow("All.set[2]: expected string, got number");
        expect(() => encode(Nested, { numbers: new Set([1]).values(), tinies: [128] })).toThrow(
          "Nested.tinies[0]: expected i8",
        );
      }
      expect(toBinary(All, { set: once("a", "b") })).toEqual(toBinary(All, { set: new Set(["a", "b"]) }));
    });

    it("are found deep inside", () => {
      const wrong = { maps: new Map([[7, new Map([["k", [{ x: 1 }, { x: null }]]])]]) };
      expect(() => toBinary(Nested, wrong)).toThrow('Nested.maps[7]["k"][1].x: required field is not set');
      expect(() => toBinary(Longs, { text: "1.5" })).toThrow("Longs.text: expected i64 in decimal digits, got string");
      expect(() => toBinary(Longs, { text: "9223372036854775808" })).toThrow(InvalidValueError);
      expect(() => toBinary(Longs, { number: 2 ** 53 })).toThrow("Longs.number: expected safe integer");
    });

    it("are errors of ours even when the value itself throws", () => {
      const trap = {
        get text(): string {
          throw new TypeError("trap");
        },
      };
      expect(() => toBinary(All, trap)).toThrow(RPCError);
      expect(() => toBinary(All, null as never)).toThrow("All: expected object, got null");
    });

    it("include cycles", () => {
      const cycle: { next?: unknown } = {};
      cycle.next = cycle;
      expect(() => toBinary(Chain, cycle)).toThrow("nested deeper than 64 levels; is there a cycle?");
    });
  });

  describe("memory", () => {
    /** Structs of which nothing was sent: a byte each, and hundreds of bytes when all that is missing is filled in. */
    const empties = (count: number): Buffer => {
      const message = Buffer.alloc(8 + count + 1);
      message.write("0f00010c", "hex");
      message.writeInt32BE(count, 4);
      return message;
    };

    it("is limited by the size of the message, whatever it would become", { timeout: 30_000 }, () => {
      expect(() => fromBinary(Many, empties(500_000))).toThrow(ProtocolException);
      expect(() => fromBinary(Many, empties(500_000))).toThrow("decoded, the message would take more memory");
      expect(fromBinary(Many, empties(10_000))["all"]).toHaveLength(10_000);
    });
  });

  describe("depth of known structs", () => {
    const chain = (levels: number): Value => (levels === 1 ? {} : { next: chain(levels - 1) });

    it("goes to 64 both ways", () => {
      expect(roundTrip(Chain, chain(64))).toBeDefined();
      expect(() => toBinary(Chain, chain(65))).toThrow(InvalidValueError);
      const tooDeep = bytes(field(12, 1).repeat(64) + "00".repeat(65));
      expect(() => fromBinary(Chain, tooDeep)).toThrow("depth limit exceeded");
    });

    it("counts containers", () => {
      const lists = (levels: number): Value => (levels <= 2 ? {} : { more: [lists(levels - 2)] });
      expect(roundTrip(Chain, lists(64))).toBeDefined();
      expect(() => toBinary(Chain, lists(66))).toThrow(InvalidValueError);
    });

    it("ends a message of a million levels at once", () => {
      const bomb = Buffer.from(field(12, 1).repeat(1_000_000), "hex");
      expect(() => fromBinary(Chain, bomb)).toThrow("depth limit exceeded");
    });
  });

  describe("names", () => {
    it("of things that every object inherits are fields like others", () => {
      expect(hex(toBinary(Names, {}))).toBe("00");
      expect(roundTrip(Names, { constructor: "c", toString: 1, valueOf: "t" })).toMatchObject({
        constructor: "c",
        toString: 1,
        valueOf: "t",
      });
    });

    it("are no matter in keys of maps either", () => {
      const byNames = new Map([[{ toString: 1, valueOf: "t" }, 2]]);
      expect([...(roundTrip(Names, { byNames })["byNames"] as typeof byNames)]).toMatchObject([
        [{ toString: 1, valueOf: "t" }, 2],
      ]);
      expect(Names.create({ byNames })["byNames"]).toEqual(new Map([[Names.create({ toString: 1, valueOf: "t" }), 2]]));
      const wrong = { byNames: new Map([[{ toString: 1 }, "x"]]) };
      expect(() => toBinary(Names, wrong)).toThrow("Names.byNames[object]: expected i32");
    });

    it("never become code or change prototypes", () => {
      const decoded = roundTrip(Names, { __proto___: "p", 'a"b\u2028\\': "q" });
      expect(decoded["__proto___"]).toBe("p");
      expect(decoded['a"b\u2028\\']).toBe("q");
      expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    });
  });
});
