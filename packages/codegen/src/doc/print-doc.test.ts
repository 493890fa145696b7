import { describe, expect, it } from "vitest";
import { hardline } from "./doc.ts";
import { printDoc } from "./print-doc.ts";
import { arrayDoc, assignmentDoc, callDoc, objectDoc, propertyDoc, unionDoc } from "./syntax.ts";

describe("printDoc()", () => {
  it("keeps on one line what fits, and breaks the outermost group first", () => {
    const doc = arrayDoc(["aaa", arrayDoc(["bbb", "ccc"])]);
    expect(printDoc(doc, 17)).toBe("[aaa, [bbb, ccc]]");
    expect(printDoc(doc, 16)).toBe("[\n  aaa,\n  [bbb, ccc],\n]");
  });

  it("fills lines with numbers", () => {
    expect(printDoc(arrayDoc(["1", "22", "333", "4"]), 10)).toBe("[\n  1, 22,\n  333, 4,\n]");
  });

  it("lets the last argument hold on to its call", () => {
    const doc = callDoc("f", ['"x"', objectDoc(["a: 1", "b: 2"])]);
    expect(printDoc(doc, 12)).toBe('f("x", {\n  a: 1,\n  b: 2,\n})');
    expect(printDoc(doc, 7)).toBe('f(\n  "x",\n  {\n    a: 1,\n    b: 2,\n  },\n)');
  });

  it("moves a value down when its start does not fit", () => {
    expect(printDoc([assignmentDoc("const name", undefined, '"a text"'), ";"], 20)).toBe('const name =\n  "a text";');
    expect(printDoc([assignmentDoc("const name", undefined, arrayDoc(["a", "b"])), ";"], 16)).toBe(
      "const name = [\n  a,\n  b,\n];",
    );
    expect(printDoc(objectDoc([propertyDoc("name", '"a text"')], true), 12)).toBe('{\n  name:\n    "a text",\n}');
  });

  it("starts each member of a long union on a line", () => {
    expect(printDoc(["a?: ", unionDoc(["Aaaa", "Bbbb"]), ";"], 12)).toBe("a?:\n  | Aaaa\n  | Bbbb;");
  });

  it("leaves no blanks at ends of lines", () => {
    expect(printDoc(["a ", hardline, hardline, "b "])).toBe("a\n\nb");
  });
});
