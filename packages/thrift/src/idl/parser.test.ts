import { describe, expect, it } from "vitest";
import { IdlError, parseThrift } from "./index.ts";

const errorsOf = (text: string): string[] => {
  try {
    parseThrift(text);
  } catch (error) {
    if (error instanceof IdlError)
      return error.diagnostics.map(({ code, line, message }) => `${code} ${line} ${message}`);
    throw error;
  }
  return [];
};

describe("parseThrift()", () => {
  it("gives nodes their places", () => {
    const text = "namespace go a.b\n\nstruct User {\n  1: required list<i64> ids = [1] (k = 'v'),\n}";
    const { definitions, namespaces, fileName } = parseThrift(text, { fileName: "user.thrift" });
    expect(fileName).toBe("user.thrift");
    const cut = (span: { start: number; end: number }) => text.slice(span.start, span.end);
    expect(namespaces.map(({ span }) => cut(span))).toEqual(["namespace go a.b"]);
    const [user] = definitions;
    if (user === undefined || !("fields" in user)) throw new Error("expected a struct");
    expect(user.span).toMatchObject({ line: 3, column: 1, end: text.length });
    expect(cut(user.name.span)).toBe("User");
    const [field] = user.fields;
    expect(field && cut(field.span)).toBe("1: required list<i64> ids = [1] (k = 'v'),");
    expect(field?.type.kind === "list" && cut(field.type.element.span)).toBe("i64");
    expect(field?.type && cut(field.type.span)).toBe("list<i64>");
    expect(field?.defaultValue && cut(field.defaultValue.span)).toBe("[1]");
    expect(field?.annotations.map(({ span }) => cut(span))).toEqual(["k = 'v'"]);
    expect(field?.span).toMatchObject({ line: 4, column: 3 });
  });

  it("does not need the names it refers to", () => {
    expect(parseThrift('include "nowhere.thrift" struct A { 1: nowhere.B b = nowhere.C }').includes).toMatchObject([
      { path: "nowhere.thrift", pathSpan: { start: 8, end: 24 } },
    ]);
  });

  it("keeps integers exactly", () => {
    const [constant] = parseThrift("const i64 A = 9007199254740993").definitions;
    expect(constant).toMatchObject({ value: { kind: "int", value: 9007199254740993n } });
  });

  it("collects warnings", () => {
    expect(parseThrift("const i32 A = 007").diagnostics).toMatchObject([{ severity: "warning", code: "TH1008" }]);
  });

  it("reports one error per broken member and goes on", () => {
    const text = `
struct A {
  1: i32
  2: list<i32 b
  3: i32 ok
  4 i32 c
  5: map<string, d
}
service S {
  void a(1: i32 x
  b()
  void ok()
  i32 c(1 i32 y),
}
enum E { A = x, B }
const i32 C = ]
typdef i32 D
struct F { 1: i32 f`;
    expect(errorsOf(text)).toEqual([
      "TH1010 3 expected a field name",
      "TH1010 4 expected `>` in the type `list`, found `b`",
      "TH1010 6 expected `:` after the field id, found `i32`",
      "TH1010 7 expected `>` in the type `map`",
      "TH1010 10 expected `)` to close the arguments of `a`",
      "TH1010 11 the function `b` has no return type",
      "TH1010 13 expected `:` after the field id, found `i32`",
      "TH1010 15 expected an integer as the number of an enum value, found `x`",
      "TH1010 16 expected a value, found `]`",
      "TH1010 17 `typdef` begins no definition",
      "TH1016 18 the `{` of struct `F` is never closed",
    ]);
  });

  it.each([
    ["struct A { 1: requird i32 a }", "unexpected `requird`", "did you mean `required`?"],
    ["struct A { 1: Optional string a, 2: i32 b }", "unexpected `Optional`", "did you mean `optional`?"],
    ["service S { onway void a() }", "unexpected `onway`", "did you mean `oneway`?"],
    [
      "exception X {} service S { void a() trows (1: X x) }",
      "the function `trows` has no return type",
      "did you mean `throws`?",
    ],
    ["service A {} service B extend A {}", "unexpected `extend`", "did you mean `extends`?"],
    ["Struct A {}", "`Struct` begins no definition", "did you mean `struct`?"],
    ["inlcude 'a.thrift'", "`inlcude` begins no definition", "did you mean `include`?"],
  ])("recognises a misspelt keyword: %s", (text, message, hint) => {
    expect(() => parseThrift(text)).toThrow(IdlError);
    expect(errorsOf(text)).toEqual([`TH1010 1 ${message}`]);
    expect(() => parseThrift(text)).toThrow(hint);
  });

  it("notices a block that ends where the next definition begins", () => {
    expect(
      errorsOf("struct A {\n 1: i32 a\n\nstruct B {\n 1: i32 b\n}\nservice S {\n void s()\n\nconst i32 C = 1"),
    ).toEqual(["TH1016 1 the `{` of struct `A` is never closed", "TH1016 7 the `{` of service `S` is never closed"]);
  });

  it("does not complain twice about a line that has a bad character", () => {
    expect(errorsOf("struct user-name { 1: i32 a }\nconst i32 ü = 1\nstruct A { 1: i32 % a }")).toEqual([
      "TH1001 1 `user-name` is not a name",
      "TH1001 2 `ü` is not a name",
      "TH1001 3 unexpected `%`",
    ]);
  });

  it("stops after fifty errors", () => {
    const errors = errorsOf("struct A {\n".concat("x: i32 a\n".repeat(200), "}"));
    expect(errors).toHaveLength(51);
    expect(errors.at(-1)).toBe("TH9009 51 too many errors; stopped after 50");
  });
});
