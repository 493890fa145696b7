import { describe, expect, it } from "vitest";
import { createDiagnosticBag } from "./diagnostics.ts";
import { tokenize } from "./lexer.ts";
import { withDefaultLimits } from "./limits.ts";
import { createSourceText } from "./source.ts";

const lex = (text: string) => {
  const bag = createDiagnosticBag();
  const list = tokenize(createSourceText("t", text), bag, withDefaultLimits(undefined));
  return { ...list, codes: bag.diagnostics.map(({ code }) => code) };
};

const shapes = (text: string) => lex(text).tokens.map(({ kind, text: written }) => `${kind} ${written}`.trim());

describe("tokenize()", () => {
  it("ends with an end token, even without text", () => {
    expect(shapes("")).toEqual(["end"]);
  });

  it.each([
    ["a.b_c.D1", ["name a.b_c.D1", "end"]],
    ["1: a", ["int 1", "punctuation :", "name a", "end"]],
    ["A=1B", ["name A", "punctuation =", "int 1", "name B", "end"]],
    ["list<i32>a", ["name list", "punctuation <", "name i32", "punctuation >", "name a", "end"]],
    ["'a\"b'\"c'd\"", ["string 'a\"b'", 'string "c\'d"', "end"]],
    ['"a\\"b"', ['string "a\\"b"', "end"]],
    [".5 -1.5 1e5", ["double .5", "double -1.5", "double 1e5", "end"]],
    ["-1 +2 -0x1f 0o17", ["int -1", "int +2", "int -0x1f", "int 0o17", "end"]],
  ])("splits %s", (text, expected) => {
    expect(shapes(text)).toEqual(expected);
  });

  it("reads the values of numbers", () => {
    const values = lex("10 010 -0x10 0o10 9223372036854775807 1.5 .25 -2e3 1E-2").tokens.map(({ value }) => value);
    expect(values).toEqual([10n, 10n, -16n, 8n, 9223372036854775807n, 1.5, 0.25, -2000, 0.01, undefined]);
  });

  it("counts lines and columns over every kind of line break", () => {
    const places = lex("a\nb\r\n  c\rd /*\n*/ e 'x\ny' f").tokens.map(({ text, line, column }) => [text, line, column]);
    expect(places).toEqual([
      ["a", 1, 1],
      ["b", 2, 1],
      ["c", 3, 3],
      ["d", 4, 1],
      ["e", 5, 4],
      ["'x\ny'", 5, 6],
      ["f", 6, 4],
      ["", 6, 5],
    ]);
  });

  it("keeps comments with the token that follows", () => {
    const { tokens, comments } = lex("// one\n# two\n/* three */ a /** four\n */ b // five");
    expect(comments.map(({ kind, text, span, endLine }) => [kind, text, span.line, endLine])).toEqual([
      ["line", "// one", 1, 1],
      ["line", "# two", 2, 2],
      ["block", "/* three */", 3, 3],
      ["doc", "/** four\n */", 3, 4],
      ["line", "// five", 4, 4],
    ]);
    expect(tokens.map((token) => token.comments.length)).toEqual([3, 1, 1]);
  });

  it("does not take an empty block comment for a doc comment", () => {
    expect(lex("/**/ /***/ a").comments.map(({ kind }) => kind)).toEqual(["block", "doc"]);
  });

  it.each([
    ["user-name", ["TH1001"], ["name user-name", "end"]],
    ["naïve", ["TH1001"], ["name naïve", "end"]],
    ["名字 a", ["TH1001"], ["name 名字", "name a", "end"]],
    ["a. b", ["TH1001"], ["name a", "name b", "end"]],
    ["1. 2", ["TH1006"], ["double 1.", "int 2", "end"]],
    ["0x;", ["TH1006"], ["int 0x", "punctuation ;", "end"]],
    ["99999999999999999999", ["TH1007"], ["int 99999999999999999999", "end"]],
    ["'abc\nd", ["TH1002"], ["string 'abc", "name d", "end"]],
    ["a /* b", ["TH1003"], ["name a", "end"]],
    ["a % b", ["TH1001"], ["name a", "name b", "end"]],
    ["a\u00a0b", ["TH1001"], ["name a", "name b", "end"]],
    ["a\0\0b", ["TH1001"], ["name a", "name b", "end"]],
  ])("reports and goes on after %j", (text, codes, expected) => {
    const list = lex(text);
    expect(list.codes).toEqual(codes);
    expect(list.tokens.map(({ kind, text: written }) => `${kind} ${written}`.trim())).toEqual(expected);
  });
});
