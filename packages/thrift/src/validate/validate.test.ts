import { RPCError } from "@kitex-ts/core";
import { describe, expect, it } from "vitest";
import {
  exceptionClass,
  type FieldType,
  InvalidValueError,
  type StructDescriptor,
  structDescriptor,
  ThriftException,
  unionDescriptor,
  ValidationError,
  type ValidationRule,
  validate,
  violationsOf,
} from "../index.ts";

type Case = readonly [
  type: FieldType,
  rules: readonly ValidationRule[],
  accepted: readonly unknown[],
  rejected: readonly unknown[],
];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const cases: readonly Case[] = [
  ["i32", [["const", 5]], [5], [4, 6, "5x"]],
  ["i32", [["lt", 5]], [4, -1], [5, 6, Number.NaN]],
  ["i32", [["le", 5]], [5], [6]],
  ["i32", [["gt", 5]], [6], [5]],
  ["i32", [["ge", 5]], [5], [4]],
  ["i32", [["in", 1, 3]], [1, 3], [2]],
  ["i32", [["not_in", 1, 3]], [2], [1, 3]],
  ["i64", [["gt", 0]], [1n, 1], [0n, -1n, 0]],
  ["i64", [["const", 9007199254740993n]], [9007199254740993n], [9007199254740992n]],
  ["i64", [["in", 2]], [2n, 2], [3n]],
  ["i64:number", [["le", 9007199254740993n]], [9007199254740991], []],
  ["i64:string", [["lt", 10]], ["9", "-9223372036854775808"], ["10", "abc"]],
  ["double", [["gt", 0.25]], [0.26, Infinity], [0.25, Number.NaN]],
  ["double", [["const", 1]], [1], [1.5]],
  ["bool", [["const", true]], [true], [false]],
  ["string", [["const", "a"]], ["a"], ["b", ""]],
  ["string", [["min_size", 3]], ["abc", "äb"], ["ab"]],
  ["string", [["max_size", 3]], ["abc", "ä"], ["abcd", "ää"]],
  ["string", [["min_rune_size", 2]], ["äb", "😀😀"], ["😀"]],
  ["string", [["max_rune_size", 2]], ["äb", "😀😀"], ["abc"]],
  ["string", [["pattern", "^\\d{3}$"]], ["123"], ["12", "1234", ""]],
  ["string", [["prefix", "ab"]], ["abc"], ["ba"]],
  ["string", [["suffix", "bc"]], ["abc"], ["ab", "c"]],
  ["string", [["contains", "@"]], ["a@b"], ["ab"]],
  ["string", [["not_contains", "@"]], ["ab"], ["a@b"]],
  ["string", [["in", "a", "b"]], ["b"], ["c"]],
  ["string", [["not_in", "a", "b"]], ["c"], ["b"]],
  ["binary", [["const", "a"]], [bytes("a")], [bytes("b"), bytes("")]],
  ["binary", [["const", ""]], [bytes("")], [bytes("a"), 5]],
  [
    "binary",
    [
      ["min_size", 2],
      ["max_size", 2],
    ],
    [bytes("ab")],
    [bytes("a"), bytes("abc")],
  ],
  ["binary", [["max_rune_size", 1]], [bytes("ä")], [bytes("ab")]],
  ["binary", [["prefix", "ab"]], [bytes("abc")], [bytes("a")]],
  ["binary", [["suffix", "bc"]], [bytes("abc")], [bytes("c")]],
  ["binary", [["contains", "b"]], [bytes("abc")], [bytes("a")]],
  ["binary", [["not_contains", "b"]], [bytes("a")], [bytes("abc")]],
  ["binary", [["pattern", "^ä$"]], [bytes("ä")], [bytes("b")]],
  ["binary", [["in", "a", "b"]], [bytes("b")], [bytes("c")]],
  ["enum", [["defined_only", 0, 5]], [0, 5], [1]],
  ["enum", [["const", 5]], [5], [0]],
  ["enum", [["in", 0, 5]], [5], [6]],
  [
    ["list", "i32"],
    [
      ["min_size", 1],
      ["max_size", 2],
    ],
    [[1], [1, 2]],
    [[], [1, 2, 3]],
  ],
  [["list", "i32"], [["elem", [["gt", 0]]]], [[], [1, 2]], [[1, 0]]],
  [["list", ["list", "i32"]], [["elem", [["elem", [["gt", 0]]]]]], [[[1], []]], [[[1], [0]]]],
  [["set", "string"], [["elem", [["min_size", 1]]]], [new Set(["a"])], [new Set(["a", ""])]],
  [["set", "string"], [["max_size", 1]], [new Set(["a"])], [new Set(["a", "b"])]],
  [
    ["map", "string", "i32"],
    [["key", [["min_size", 1]]]],
    [new Map([["a", 1]]), { a: 1 }],
    [new Map([["", 1]]), { "": 1 }],
  ],
  [["map", "string", "i32"], [["value", [["gt", 0]]]], [new Map([["a", 1]])], [new Map([["a", 0]])]],
  [["map", "string", "i32"], [["max_size", 1]], [{ a: 1 }], [{ a: 1, b: 2 }]],
  [["map", "string", "binary"], [["no_sparse"]], [{ a: bytes("") }], [{ a: undefined }, new Map([["a", null]])]],
];

describe("validate()", () => {
  it.each(cases)("%s with %s", (type, rules, accepted, rejected) => {
    const descriptor = structDescriptor<{ f: unknown }>("S", [[1, "f", type, 2, undefined, undefined, rules]]);
    for (const f of accepted) expect(violationsOf(descriptor, { f }), String(f)).toEqual([]);
    for (const f of rejected) {
      expect(violationsOf(descriptor, { f }), String(f)).not.toEqual([]);
      expect(() => validate(descriptor, { f })).toThrow(ValidationError);
    }
  });

  it("names struct, field, rule, operands and value, and says so without what may be secret", () => {
    const Item = structDescriptor<{ name: string }>("Item", [
      [1, "name", "string", 0, undefined, undefined, [["max_size", 3]]],
    ]);
    const Order = structDescriptor<{ items: { name: string }[]; count: number }>("Order", [
      [1, "items", ["list", () => Item], 0, undefined, undefined, [["elem", [["skip", false]]]]],
      [2, "count", "i32", 0, undefined, undefined, [["gt", 0]]],
    ]);
    const order = { items: [{ name: "ok" }, { name: "hunter2" }], count: -1 };
    let error: unknown;
    try {
      validate(Order, order);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RPCError);
    expect(error).toMatchObject({ name: "ValidationError", kind: "payload_validation" });
    expect((error as ValidationError).violations).toEqual([
      {
        path: "Order.items[1].name",
        struct: "Item",
        field: "name",
        rule: "vt.max_size",
        operands: [3],
        value: "hunter2",
      },
      { path: "Order.count", struct: "Order", field: "count", rule: "vt.gt", operands: [0], value: -1 },
    ]);
    expect((error as ValidationError).message).toBe(
      "payload validation error: Order.items[1].name: string of size 7 breaks vt.max_size = 3; Order.count: -1 breaks vt.gt = 0",
    );
  });

  it("names the place within maps and sets", () => {
    const S = structDescriptor<{ m: Map<string, number[]> }>("S", [
      [
        1,
        "m",
        ["map", "string", ["list", "i32"]],
        0,
        undefined,
        undefined,
        [
          ["key", [["max_size", 2]]],
          ["value", [["elem", [["gt", 0]]]]],
        ],
      ],
    ]);
    const violations = violationsOf(S, { m: new Map([["long", [1, 0]]]) });
    expect(violations.map(({ path, rule }) => `${path} ${rule}`)).toEqual([
      "S.m key vt.key.max_size",
      'S.m["long"][1] vt.value.elem.gt',
    ]);
  });

  it("looks at what will be sent where nothing was given", () => {
    const rules: readonly ValidationRule[] = [["gt", 5]];
    const S = structDescriptor<Record<string, unknown>>("S", [
      [1, "zero", "i32", 0, undefined, undefined, rules],
      [2, "usual", "i32", 0, 9, undefined, rules],
      [3, "later", "i32", 2, undefined, undefined, rules],
      [4, "usual_later", "i32", 2, 1, undefined, rules],
      [5, "must", "i32", 1, undefined, undefined, rules],
      [6, "wanted", "i32", 2, undefined, undefined, [["not_nil"]]],
      [7, "list", ["list", "i32"], 0, () => [], undefined, [["min_size", 1]]],
    ]);
    const broken = violationsOf(S, {}).map(({ field, rule }) => `${field} ${rule}`);
    expect(broken).toEqual([
      "zero vt.gt",
      "usual_later vt.gt",
      "must required",
      "wanted vt.not_nil",
      "list vt.min_size",
    ]);
  });

  it("goes into structs, but not into those that are skipped or in containers", () => {
    const Inner = structDescriptor<{ n: number }>("Inner", [[1, "n", "i32", 0, undefined, undefined, [["gt", 0]]]]);
    const inner = (): StructDescriptor => Inner;
    const Outer = structDescriptor<Record<string, unknown>>("Outer", [
      [1, "a", inner],
      [2, "b", inner, 0, undefined, undefined, [["skip", true]]],
      [3, "c", ["list", inner]],
      [4, "d", ["map", "string", inner], 0, undefined, undefined, [["value", [["skip", false]]]]],
      [5, "e", inner, 2, undefined, undefined, [["not_nil"]]],
    ]);
    const bad = { n: 0 };
    const broken = violationsOf(Outer, { a: bad, b: bad, c: [bad], d: { x: bad }, e: undefined });
    expect(broken.map(({ path }) => path)).toEqual(["Outer.a.n", 'Outer.d["x"].n', "Outer.e"]);
  });

  it("follows references to other fields and calls of functions", () => {
    const S = structDescriptor<Record<string, unknown>>(
      "S",
      [
        [1, "text", "string", 0, undefined, undefined, [["max_size", { field: "limit" }]]],
        [2, "limit", "i32", 2],
        [3, "sum", "i64", 2, undefined, undefined, [["const", { call: "add", args: [{ field: "limit" }, 1] }]]],
        [
          4,
          "label",
          "string",
          2,
          undefined,
          undefined,
          [
            [
              "const",
              {
                call: "sprintf",
                args: ["%s/%02d|%-3v|%.1f|%x%%", { field: "text" }, { field: "limit" }, true, 0.25, 255],
              },
            ],
          ],
        ],
        [5, "at", "i64", 2, undefined, undefined, [["le", { call: "now_unix_nano", args: [] }]]],
        [6, "form", "string", 2],
        [7, "formed", "string", 2, undefined, undefined, [["pattern", { field: "form" }]]],
      ],
      {
        rules: [
          [
            "assert",
            { call: "equal", args: [{ call: "mod", args: [{ call: "len", args: [{ field: "text" }] }, 2] }, 0] },
          ],
        ],
      },
    );
    const broken = (value: Record<string, unknown>): string[] => violationsOf(S, value).map(({ rule }) => rule);
    expect(broken({ text: "abcd", limit: 4, sum: 5n, label: "abcd/04|true|0.3|ff%" })).toEqual([]);
    expect(broken({ text: "abcd", limit: 3, sum: 5n })).toEqual(["vt.max_size", "vt.const"]);
    // Without the other field the rule says nothing.
    expect(broken({ text: "abcd", sum: 5n })).toEqual([]);
    expect(broken({ text: "abc" })).toEqual(["vt.assert"]);
    expect(broken({ text: "", at: 1n })).toEqual([]);
    expect(broken({ text: "", at: 2n ** 62n })).toEqual(["vt.le"]);
    expect(broken({ text: "", form: "^a+$", formed: "aa" })).toEqual([]);
    expect(broken({ text: "", form: "^a+$", formed: "b" })).toEqual(["vt.pattern"]);
    expect(broken({ text: "", form: "(", formed: "(" })).toEqual(["vt.pattern"]);
  });

  it("never divides by zero", () => {
    const S = structDescriptor<{ n: bigint }>("S", [[1, "n", "i64"]], {
      rules: [["assert", { call: "equal", args: [{ call: "mod", args: [1, { field: "n" }] }, 0] }]],
    });
    expect(violationsOf(S, { n: 1n })).toEqual([]);
    expect(violationsOf(S, { n: 0n })).toHaveLength(1);
  });

  it("looks at the member that a union has", () => {
    const U = unionDescriptor<{ case?: string; value?: unknown }>("U", [
      [1, "mail", "string", 0, undefined, undefined, [["contains", "@"]]],
      [2, "age", "i32", 0, undefined, undefined, [["gt", 0]]],
    ]);
    expect(violationsOf(U, { case: "mail", value: "a@b" })).toEqual([]);
    expect(violationsOf(U, { case: "age", value: 0 }).map(({ path }) => path)).toEqual(["U.age"]);
    expect(violationsOf(U, {})).toEqual([]);
  });

  it("takes exceptions", () => {
    interface Refused extends ThriftException {
      message: string;
    }
    const Refused = exceptionClass<Refused, { message: string }>("Refused", [
      [1, "message", "string", 0, undefined, undefined, [["min_size", 1]]],
    ]);
    expect(() => validate(Refused, new Refused({ message: "no" }))).not.toThrow();
    expect(() => validate(Refused, new Refused({ message: "" }))).toThrow(ValidationError);
    expect(new Refused({ message: "" })).toBeInstanceOf(ThriftException);
  });

  it("refuses what is not of the type, and cycles", () => {
    interface Node {
      next?: Node | undefined;
      items?: unknown;
    }
    const Node: StructDescriptor<Node> = structDescriptor<Node>("Node", [
      [1, "next", () => Node, 2],
      [2, "items", ["list", "i32"], 2, undefined, undefined, [["elem", [["gt", 0]]]]],
    ]);
    const cycle: Node = {};
    cycle.next = cycle;
    expect(() => validate(Node, cycle)).toThrow(/nested deeper than 64 levels; is there a cycle\?/);
    expect(() => validate(Node, null as never)).toThrow(InvalidValueError);
    expect(() => validate(Node, { next: "x" as never })).toThrow("Node.next: expected object, got string");
    expect(() => validate(Node, { items: 5 })).toThrow("Node.items: expected array or Set, got number");
    const once = (function* () {})();
    expect(() => validate(Node, { items: once })).toThrow("expected array or Set");
  });

  it("stops after 16 violations", () => {
    const S = structDescriptor<{ list: number[] }>("S", [
      [1, "list", ["list", "i32"], 0, undefined, undefined, [["elem", [["gt", 0]]]]],
    ]);
    expect(violationsOf(S, { list: new Array<number>(1_000_000).fill(0) })).toHaveLength(16);
  });

  it("reads a field called like something every object inherits only from the object itself", () => {
    const S = structDescriptor<Record<string, unknown>>("S", [
      [1, "constructor", "string", 2, undefined, undefined, [["not_nil"]]],
    ]);
    expect(violationsOf(S, {})).toHaveLength(1);
    expect(violationsOf(S, { constructor: "x" })).toEqual([]);
  });
});
