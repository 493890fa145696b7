import type { Annotation, BaseTypeName, TypeNode } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { clip } from "./diagnostics.ts";
import { spanOf, type Token } from "./token.ts";

const baseTypes: ReadonlyMap<string, BaseTypeName> = new Map([
  ["bool", "bool"],
  ["byte", "i8"],
  ["i8", "i8"],
  ["i16", "i16"],
  ["i32", "i32"],
  ["i64", "i64"],
  ["double", "double"],
  ["string", "string"],
  ["binary", "binary"],
  ["uuid", "uuid"],
]);

/** Words that mean a base type whatever a file defines. `uuid` is not among them: thriftgo does not know it. */
export const baseTypeNames: ReadonlySet<string> = new Set([...baseTypes.keys()].filter((name) => name !== "uuid"));

const noAnnotations: readonly Annotation[] = [];

/** A type with its annotations. */
export const parseType = (cursor: Cursor, depth = 1): TypeNode => {
  cursor.checkNesting(depth);
  const token = cursor.current;
  if (token.kind !== "name") cursor.expected("a type");
  const container = cursor.is("<", 1) || cursor.is("cpp_type", 1);
  if (container && (token.text === "list" || token.text === "set" || token.text === "map")) {
    return parseContainer(cursor, token, depth);
  }
  cursor.advance();
  if (cursor.is("<")) {
    cursor.failAt(token, `\`${clip(token.text)}\` takes no type parameters`, "only `list`, `set` and `map` do");
  }
  const base = baseTypes.get(token.text);
  const annotations = parseAnnotations(cursor);
  const span = cursor.spanFrom(token);
  if (base !== undefined) return { kind: "base", name: base, annotations, span };
  return { kind: "named", name: { text: token.text, span: spanOf(token) }, annotations, span };
};

const parseContainer = (cursor: Cursor, token: Token, depth: number): TypeNode => {
  cursor.advance();
  let cppType = parseCppType(cursor);
  const where = `in the type \`${token.text}\``;
  cursor.expect("<", where);
  const first = parseType(cursor, depth + 1);
  if (token.text === "map") {
    cursor.expect(",", "between the key and value type of a map", "write `map<key, value>`");
    const value = parseType(cursor, depth + 1);
    cursor.expect(">", where);
    const annotations = parseAnnotations(cursor);
    return { kind: "map", key: first, value, annotations, ...withCppType(cppType), span: cursor.spanFrom(token) };
  }
  if (cursor.is(",")) cursor.fail(`a \`${token.text}\` has one type parameter`, "use `map` for pairs");
  cursor.expect(">", where);
  if (token.text === "list") cppType = parseCppType(cursor) ?? cppType;
  const annotations = parseAnnotations(cursor);
  const kind = token.text === "list" ? "list" : "set";
  return { kind, element: first, annotations, ...withCppType(cppType), span: cursor.spanFrom(token) };
};

const withCppType = (cppType: string | undefined): { cppType?: string } => (cppType === undefined ? {} : { cppType });

const parseCppType = (cursor: Cursor): string | undefined => {
  if (cursor.take("cpp_type") === undefined) return undefined;
  return parseText(cursor, "a text after `cpp_type`");
};

/** A string literal whose escapes must be known. */
export const parseText = (cursor: Cursor, what: string): string => {
  const token = cursor.current;
  if (token.kind !== "string") cursor.expected(`${what}`, "put it in quotes");
  cursor.advance();
  rejectUnknownEscapes(cursor, token);
  return String(token.value);
};

export const rejectUnknownEscapes = (cursor: Cursor, token: Token): void => {
  for (const span of token.detail?.unknownEscapes ?? []) {
    const sequence = token.text.slice(span.start - token.start, span.end - token.start);
    const hint = "write \\\\ for a backslash; escapes are those of Go, such as \\n, \\x41 and \\u00e9";
    cursor.report("badEscape", span, `\`${clip(sequence)}\` is not an escape`, hint);
  }
};

/** `(key = "value", ...)`, or nothing. Repeated keys are kept in order. */
export const parseAnnotations = (cursor: Cursor): readonly Annotation[] => {
  const open = cursor.take("(");
  if (open === undefined) return noAnnotations;
  const annotations: Annotation[] = [];
  while (!cursor.done && !cursor.is(")") && !cursor.is("}") && !cursor.atDefinition()) {
    const key = cursor.name("annotation key");
    let value = "1";
    if (cursor.take("=") !== undefined) value = parseAnnotationValue(cursor);
    annotations.push({ key: key.text, value, span: cursor.spanFrom(key.span) });
    cursor.separator();
  }
  cursor.expect(")", "to close the annotations", "add `)`");
  return annotations.length === 0 ? noAnnotations : annotations;
};

const parseAnnotationValue = (cursor: Cursor): string => {
  const token = cursor.current;
  if (token.kind !== "string") cursor.expected("a text as the value of an annotation", "put it in quotes");
  cursor.advance();
  // Regular expressions such as "\d+" are common here, and what reads annotations sees the text as thriftgo does.
  for (const span of token.detail?.unknownEscapes ?? []) {
    const sequence = token.text.slice(span.start - token.start, span.end - token.start);
    const hint = `write \\${sequence} to say so`;
    cursor.report("unknownAnnotationEscape", span, `\`${clip(sequence)}\` is not an escape and is kept as it is`, hint);
  }
  return String(token.value);
};
