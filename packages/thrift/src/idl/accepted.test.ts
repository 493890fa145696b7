import { describe, expect, it } from "vitest";
import { loadThriftSync, memoryReader } from "./index.ts";

const included = "struct X { 1: i32 x }\nconst i32 C = 1\nenum E { V = 3 }\nservice Y { void y() }\nexception Z {}";

const codesOf = (text: string): string[] => {
  const reader = memoryReader({ "main.thrift": text, "x.thrift": included });
  return loadThriftSync("main.thrift", { reader }).diagnostics.map(({ code }) => code);
};

/** Taken by thriftgo 0.4.5, by Apache Thrift 0.17, or by both; each part was tried with both. */
const silently: readonly string[] = [
  "",
  "   ",
  "\uFEFFstruct A {}",
  "struct A {\r 1: i32 a\r}",
  "struct A{1:i32 a}struct B{}",
  "struct A { 1: i32 a, 2: i32 b; 3: i32 c 4: i32 d }",
  "struct A { 1 : i32 a }",
  "struct A { +1: i32 a, 0x10: i32 b }",
  "struct A { 1: i32 a = -1, 2: i32 b = 0x0f }",
  "struct _A {} struct A_1 {}",
  "struct A { 1: optional A a }",
  "struct A { 1: A a }",
  "struct A { 1: required list<A> a }",
  "struct A { 1: A & a, 2: list<i32> & b }",
  "struct A { 1: list<list<i32>> a, 2: map<string, set<i64>> b }",
  'struct A { 1: set cpp_type "x" <i32> a, 2: list<i32> cpp_type "x" b, 3: map cpp_type "x" <i32, i32> c }',
  "struct A { 1: i32 list, 2: i32 map, 3: i32 struct, 4: i32 required }",
  "struct list { 1: i32 a }",
  "struct include { 1: i32 namespace }",
  "struct A { 1: requiredX a } typedef i32 requiredX",
  "typedef string uuid struct A { 1: uuid u }",
  'struct A { 1: i32 a () } struct B { 1: i32 (x = "y") a (z) }',
  'struct A { 1: i32 a (a="b" c="d"; e="f",) }',
  'struct A { 1: i32 a (a.b.c="b", a.b.c="c") }',
  'struct A { 1: map<string (a="b"), i32> m }',
  "union U {} union V { 1: i32 a = 1, 2: string b }",
  'exception X { 1: string message } (a="b")',
  "enum E {} enum F { A } enum G { A = 1, B C = 0x10; D }",
  "enum E { A = -1 B C } enum F { A=1B=2 }",
  'enum E { A = 1 (x="y"), B (z) } (e="f")',
  "enum E { A = -2147483648, B = 2147483647 }",
  "typedef i32 T typedef i32 U; typedef i32 V,",
  'typedef i32 (x="y") T (a="b")',
  "typedef B A typedef i32 B",
  'const i32 A = 1 (a="b") const i32 B = 1; (a="b") const i32 C = 1,',
  "const i32 A = 0o17 const i32 B = +5 const i32 C = -0x1F",
  "const i64 A = 0x7FFFFFFFFFFFFFFF const i64 B = -9223372036854775808",
  "const double A = 1.5 const double B = .5 const double C = 1 const double D = -0.5",
  "const bool A = true const bool B = 0 const bool C = 1.5 const i32 D = true const double E = false",
  "const i32 A = B const i32 B = 1 const i64 C = A const double D = B const bool E = B",
  "const string A = \"it's\" const string B = 'a\"b' const string C = 'it\\'s' const string D = \"\"",
  'const string A = "\\a\\b\\f\\n\\r\\t\\v\\\\\\"\\101\\x41\\u0041\\U00000041"',
  'const string A = "é中文😀"',
  'const string S = "x" const binary B = S const binary C = "\\xff"',
  'const list<i32> A = [1 2; 3,] const list<i32> B = {} const list<i32> C = A const list<string> D = ["a" "b"]',
  'const map<string, i32> A = {"a": 1 "b": 2;} const map<string, i32> B = {} const map<string, i32> C = []',
  'const set<string> A = ["a", "b"] const set<i32> B = {}',
  "enum E { X = 1 } const E A = E.X const E B = 1 const i32 C = E.X const list<E> D = [E.X, 1]",
  "enum E { X = 1 } typedef E T const T A = T.X const E B = T.X",
  "const i32 X = 1 enum E { A = 1 } const E Y = X",
  'struct S { 1: i32 a, 2: optional S s } const S A = {"a": 1, "s": {"a": 2}} const list<S> B = [{}, A]',
  'union U { 1: i32 a, 2: string b } const U A = {"b": "x"}',
  "service S { void a() i32 b(1: i32 c), string d(); }",
  "service S { oneway void a() }",
  "struct async {} service S { async get() }",
  "exception X {} service S { void a() throws (1: X x,) void b() throws () }",
  "exception X {} service S { void a() throws (1: X x) (a) }",
  'service S { i32 (a="b") a(1: i32 (c="d") x (e="f")) (g="h") }',
  "service A { void a() } service B extends A { void b() }",
  "service B extends A {} service A {}",
  'struct R {} service S { R a(1: R r) (streaming.mode="bidirectional"), void b(1: i32 x) (streaming.mode="unary") }',
  'namespace go a.b namespace * c namespace py.twisted d (x="y") namespace odd e',
  'cpp_include "<map>"',
  'include "x.thrift" struct A { 1: x.X a, 2: x.E e = x.E.V, 3: i32 c = x.C }',
  'include "x.thrift" service S extends x.Y { void s() throws (1: x.Z z) }',
  'include "x.thrift" include "x.thrift" struct A { 1: x.X a }',
  "struct A { 1: requiredX a, 2: optional optionalX b } struct requiredX {} typedef i32 optionalX",
  "struct A { 1: i32 true, 2: i32 class }",
  'enum E { A (x) B (y), C = 5 (z); } (w="1",)',
  'namespace * a.b (x="1", y="2")',
  'typedef map<string (a="1"), i32> M (b="2")',
  'struct A { 1: list<B> b = [{"x": 1}], 2: B c = {} } struct B { 1: i32 x }',
  "enum E { X } const map<E, i32> A = {E.X: 1} const list<E> B = [E.X, 0]",
  'const map<bool, string> A = {true: "a"} const list<bool> B = [true, 0]',
  "typedef list<S> L struct S { 1: L l }",
  'const string A = "//x" // y',
  "struct A {}\rstruct B {}",
  'const binary A = "\\x00\\xff"',
  "// a\n# b\n/* c /* d */ struct A {} /**/ /***/",
];

/** Taken, with the codes of the warnings and notes that tell where it may hurt. */
const withNotes: readonly (readonly [text: string, codes: readonly string[]])[] = [
  ["const i32 A = 010", ["TH1008"]],
  ["const double A = 1E5 const double B = 1.5e+3", ["TH1009", "TH1009"]],
  ['struct A { 1: string a (vt.pattern = "\\d+") }', ["TH1005"]],
  ['const string A = "a\nb"', ["TH1017"]],
  ["service S { async void a() }", ["TH1015"]],
  ["struct A xsd_all { 1: i32 a xsd_optional xsd_nillable }", ["TH1015", "TH1015"]],
  ["struct A { 1: i32 a xsd_attrs { 1: i32 b } }", ["TH1015"]],
  ['include "x.thrift"', ["TH2004"]],
  ["struct string { 1: i32 a }", ["TH2010"]],
  ["namespace go a namespace go b", ["TH2011"]],
  ["struct A { 0: i32 a, -1: i32 b }", ["TH3007", "TH3007"]],
  ["struct A { i32 a; i32 b }", ["TH3008"]],
  ["struct A { 1: required A a }", ["TH3009"]],
  ["struct A { 1: required B b } struct B { 1: required A a }", ["TH3009"]],
  ["const map<list<i32>, i32> A = {[1]: 1}", ["TH3010"]],
  ["struct A { 1: map<A, i32> a, 2: map<double, i32> b }", ["TH3010", "TH3010"]],
  ["union U { 1: required i32 a }", ["TH3014"]],
  ["exception X {} struct A { 1: X x }", ["TH3016"]],
  ["exception X {} service S { X a(1: X x) }", ["TH3016", "TH3016"]],
  ["enum E { X = 1 } const E A = 7", ["TH4008"]],
  ["enum E { X = 1 } const E A = F.X", ["TH4010"]],
  ["enum E { X = 1 } enum F { X = 2 } const E A = F.X", ["TH4010"]],
  ["const set<i32> A = [1, 1]", ["TH4007"]],
  ['const map<string, i32> A = {"a": 1, "a": 2}', ["TH4007"]],
  ["struct S { 1: required i32 a } const S A = {}", ["TH4009"]],
  ["service S { void a(1: optional i32 x = 5) }", ["TH5008"]],
  ["exception X {} service S { void a() throws (1: required X x) }", ["TH5008"]],
  ["service S { void _a() }", ["TH5011"]],
];

describe("loadThrift() accepts", () => {
  it.each(silently)("%s", (text) => {
    expect(codesOf(text)).toEqual([]);
  });

  it.each(withNotes)("with a note: %s", (text, codes) => {
    expect(codesOf(text)).toEqual(codes);
  });

  it("two enum values with one number, when told so", () => {
    const reader = memoryReader({ "main.thrift": "enum E { A = 1, B = 1 } const E X = 1" });
    const { entry } = loadThriftSync("main.thrift", { reader, allowEnumAlias: true });
    expect(entry.enums[0]?.values.map(({ value }) => value)).toEqual([1, 1]);
    expect(entry.constants[0]?.value).toMatchObject({ member: { name: "A" } });
  });

  it("the last of two values for a key", () => {
    const reader = memoryReader({ "main.thrift": 'const map<string, i32> A = {"a": 1, "b": 2, "a": 3}' });
    const value = loadThriftSync("main.thrift", { reader }).entry.constants[0]?.value;
    expect(value?.kind === "map" && value.entries.map(({ key, value: each }) => [key, each])).toMatchObject([
      [{ value: "a" }, { value: 3 }],
      [{ value: "b" }, { value: 2 }],
    ]);
  });
});
