import type {
  ConstNode,
  CppIncludeNode,
  DefinitionNode,
  EnumNode,
  IncludeNode,
  NamespaceNode,
  ServiceNode,
  StructNode,
  TypedefNode,
} from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { clip } from "./diagnostics.ts";
import {
  beginsEnumValue,
  beginsField,
  beginsFunction,
  finishMember,
  parseBlock,
  parseEnumValue,
  parseField,
  parseFunction,
} from "./parse-members.ts";
import { parseAnnotations, parseText, parseType } from "./parse-type.ts";
import { parseValue } from "./parse-value.ts";
import { didYouMean } from "./suggestion.ts";

export type HeaderNode = IncludeNode | CppIncludeNode | NamespaceNode;

const headerWords: readonly string[] = ["include", "cpp_include", "namespace"];
const definitionWords: readonly string[] = ["const", "typedef", "enum", "struct", "union", "exception", "service"];

export const parseHeader = (cursor: Cursor): HeaderNode | undefined => {
  const first = cursor.current;
  const comments = cursor.leadingComments();
  if (cursor.take("include") !== undefined) {
    const pathToken = cursor.current;
    const path = parseText(cursor, "the path of the included file");
    const { start, end, line, column } = pathToken;
    return { kind: "include", path, pathSpan: { start, end, line, column }, comments, span: cursor.spanFrom(first) };
  }
  if (cursor.take("cpp_include") !== undefined) {
    return { kind: "cpp_include", path: parseText(cursor, "a C++ header"), comments, span: cursor.spanFrom(first) };
  }
  if (cursor.take("namespace") === undefined) return undefined;
  const scope = cursor.take("*")?.text ?? cursor.name("language, or `*`,").text;
  const name = cursor.name("namespace").text;
  const annotations = parseAnnotations(cursor);
  return { kind: "namespace", scope, name, annotations, comments, span: cursor.spanFrom(first) };
};

export const parseDefinition = (cursor: Cursor): DefinitionNode => {
  switch (cursor.current.kind === "name" ? cursor.current.text : "") {
    case "const":
      return parseConst(cursor);
    case "typedef":
      return parseTypedef(cursor);
    case "enum":
      return parseEnum(cursor);
    case "struct":
      return parseStruct(cursor, "struct");
    case "union":
      return parseStruct(cursor, "union");
    case "exception":
      return parseStruct(cursor, "exception");
    case "service":
      return parseService(cursor);
    default:
      return rejectWord(cursor);
  }
};

const rejectWord = (cursor: Cursor): never => {
  const { kind, text } = cursor.current;
  if (kind === "name" && text === "senum") {
    return cursor.fail("`senum` was removed from Thrift", "use `enum`, or a typedef of `string`");
  }
  if (text === "}") return cursor.fail("`}` closes nothing", "remove it");
  const hint = kind === "name" ? didYouMean(text, [...definitionWords, ...headerWords]) : undefined;
  return cursor.fail(
    `\`${clip(text)}\` begins no definition`,
    hint ?? `definitions begin with ${definitionWords.join(", ")}`,
  );
};

const parseConst = (cursor: Cursor): ConstNode => {
  const leading = cursor.leadingComments();
  const first = cursor.advance();
  const type = parseType(cursor);
  const name = cursor.declaredName("constant name");
  cursor.expect("=", "and a value");
  const value = parseValue(cursor);
  // thriftgo takes annotations behind the separator only; before it reads more naturally.
  const before = parseAnnotations(cursor);
  cursor.separator();
  const annotations = before.length === 0 ? parseAnnotations(cursor) : before;
  return { kind: "const", name, type, value, annotations, ...finishMember(cursor, first, leading) };
};

const parseTypedef = (cursor: Cursor): TypedefNode => {
  const leading = cursor.leadingComments();
  const first = cursor.advance();
  const type = parseType(cursor);
  const name = cursor.declaredName("typedef name");
  const annotations = parseAnnotations(cursor);
  cursor.separator();
  return { kind: "typedef", name, type, annotations, ...finishMember(cursor, first, leading) };
};

const parseEnum = (cursor: Cursor): EnumNode => {
  const leading = cursor.leadingComments();
  const first = cursor.advance();
  const name = cursor.declaredName("enum name");
  const values = parseBlock(cursor, `enum \`${clip(name.text)}\``, parseEnumValue, beginsEnumValue);
  const annotations = parseAnnotations(cursor);
  return { kind: "enum", name, values, annotations, ...finishMember(cursor, first, leading, false) };
};

const parseStruct = (cursor: Cursor, kind: StructNode["kind"]): StructNode => {
  const leading = cursor.leadingComments();
  const first = cursor.advance();
  const name = cursor.declaredName(`${kind} name`);
  const xsdAll = kind === "exception" ? undefined : cursor.take("xsd_all");
  if (xsdAll !== undefined) cursor.report("ignoredConstruct", xsdAll, "XML schema options have no meaning in kitex-ts");
  if (cursor.is("extends")) cursor.fail(`a ${kind} cannot extend another`, "give it a field of that type");
  const fields = parseBlock(cursor, `${kind} \`${clip(name.text)}\``, parseField, beginsField);
  const annotations = parseAnnotations(cursor);
  const declared = finishMember(cursor, first, leading, false);
  return { kind, name, fields, xsdAll: xsdAll !== undefined, annotations, ...declared };
};

const parseService = (cursor: Cursor): ServiceNode => {
  const leading = cursor.leadingComments();
  const first = cursor.advance();
  const name = cursor.declaredName("service name");
  const base = cursor.take("extends") === undefined ? undefined : cursor.name("name of a service");
  const misspelt = base === undefined && cursor.current.kind === "name" && didYouMean(cursor.current.text, ["extends"]);
  if (typeof misspelt === "string") cursor.fail(`unexpected \`${clip(cursor.current.text)}\``, misspelt);
  const functions = parseBlock(cursor, `service \`${clip(name.text)}\``, parseFunction, beginsFunction);
  const annotations = parseAnnotations(cursor);
  const declared = finishMember(cursor, first, leading, false);
  return {
    kind: "service",
    name,
    ...(base === undefined ? {} : { extends: base }),
    functions,
    annotations,
    ...declared,
  };
};
