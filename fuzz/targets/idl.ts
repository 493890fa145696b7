import { readFileSync } from "node:fs";
import { formatDiagnostics, IdlError, loadThriftSync, memoryReader } from "@kitex-ts/thrift/idl";
import { expectThat } from "../lib/expect.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";
import { textSample } from "../mutate/text-sites.ts";

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const testdata = "packages/thrift/src/idl/testdata";

const included = {
  "shared.thrift": text(`${testdata}/shared.thrift`),
  "dotted.name.v1.thrift": text(`${testdata}/dotted.name.v1.thrift`),
  "base.thrift": text("interop/idl/base.thrift"),
};

/** Short, and one construct each: a change of one of these is read further than one of a long file. */
const snippets = [
  'include "shared.thrift"\nnamespace js a.b\nnamespace * c\ncpp_include "x"\n',
  "typedef list<map<string, set<i32>>> T\ntypedef T U\nconst U V = [{'a': [1, 2]}, {}]\n",
  "enum E { A = 1, B, C = -5; D = 0x10 } (k = 'v')\nconst E X = E.B\nconst map<E, string> M = {E.A: 'x', 2: \"y\"}\n",
  "struct S { 1: required i64 a = 5, 2: optional S b; -1: double c = 1e-3 (go.tag = 'x') }\nconst S K = {'a': 1, 'b': {'a': 2}}\n",
  "union U { 1: string a 2: binary b }\nexception X { 1: string message }\n",
  "service A { void f(), oneway void g(1: i32 a) }\nservice B extends A { i32 h(1: i32 a, 2: list<i32> b) throws (1: X x) }\nexception X {}\n",
  "/** doc */ struct P { # c\n 1: bool a // d\n /* e */ 2: byte b = -128 }\n",
  "struct R { 1: uuid u, 2: list<R> l = [], 3: map<binary, R> m = {} }\nconst bool T = true\nconst double D = -1.5E+10\nconst string Q = 'a\\n\\x41\\u00e9\"'\n",
];
const words =
  "include namespace const typedef enum struct union exception service extends senum throws oneway async void required optional xsd_all xsd_attrs cpp_type true false bool byte i8 i16 i32 i64 double string binary uuid slist list< set< map< A.B shared.Base 1: -1: 32768: 9223372036854775808 1.5 0x 1e ' \" // /* */ # ( ) { } [ ] < > , ; : = & * + - . @ \\ \0 \uFEFF é 😀";

export const idlTarget = (): Target => {
  const tokens = /[A-Za-z_][\w.]*|\d[\w.]*|"[^"\n]*"|'[^'\n]*'|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[^\s\w]/g;
  const short = snippets.map((snippet) => textSample(snippet, tokens));
  const long = [
    text(`${testdata}/kitchen-sink.thrift`),
    text("interop/idl/interop.thrift"),
    included["shared.thrift"],
  ].map((file) => textSample(file, tokens));
  const all = [...short, ...long, textSample(words, /\S+/g)];
  return {
    make: (random) => mutate(random, random.pick(random.oneIn(20) ? long : short), all),
    run: (input) => check(input.toString("utf8")),
  };
};

/** Any text ends in a program or in an `IdlError` that says where. */
const check = (source: string): void => {
  try {
    const { entry, diagnostics } = loadThriftSync("main.thrift", {
      reader: memoryReader({ ...included, "main.thrift": source }),
    });
    expectThat(entry.path === "main.thrift", "another file is the entry");
    expectThat(!diagnostics.some(({ severity }) => severity === "error"), "a program in spite of errors");
  } catch (error) {
    if (!(error instanceof IdlError)) throw error;
    const { diagnostics, message } = error;
    const placed = diagnostics.every(({ line, column, endColumn }) => line > 0 && column > 0 && endColumn > column);
    expectThat(placed, "a finding without a place");
    expectThat(
      diagnostics.some(({ severity }) => severity === "error"),
      "an error without one",
    );
    expectThat(message === formatDiagnostics(diagnostics), "another message than the findings");
  }
};
