import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDiagnostics, IdlError, loadThriftSync, memoryReader, parseThrift } from "./index.ts";

const fixture = (name: string): string => readFileSync(new URL(`testdata/${name}`, import.meta.url), "utf8");
const kitchenSink = fixture("kitchen-sink.thrift");
const others = { "shared.thrift": fixture("shared.thrift"), "dotted.name.v1.thrift": fixture("dotted.name.v1.thrift") };

/** Loads a text; anything but a program or an `IdlError` fails the test. */
const outcome = (text: string): "ok" | IdlError => {
  try {
    const { entry, diagnostics } = loadThriftSync("main.thrift", {
      reader: memoryReader({ ...others, "main.thrift": text }),
    });
    expect(entry.path).toBe("main.thrift");
    expect(diagnostics.every(({ severity }) => severity !== "error")).toBe(true);
    return "ok";
  } catch (error) {
    if (!(error instanceof IdlError)) throw error;
    const { diagnostics, message } = error;
    const placed = diagnostics.every(({ line, column, endColumn }) => line > 0 && column > 0 && endColumn > column);
    const serious = diagnostics.some(({ severity }) => severity === "error");
    expect([placed, serious, message === formatDiagnostics(diagnostics)]).toEqual([true, true, true]);
    return error;
  }
};

const words = [
  ..."{}()[]<>,;:=&*\"'#/.+-@\\\n\0".split(""),
  ...["//", "/*", "*/", "/**", "0x", "1e", "1.", "\\u", "'a'", '"b"', "\uFEFF", "é", "😀", "\ud800"],
  ...[
    "include",
    "namespace",
    "const",
    "typedef",
    "enum",
    "struct",
    "union",
    "exception",
    "service",
    "extends",
    "senum",
  ],
  ...["throws", "oneway", "async", "void", "required", "optional", "xsd_all", "xsd_attrs", "cpp_type", "true"],
  ...[
    "bool",
    "i32",
    "i64",
    "double",
    "string",
    "binary",
    "uuid",
    "list",
    "set",
    "map",
    "list<i32>",
    "A",
    "B",
    "A.B",
    "shared.Base",
  ],
  ...["1", "-1", "1:", "32768:", "9223372036854775808", "1.5", "struct A {", "service S {", "void f(", "}", ")"],
];
const soup = fc.array(fc.constantFrom(...words), { maxLength: 60 });

describe("any text ends in a program or an IdlError", () => {
  it("random characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => void outcome(text)),
      { numRuns: 2000 },
    );
  });

  it("random words of the language", () => {
    fc.assert(
      fc.property(soup, fc.constantFrom(" ", "\n", ""), (parts, glue) => void outcome(parts.join(glue))),
      { numRuns: 3000 },
    );
  });

  it("a valid file with a piece cut out, doubled or replaced", () => {
    const place = fc.nat(kitchenSink.length);
    fc.assert(
      fc.property(place, fc.nat(60), fc.constantFrom("cut", "double", "replace"), soup, (at, length, change, parts) => {
        const [head, piece, tail] = [
          kitchenSink.slice(0, at),
          kitchenSink.slice(at, at + length),
          kitchenSink.slice(at + length),
        ];
        const middle = change === "cut" ? "" : change === "double" ? piece + piece : parts.slice(0, 5).join(" ");
        outcome(head + middle + tail);
      }),
      { numRuns: 300 },
    );
  });

  it("a valid file that ends anywhere", () => {
    for (let end = 0; end < kitchenSink.length; end += 31) outcome(kitchenSink.slice(0, end));
  });

  const many = 20_000;
  const each = (count: number, make: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => make(index)).join("\n");

  it.each<[string, string, string]>([
    ["open lists", `const i32 A = ${"[".repeat(many)}`, "TH9003"],
    ["open maps", `const i32 A = ${"{1:".repeat(many)}`, "TH9003"],
    ["nested types", `typedef ${"list<".repeat(many)}i32${">".repeat(many)} T`, "TH9003"],
    ["nested xsd_attrs", `struct A { ${"1: i32 a xsd_attrs { ".repeat(many)}`, "TH9003"],
    ["a long chain of typedefs", `${each(many, (i) => `typedef T${i + 1} T${i}`)} typedef i32 T${many}`, "ok"],
    [
      "typedefs of lists of typedefs",
      `${each(many, (i) => `typedef list<T${i + 1}> T${i}`)} typedef i32 T${many}`,
      "TH9003",
    ],
    [
      "typedefs that all lead back",
      `${each(many, (i) => `typedef map<T0, T${i + 1}> T${i}`)} typedef i32 T${many}`,
      "TH3001",
    ],
    ["typedefs that double", `${each(40, (i) => `typedef map<T${i + 1}, T${i + 1}> T${i}`)} typedef i32 T40`, "TH9006"],
    ["a long chain of constants", `${each(many, (i) => `const i32 C${i} = C${i + 1}`)} const i32 C${many} = 1`, "ok"],
    [
      "constants that double",
      `struct S { 1: optional S a, 2: optional S b } ${each(40, (i) => `const S C${i} = {"a": C${i + 1}, "b": C${i + 1}}`)} const S C40 = {}`,
      "TH9007",
    ],
    [
      "a long chain of services",
      `${each(many, (i) => `service S${i} extends S${i + 1} {}`)} service S${many} {}`,
      "TH9008",
    ],
    ["a great circle of services", each(many, (i) => `service S${i} extends S${(i + 1) % many} {}`), "TH5002"],
    ["a great circle of structs", each(many, (i) => `struct S${i} { 1: required S${(i + 1) % many} s }`), "ok"],
    ["many unknown types", `struct A { ${each(many, (i) => `${i + 1}: Unknown${i} a${i}`)} }`, "TH2008"],
    ["many equal ids", `struct A { ${each(many, (i) => `1: i32 a${i}`)} }`, "TH3004"],
    ["structs never closed", "struct A {\n".repeat(many), "TH1016"],
    ["structs never closed, in one line", "struct A {".repeat(many), "TH1016"],
    ["quotes and backslashes", "\"\\\n'".repeat(many), "TH1001"],
    ["comments never closed", "/*".repeat(many), "TH1003"],
    ["a broken line without end", `struct A { @ ${"1 foo ) ".repeat(many)}`, "TH1001"],
    ["separators", `struct A { 1: i32 a ${",".repeat(many)} }`, "TH1012"],
    ["a huge name", `struct ${"a".repeat(1_000_000)} { 1: ${"b".repeat(1_000_000)} c }`, "TH2008"],
    ["a huge number", `const i64 A = ${"9".repeat(1_000_000)}`, "TH1007"],
    ["a huge double", `const double A = ${"9".repeat(1_000_000)}.5`, "TH1007"],
  ])("%s", (_, text, expected) => {
    const result = outcome(text);
    expect(result === "ok" ? ["ok"] : result.diagnostics.map(({ code }) => code)).toContain(expected);
  });
});

describe("large files", () => {
  it("parses ten thousand lines", () => {
    const text = each10k();
    expect(text.split("\n").length).toBeGreaterThanOrEqual(10_000);
    expect(parseThrift(text).definitions).toHaveLength(1000);
    expect(outcome(text)).toBe("ok");
  });
});

const each10k = (): string =>
  Array.from(
    { length: 1000 },
    (_, index) => `/** Struct ${index}. */
struct S${index} {
  // the id
  1: required i64 id = ${index} (api.path = "id", go.tag = "json:\\"id\\"")
  2: optional string name // trailing
  3: list<map<string, S${Math.max(0, index - 1)}>> children = []
  4: binary data
  5: double score = 1.5
}
`,
  ).join("\n");
