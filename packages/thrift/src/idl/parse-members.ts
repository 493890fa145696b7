import type {
  DeclarationNode,
  EnumValueNode,
  FieldNode,
  FunctionNode,
  Identifier,
  Requiredness,
  TypeNode,
  VoidNode,
} from "./ast.ts";
import { docAbove, textOf } from "./comments.ts";
import { type Cursor, SyntaxFailure } from "./cursor.ts";
import { clip } from "./diagnostics.ts";
import { parseAnnotations, parseType } from "./parse-type.ts";
import { parseValue } from "./parse-value.ts";
import { didYouMean } from "./suggestion.ts";
import { spanOf, type Token } from "./token.ts";

/** `{ member* }`: a member that cannot be read is reported and skipped, and the next one is read. */
export const parseBlock = <T>(
  cursor: Cursor,
  owner: string,
  parse: (cursor: Cursor) => T,
  begins: (cursor: Cursor) => boolean,
): T[] => {
  const open = cursor.expect("{", `to begin ${owner}`);
  const members: T[] = [];
  while (!cursor.done && !cursor.is("}") && !cursor.atDefinition()) {
    const start = cursor.index;
    try {
      members.push(parse(cursor));
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      cursor.skipMember(start, () => begins(cursor));
    }
  }
  if (cursor.take("}") === undefined && (cursor.current.kind === "end" || cursor.atDefinition())) {
    cursor.report("unclosedBlock", spanOf(open), `the \`{\` of ${owner} is never closed`, "add `}`");
  }
  return members;
};

/** Adds annotations, doc and comments behind a member; `leading` are the comments before its first token. */
export const finishMember = (
  cursor: Cursor,
  first: Token,
  leading: DeclarationNode["comments"],
  trailingIsDoc = true,
): Pick<DeclarationNode, "comments" | "doc" | "span"> => {
  const span = cursor.spanFrom(first);
  const trailing = cursor.trailingComments();
  const doc = docAbove(leading, first.line) ?? (trailingIsDoc ? textOf(trailing) : undefined);
  const comments = trailing.length === 0 ? leading : [...leading, ...trailing];
  return { comments, span, ...(doc === undefined ? {} : { doc }) };
};

export const beginsField = (cursor: Cursor): boolean => cursor.current.kind === "int" && cursor.is(":", 1);

/** A member of a struct, an argument or a declared exception. */
export const parseField = (cursor: Cursor, depth = 1): FieldNode => {
  const first = cursor.current;
  const leading = cursor.leadingComments();
  const id = parseFieldId(cursor);
  const requiredness = parseRequiredness(cursor);
  const type = parseType(cursor);
  const reference = cursor.take("&") !== undefined;
  const name = parseFieldName(cursor, type);
  const defaultValue = cursor.take("=") === undefined ? undefined : parseValue(cursor);
  const xsd = parseXsd(cursor, depth);
  const annotations = parseAnnotations(cursor);
  cursor.separator();
  return {
    kind: "field",
    name,
    ...(id === undefined ? {} : { id }),
    requiredness,
    type,
    reference,
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(xsd === undefined ? {} : { xsd }),
    annotations,
    ...finishMember(cursor, first, leading),
  };
};

const parseFieldId = (cursor: Cursor): FieldNode["id"] => {
  const token = cursor.current;
  if (token.kind === "name" && cursor.is(":", 1)) {
    cursor.fail(`the field id \`${clip(token.text)}\` is not a number`, "write `1: type name`");
  }
  if (token.kind !== "int") return undefined;
  cursor.advance();
  cursor.expect(":", "after the field id", "write `1: type name`");
  return { kind: "int", value: BigInt(token.value ?? 0), span: spanOf(token) };
};

const parseRequiredness = (cursor: Cursor): Requiredness => {
  let found: "required" | "optional" | undefined;
  while (cursor.is("required") || cursor.is("optional")) {
    const token = cursor.advance();
    if (found !== undefined) {
      cursor.failAt(token, `\`${token.text}\` after \`${found}\``, "a field is either required or optional");
    }
    found = token.text === "required" ? "required" : "optional";
  }
  return found ?? "default";
};

const parseFieldName = (cursor: Cursor, type: TypeNode): Identifier => {
  rejectMisspelt(cursor, type, ["required", "optional"]);
  if (cursor.current.kind === "name") return cursor.declaredName("field name");
  const forgotten =
    type.kind === "named" && !type.name.text.includes(".") ? `write \`type ${clip(type.name.text)}\`` : undefined;
  const hint = cursor.current.kind === "punctuation" ? forgotten : undefined;
  if (hint !== undefined)
    cursor.fail(`the field \`${clip(type.kind === "named" ? type.name.text : "")}\` has no type`, hint);
  return cursor.name("field name");
};

const parseXsd = (cursor: Cursor, depth: number): FieldNode["xsd"] => {
  const first = cursor.current;
  const optional = cursor.take("xsd_optional") !== undefined;
  const nillable = cursor.take("xsd_nillable") !== undefined;
  const attributes: FieldNode[] = [];
  if (cursor.take("xsd_attrs") !== undefined) {
    cursor.checkNesting(depth);
    cursor.expect("{", "after `xsd_attrs`");
    while (!cursor.done && !cursor.is("}")) attributes.push(parseField(cursor, depth + 1));
    cursor.expect("}", "to close `xsd_attrs`");
  }
  if (first === cursor.current) return undefined;
  const message = "XML schema options have no meaning in kitex-ts";
  cursor.report("ignoredConstruct", cursor.spanFrom(first), message);
  return { optional, nillable, attributes };
};

/** `NAME = 1`. */
export const parseEnumValue = (cursor: Cursor): EnumValueNode => {
  const first = cursor.current;
  const leading = cursor.leadingComments();
  const name = cursor.declaredName("enum value");
  let value: EnumValueNode["value"];
  if (cursor.take("=") !== undefined) {
    const token = cursor.current;
    if (token.kind !== "int") cursor.expected("an integer as the number of an enum value");
    cursor.advance();
    value = { kind: "int", value: BigInt(token.value ?? 0), span: spanOf(token) };
  } else if (cursor.is(":")) {
    cursor.expected("`=`", `write \`${clip(name.text)} = 1\``);
  }
  const annotations = parseAnnotations(cursor);
  cursor.separator();
  const numbered = value === undefined ? {} : { value };
  return { kind: "enum_value", name, ...numbered, annotations, ...finishMember(cursor, first, leading) };
};

export const beginsEnumValue = (cursor: Cursor): boolean => cursor.current.kind === "name" && cursor.is("=", 1);

/** Whether a function begins here, as seen from inside a broken one; it may itself lack its return type. */
export const beginsFunction = (cursor: Cursor): boolean => {
  if (cursor.is("void") || cursor.is("oneway")) return true;
  if (cursor.current.kind !== "name") return false;
  return opensSignature(cursor, 1) || (cursor.peek(1).kind === "name" && opensSignature(cursor, 2));
};

/** Whether the token ahead opens a list of arguments rather than annotations. */
const opensSignature = (cursor: Cursor, ahead: number): boolean => {
  if (!cursor.is("(", ahead)) return false;
  const inside = cursor.peek(ahead + 1);
  if (inside.kind !== "name") return inside.kind === "int" || inside.text === ")";
  return cursor.peek(ahead + 2).kind === "name" || cursor.is("<", ahead + 2);
};

export const parseFunction = (cursor: Cursor): FunctionNode => {
  const first = cursor.current;
  const leading = cursor.leadingComments();
  const oneway = parseModifier(cursor);
  const returnType = parseReturnType(cursor);
  if (returnType.kind !== "void") rejectMisspelt(cursor, returnType, ["oneway"]);
  const name = cursor.declaredName("function name");
  const args = parseArguments(cursor, `the arguments of \`${clip(name.text)}\``);
  const throws = cursor.take("throws") === undefined ? [] : parseArguments(cursor, "the exceptions after `throws`");
  const annotations = parseAnnotations(cursor);
  cursor.separator();
  const declared = finishMember(cursor, first, leading);
  return { kind: "function", name, oneway, returnType, arguments: args, throws, annotations, ...declared };
};

const parseModifier = (cursor: Cursor): boolean => {
  const async = cursor.is("async");
  if ((!async && !cursor.is("oneway")) || cursor.peek(1).kind !== "name") return false;
  // thriftgo has no such modifier: there, `async get()` returns a type of that name.
  if (async && cursor.is("(", 2) && !cursor.is("void", 1)) return false;
  const token = cursor.advance();
  if (async) cursor.report("ignoredConstruct", token, "`async` is an old spelling of `oneway`", "write `oneway`");
  return true;
};

const parseReturnType = (cursor: Cursor): TypeNode | VoidNode => {
  const token = cursor.current;
  // Empty annotations of a type are on its line; empty arguments are followed by something else.
  const annotated = cursor.is(")", 2) && cursor.peek(3).kind === "name" && cursor.peek(3).line === token.line;
  if (token.kind === "name" && opensSignature(cursor, 1) && !annotated) {
    const hint = didYouMean(token.text, ["throws"]) ?? "write `void` if it returns nothing";
    cursor.fail(`the function \`${clip(token.text)}\` has no return type`, hint);
  }
  if (!cursor.is("void")) return parseType(cursor);
  cursor.advance();
  return { kind: "void", span: spanOf(token) };
};

/** A keyword with a typing error looks like a type, but then two more names follow. */
const rejectMisspelt = (cursor: Cursor, type: TypeNode, keywords: readonly string[]): void => {
  if (type.kind !== "named" || cursor.current.kind !== "name" || cursor.peek(1).kind !== "name") return;
  const hint = didYouMean(type.name.text, keywords);
  if (hint !== undefined) cursor.failAt(type.span, `unexpected \`${clip(type.name.text)}\``, hint);
};

/** `( field* )`. A failure unwinds to the function: half a signature is of no use. */
const parseArguments = (cursor: Cursor, owner: string): readonly FieldNode[] => {
  cursor.expect("(", `to begin ${owner}`);
  const fields: FieldNode[] = [];
  while (!cursor.done && !cursor.is(")")) {
    const newLine = cursor.current.line > cursor.previous.endLine;
    if (cursor.is("}") || cursor.is("throws") || (newLine && beginsFunction(cursor)) || cursor.atDefinition()) break;
    fields.push(parseField(cursor));
  }
  cursor.expect(")", `to close ${owner}`);
  return fields;
};
