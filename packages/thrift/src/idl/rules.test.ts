import { describe, expect, it } from "vitest";
import type { ValidationRule } from "../validate/rule.ts";
import { IdlError, loadThriftSync, memoryReader } from "./index.ts";

const prelude = 'include "x.thrift"\nenum E { A = 1, B = 5 }\nconst E C = E.B\nstruct T { 1: i32 t }\n';

const load = (text: string) => {
  const reader = memoryReader({ "main.thrift": prelude + text, "x.thrift": "enum X { V = 3 } const i32 N = 3" });
  return loadThriftSync("main.thrift", { reader });
};

/** A field of a struct that has others to refer to. */
const around = (field: string): string =>
  `struct S { 1: ${field}, 2: i32 n, 3: string s, 4: list<i32> l, 5: double d, 6: bool b, 7: T t }`;

const accepted: readonly (readonly [field: string, rules: readonly ValidationRule[]])[] = [
  ["i32 f", []],
  ['i32 f (vt = "x", other.vt = "y")', []],
  ['i32 f (vt.const = "5")', [["const", 5]]],
  [
    'i32 f (vt.lt = "0x10", vt.le = "010", vt.gt = "-1", vt.ge = "+1_000")',
    [
      ["lt", 16],
      ["le", 8],
      ["gt", -1],
      ["ge", 1000],
    ],
  ],
  [
    'i32 f (vt.lt = "0b11", vt.le = "0o17")',
    [
      ["lt", 3],
      ["le", 15],
    ],
  ],
  [
    'i32 f (vt.in = "1", vt.gt = "0", vt.in = "2", vt.not_in = "$n")',
    [
      ["in", 1, 2],
      ["gt", 0],
      ["not_in", { field: "n" }],
    ],
  ],
  ['i64 f (vt.lt = "9223372036854775807")', [["lt", 9223372036854775807n]]],
  ['i8 f (vt.ge = "-128")', [["ge", -128]]],
  [
    'double f (vt.lt = "1.5", vt.gt = "-1e3", vt.ge = ".5", vt.le = "$n")',
    [
      ["lt", 1.5],
      ["gt", -1000],
      ["ge", 0.5],
      ["le", { field: "n" }],
    ],
  ],
  ['bool f (vt.const = "T")', [["const", true]]],
  ['bool f (vt.const = "$b", vt.not_nil = "false")', [["const", { field: "b" }]]],
  ['optional i32 f (vt.not_nil = "1")', [["not_nil"]]],
  [
    'string f (vt.min_size = "1", vt.max_size = "$n", vt.min_rune_size = "@len($s)", vt.max_rune_size = "2")',
    [
      ["min_size", 1],
      ["max_size", { field: "n" }],
      ["min_rune_size", { call: "len", args: [{ field: "s" }] }],
      ["max_rune_size", 2],
    ],
  ],
  [
    'string f (vt.pattern = "^\\\\d+$", vt.prefix = "@", vt.contains = "@x(", vt.suffix = "$s", vt.not_contains = "")',
    [
      ["pattern", "^\\d+$"],
      ["prefix", "@"],
      ["contains", "@x("],
      ["suffix", { field: "s" }],
      ["not_contains", ""],
    ],
  ],
  [
    'string f (vt.const = "@sprintf(\\"%s-%d\\", $s, 5)")',
    [["const", { call: "sprintf", args: ["%s-%d", { field: "s" }, 5] }]],
  ],
  ['binary f (vt.in = "a", vt.in = "b")', [["in", "a", "b"]]],
  [
    'E f (vt.const = "E.A", vt.in = "E.B", vt.in = "C", vt.not_in = "$n")',
    [
      ["const", 1],
      ["in", 5, 5],
      ["not_in", { field: "n" }],
    ],
  ],
  ['E f (vt.defined_only = "true")', [["defined_only", 1, 5]]],
  ['E f (vt.defined_only = "false")', []],
  ['x.X f (vt.const = "x.X.V")', [["const", 3]]],
  [
    'list<i32> f (vt.elem.gt = "0", vt.min_size = "1", vt.elem.lt = "9")',
    [
      ["min_size", 1],
      [
        "elem",
        [
          ["gt", 0],
          ["lt", 9],
        ],
      ],
    ],
  ],
  ['set<list<string>> f (vt.elem.elem.min_size = "1")', [["elem", [["elem", [["min_size", 1]]]]]]],
  [
    'map<string, list<E>> f (vt.key.min_size = "1", vt.value.elem.in = "E.A", vt.no_sparse = "true", vt.max_size = "3")',
    [["no_sparse"], ["max_size", 3], ["key", [["min_size", 1]]], ["value", [["elem", [["in", 1]]]]]],
  ],
  ['T f (vt.skip = "true")', [["skip", true]]],
  ['list<T> f (vt.elem.skip = "false")', [["elem", [["skip", false]]]]],
  [
    'i64 f (vt.le = "@now_unix_nano()", vt.gt = "@add($n, @mod(7; -2))")',
    [
      ["le", { call: "now_unix_nano", args: [] }],
      ["gt", { call: "add", args: [{ field: "n" }, { call: "mod", args: [7, -2] }] }],
    ],
  ],
];

/** What is wrong, as `code line:column message ~ hint`. */
const rejected: readonly (readonly [field: string, error: string])[] = [
  ['i32 f (vt.gte = "1")', "TH6001 5:22 `vt.gte` is no rule for type i32 ~ did you mean `gt`?"],
  [
    'i32 f (vt.pattern = "1")',
    "TH6001 5:22 `vt.pattern` is no rule for type i32 ~ there are const, lt, le, gt, ge, in, not_in, not_nil",
  ],
  ['bool f (vt.in = "true")', "TH6001 5:23 `vt.in` is no rule for type bool ~ there are const, not_nil"],
  ['i32 f (vt.gt.x = "1")', "TH6001 5:22 `vt.gt.x` is no rule for type i32 ~ write `vt.gt`"],
  ['list<i32> f (vt.elem = "1")', "TH6001 5:28 `vt.elem` is no rule for type list ~ write `vt.elem.<rule>`"],
  [
    'list<i32> f (vt.elem.min_size = "1")',
    "TH6001 5:28 `vt.elem.min_size` is no rule for type i32 ~ there are const, lt, le, gt, ge, in, not_in, not_nil",
  ],
  [
    'list<i32> f (vt.not_nil = "true")',
    "TH6001 5:28 `vt.not_nil` is no rule for type list ~ there are min_size, max_size, elem",
  ],
  [
    'list<i32> f (vt.key.gt = "1")',
    "TH6001 5:28 `vt.key.gt` is no rule for type list ~ there are min_size, max_size, elem",
  ],
  ['T f (vt.gt = "1")', "TH6001 5:20 `vt.gt` is no rule for type struct ~ there are skip, not_nil"],
  [
    'i32 f (vt.gt = "abc")',
    'TH6002 5:22 `vt.gt`: `abc` is no integer ~ write digits, such as `"10"`, `$field` or `@function(…)`',
  ],
  [
    'i32 f (vt.gt = "1.5")',
    'TH6002 5:22 `vt.gt`: `1.5` is no integer ~ write digits, such as `"10"`, `$field` or `@function(…)`',
  ],
  [
    'i32 f (vt.gt = "08")',
    'TH6002 5:22 `vt.gt`: `08` is no integer ~ write digits, such as `"10"`, `$field` or `@function(…)`',
  ],
  [
    "i32 f (vt.gt = '')",
    'TH6002 5:22 `vt.gt`: `` is no integer ~ write digits, such as `"10"`, `$field` or `@function(…)`',
  ],
  ['i8 f (vt.lt = "300")', "TH6002 5:21 `vt.lt`: 300 does not fit into i8"],
  ['i64 f (vt.lt = "9223372036854775808")', "TH6002 5:22 `vt.lt`: 9223372036854775808 does not fit into i64"],
  [
    'double f (vt.lt = "inf")',
    'TH6002 5:25 `vt.lt`: `inf` is no number ~ write a number, such as `"0.5"`, `$field` or `@function(…)`',
  ],
  [
    'bool f (vt.const = "yes")',
    'TH6002 5:23 `vt.const`: `yes` is no boolean ~ write `"true"` or `"false"`, `$field` or `@function(…)`',
  ],
  ['i32 f (vt.not_nil = "yes")', 'TH6002 5:22 `vt.not_nil`: `yes` is no boolean ~ write `"true"` or `"false"`'],
  ['string f (vt.min_size = "-1")', "TH6002 5:25 `vt.min_size`: a size is not negative"],
  ['string f (vt.max_size = "$nn")', "TH6002 5:25 `vt.max_size`: there is no field `nn` in this struct"],
  ['string f (vt.max_size = "$s")', "TH6002 5:25 `vt.max_size`: `$s` gives no integer"],
  ['i32 f (vt.gt = "$l")', "TH6002 5:22 `vt.gt`: `$l` gives no integer"],
  ['string f (vt.prefix = "@len($s)")', "TH6002 5:25 `vt.prefix`: `@len` gives no text"],
  [
    'i32 f (vt.gt = "@size($s)")',
    "TH6002 5:22 `vt.gt`: unknown function `@size` ~ there are add, equal, len, mod, now_unix_nano, sprintf",
  ],
  ['i32 f (vt.gt = "@len($n)")', "TH6002 5:22 `vt.gt`: `@len` cannot take `$n`"],
  ['i32 f (vt.gt = "@add(1)")', "TH6002 5:22 `vt.gt`: `@add` takes 2 arguments, not 1"],
  ['i32 f (vt.gt = "@len()")', "TH6002 5:22 `vt.gt`: `@len` takes 1 argument, not 0"],
  ['string f (vt.const = "@sprintf(5)")', "TH6002 5:25 `vt.const`: `@sprintf` begins with a format in quotes"],
  ['string f (vt.const = "@sprintf(\\"%d\\")")', "TH6002 5:25 `vt.const`: the format takes 1 values, not 0"],
  [
    'string f (vt.const = "@sprintf(\\"%y\\", 1)")',
    "TH6002 5:25 `vt.const`: the format has a verb that is not known here ~ there are %v %d %s %q %x %f %e %g %t %b",
  ],
  [
    'E f (vt.const = "A")',
    "TH6002 5:20 `vt.const`: `A` is no value of enum `E` ~ write it as `E.A`, with the prefix of its file if that is another",
  ],
  [
    'E f (vt.in = "1")',
    "TH6002 5:20 `vt.in`: `1` is no value of enum `E` ~ write it as `E.A`, with the prefix of its file if that is another",
  ],
  [
    'E f (vt.in = "x.X.V")',
    "TH6002 5:20 `vt.in`: `x.X.V` is no value of enum `E` ~ write it as `E.A`, with the prefix of its file if that is another",
  ],
  [
    'string f (vt.pattern = "a(")',
    "TH6003 5:25 `vt.pattern`: missing closing ): `a(` ~ patterns are those of RE2, as in Go",
  ],
  [
    'string f (vt.pattern = "(?=a)")',
    "TH6003 5:25 `vt.pattern`: invalid or unsupported Perl syntax: `(?=` ~ patterns are those of RE2, as in Go",
  ],
];

const errorsOf = (text: string): string[] => {
  try {
    load(text);
  } catch (error) {
    if (!(error instanceof IdlError)) throw error;
    return error.diagnostics
      .filter(({ severity }) => severity === "error")
      .map(
        ({ code, line, column, message, hint }) =>
          `${code} ${line}:${column} ${message}${hint === undefined ? "" : ` ~ ${hint}`}`,
      );
  }
  return [];
};

describe("the rules of `vt.*` annotations", () => {
  it.each(accepted)("of %s are read", (field, rules) => {
    const struct = load(around(field)).entry.structs.find(({ name }) => name === "S");
    expect(struct?.fields[0]?.rules ?? []).toEqual(rules);
  });

  it.each(rejected)("of %s are refused", (field, error) => {
    expect(errorsOf(around(field))).toEqual([error]);
  });

  it("of a struct are read", () => {
    const { structs } = load('struct S { 1: i32 a } (vt.assert = "@equal(@mod($a, 2), 0)")').entry;
    const mod = { call: "mod", args: [{ field: "a" }, 2] };
    expect(structs.find(({ name }) => name === "S")?.rules).toEqual([["assert", { call: "equal", args: [mod, 0] }]]);
  });

  it.each([
    [
      'struct S { 1: i32 a } (vt.assert = "$a")',
      "TH6002 5:24 `vt.assert`: an assertion is a call ~ write `@equal($one, $other)`",
    ],
    [
      'struct S { 1: i32 a } (vt.assert = "@add($a, 1)")',
      "TH6002 5:24 `vt.assert`: `@add` gives no boolean ~ compare with `@equal(…, …)`",
    ],
    ['struct S { 1: i32 a } (vt.gt = "1")', "TH6001 5:24 `vt.gt` is no rule for a struct ~ there are assert"],
  ])("of %s are refused", (text, error) => {
    expect(errorsOf(text)).toEqual([error]);
  });

  it("are warned of where nobody looks", () => {
    const text = 'typedef string Mail (vt.pattern = "@")\nservice Q { void q(1: Mail mail (vt.min_size = "1")) }';
    const { diagnostics } = load(text);
    const warnings = diagnostics.filter(({ code }) => code === "TH6004");
    expect(warnings.map(({ line, message }) => `${line} ${message}`)).toEqual([
      "5 `vt.pattern` has no effect on a typedef",
      "6 `vt.min_size` has no effect on an argument",
    ]);
  });

  it("do not let nested calls or patterns exhaust the stack", () => {
    expect(errorsOf(around(`i32 f (vt.gt = "${"@add(".repeat(20_000)}")`))).toHaveLength(1);
    expect(errorsOf(around(`string f (vt.pattern = "${"(".repeat(20_000)}")`))).toHaveLength(1);
  });
});
