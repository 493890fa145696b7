import { describe, expect, it } from "vitest";
import { parseThrift } from "./parser.ts";

const docsOf = (text: string) => {
  const { definitions, doc } = parseThrift(text);
  const [first] = definitions;
  const members = first !== undefined && "fields" in first ? first.fields.map((field) => field.doc) : [];
  return { file: doc, definition: first?.doc, members };
};

describe("doc comments", () => {
  it.each([
    ["/** One. */ struct A {}", "One."],
    ["/**\n * One.\n *\n *   Two.\n */\nstruct A {}", "One.\n\n  Two."],
    ["/**\n   One.\n     Two.\n   */\nstruct A {}", "One.\n  Two."],
    ["// One.\n// Two.\nstruct A {}", "One.\nTwo."],
    ["# One.\nstruct A {}", "One."],
    ["/// One.\nstruct A {}", "One."],
    ["/* One. */\nstruct A {}", "One."],
    ["// ignored\n/** One. */\nstruct A {}", "One."],
    ["/** ignored */\n/** One. */\n// ignored\nstruct A {}", "One."],
    ["//----------\n// One.\n//----------\nstruct A {}", "One."],
    ["/********\n * One. *\n ********/\nstruct A {}", "One. *"],
    ["// Detached.\n\nstruct A {}", undefined],
    ["// Detached.\n\n// One.\nstruct A {}", "One."],
    ["/** Detached. */\n\nstruct A {}", undefined],
    ["/** */ struct A {}", undefined],
    ["struct A {} // behind", undefined],
  ])("of a definition: %j", (text, doc) => {
    expect(docsOf(text).definition).toBe(doc);
  });

  it.each([
    ["struct A {\n // One.\n 1: i32 a\n}", ["One."]],
    ["struct A {\n 1: i32 a // One.\n}", ["One."]],
    ["struct A {\n 1: i32 a, // One.\n 2: i32 b # Two.\n}", ["One.", "Two."]],
    ["struct A {\n // Above.\n 1: i32 a, // behind\n 2: i32 b\n}", ["Above.", undefined]],
    ["struct A {\n 1: i32 a, /* One. */ 2: i32 b\n}", [undefined, "One."]],
    ["struct A { // One.\n 1: i32 a\n}", ["One."]],
    ["struct A {\n 1: i32 a\n // at the end\n}", [undefined]],
    ["struct A { 1: i32 a /* One. */ }", ["One."]],
  ])("of a member: %j", (text, members) => {
    expect(docsOf(text).members).toEqual(members);
  });

  it.each([
    ["// Licence.\n\n// Of A.\nstruct A {}", "Licence.", "Of A."],
    ["// About the file.\nnamespace go a\nstruct A {}", "About the file.", undefined],
    ["// Of A.\nstruct A {}", undefined, "Of A."],
    ["// Nothing else.", "Nothing else.", undefined],
  ])("of the file: %j", (text, file, definition) => {
    expect(docsOf(text)).toMatchObject({ file, definition });
  });

  it("keeps every comment between two members, and the one behind", () => {
    const [definition] = parseThrift("struct A {\n // far\n\n // near @preserve\n 1: i32 a // behind\n}").definitions;
    const field = definition !== undefined && "fields" in definition ? definition.fields[0] : undefined;
    expect(field?.comments.map(({ text }) => text)).toEqual(["// far", "// near @preserve", "// behind"]);
    expect(field?.doc).toBe("near @preserve");
  });
});
