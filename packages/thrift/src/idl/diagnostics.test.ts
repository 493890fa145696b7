import { describe, expect, it } from "vitest";
import { formatDiagnostics, IdlError, parseThrift } from "./index.ts";

const failure = (text: string): IdlError => {
  try {
    parseThrift(text, { fileName: "echo.thrift" });
  } catch (error) {
    if (error instanceof IdlError) return error;
    throw error;
  }
  throw new Error("expected an error");
};

describe("IdlError", () => {
  it("shows place, excerpt and hint", () => {
    const error = failure("struct A {\n\t1: list<i32 a\n}\nstrcut B {}\n");
    expect(error.name).toBe("IdlError");
    expect(error.kind).toBe("idl");
    expect(error.message).toBe(
      [
        "error TH1010 echo.thrift:2:14 expected `>` in the type `list`, found `a`",
        " 2 |  1: list<i32 a",
        "   |              ^",
        "  hint: add `>`",
        "",
        "error TH1010 echo.thrift:4:1 `strcut` begins no definition",
        " 4 | strcut B {}",
        "   | ^^^^^^",
        "  hint: did you mean `struct`?",
      ].join("\n"),
    );
    expect(formatDiagnostics(error.diagnostics)).toBe(error.message);
  });

  it("carries its findings as data", () => {
    expect(failure("const i32 A = 9223372036854775808").diagnostics).toEqual([
      {
        severity: "error",
        code: "TH1007",
        file: "echo.thrift",
        line: 1,
        column: 15,
        endColumn: 34,
        message: "9223372036854775808 does not fit into 64 bits",
        excerpt: " 1 | const i32 A = 9223372036854775808\n   |               ^^^^^^^^^^^^^^^^^^^",
      },
    ]);
  });

  it("shows a window of a very long line, with the caret at its place", () => {
    const { excerpt } = failure(`${"/* */ ".repeat(500)}strcut ${"/* */ ".repeat(500)}`).diagnostics[0] ?? {
      excerpt: "",
    };
    const [source = "", carets = ""] = excerpt.split("\n");
    expect(source.length).toBeLessThan(140);
    expect(source.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("strcut");
  });

  it.each([0, 1, 39, 40, 41, 119, 120, 121, 500])("puts the caret under the error after %i characters", (count) => {
    const { excerpt } = failure(`${" ".repeat(count)}strcut${" ".repeat(300)}`).diagnostics[0] ?? { excerpt: "" };
    const [source = "", carets = ""] = excerpt.split("\n");
    expect(source.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("strcut");
  });

  it("neither repeats long names in full nor prints control characters", () => {
    const { message } = failure(`struct A { 1: ${"x".repeat(10_000)} \u001b[31m }`);
    expect(message.length).toBeLessThan(1000);
    expect(message).not.toContain("\u001b");
  });
});
