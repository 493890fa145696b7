import type { ResolvedStruct } from "@kitex-ts/thrift/idl";
import { type Doc, group, hardline, ifBroken, indent, join, line } from "../doc/doc.ts";
import { assignmentDoc, blockDoc, callDoc, genericDoc, objectDoc, propertyDoc } from "../doc/syntax.ts";
import { modeOf } from "../model/int64.ts";
import { isDemanded, isPresent } from "../model/shapes.ts";
import { propertyNames } from "../names/property-names.ts";
import { annotationsDoc } from "./annotations.ts";
import { structCodecName } from "./codec-module.ts";
import { commentDoc } from "./comment.ts";
import { fieldTuplesDoc } from "./field-tuple.ts";
import { textLiteral } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import { rulesDoc } from "./rules.ts";
import { type Direction, optionalTypeDoc, typeDoc } from "./type.ts";

/** A struct: its interface, what may be left out of it on input, and the descriptor of the same name. */
export const structDocs = (scope: ModuleScope, struct: ResolvedStruct): Doc => {
  const name = scope.name(struct, "type");
  const input = scope.derivedName(struct);
  const types = input === undefined ? [name] : [name, input];
  return [
    interfaceDoc(scope, struct, name, "output"),
    input === undefined ? "" : interfaceDoc(scope, struct, input, "input"),
    commentDoc(struct),
    descriptorDoc(
      scope,
      struct,
      genericDoc(scope.runtime("StructDescriptor"), types),
      scope.runtime("structDescriptor"),
    ),
  ];
};

/** An exception: the same, but the constant is a class, and what it makes are errors. */
export const exceptionDocs = (scope: ModuleScope, struct: ResolvedStruct): Doc => {
  const name = scope.name(struct, "type");
  const input = scope.derivedName(struct) ?? name;
  return [
    interfaceDoc(scope, struct, name, "output", scope.runtime("ThriftException")),
    interfaceDoc(scope, struct, input, "input"),
    commentDoc(struct),
    descriptorDoc(
      scope,
      struct,
      genericDoc(scope.runtime("ExceptionClass"), [name, input]),
      scope.runtime("exceptionClass"),
    ),
  ];
};

/**
 * A union: `{ case, value }` for each member. A member that is not known decodes to none; that is accepted for input too, so that one can hand on what
 * one got, but cannot be sent.
 */
export const unionDocs = (scope: ModuleScope, union: ResolvedStruct): Doc => {
  const name = scope.name(union, "type");
  const input = scope.derivedName(union);
  const types = input === undefined ? [name] : [name, input];
  return [
    alternativesDoc(scope, union, name, "output"),
    input === undefined ? "" : alternativesDoc(scope, union, input, "input"),
    commentDoc(union),
    descriptorDoc(scope, union, genericDoc(scope.runtime("StructDescriptor"), types), scope.runtime("unionDescriptor")),
  ];
};

const interfaceDoc = (
  scope: ModuleScope,
  struct: ResolvedStruct,
  name: string,
  direction: Direction,
  base?: string,
): Doc => {
  const properties = propertyNames(struct);
  const members = struct.fields.map((field): Doc => {
    const property = properties.get(field) ?? field.name;
    // Every error has a message.
    const isPart =
      direction === "output" ? isPresent(field) || (base !== undefined && property === "message") : isDemanded(field);
    const type = isPart ? typeDoc : optionalTypeDoc;
    return [commentDoc(field), property, isPart ? ": " : "?: ", type(scope, field.type, direction, modeOf(field)), ";"];
  });
  const heritage = base === undefined ? "" : indent([line, "extends ", base]);
  return [commentDoc(struct), group(["export interface ", name, heritage]), " ", blockDoc(members), hardline];
};

const alternativesDoc = (scope: ModuleScope, union: ResolvedStruct, name: string, direction: Direction): Doc => {
  const properties = propertyNames(union);
  const alternatives = union.fields.map((field): Doc => {
    const type = typeDoc(scope, field.type, direction, modeOf(field));
    const parts: Doc[] = [`case: ${textLiteral(properties.get(field) ?? field.name)}`, ["value: ", type]];
    return group(["{", indent([line, join([";", line], parts)]), line, "}"]);
  });
  const none = "{ case?: undefined; value?: undefined }";
  const head = [commentDoc(union), `export type ${name} =`];
  if (alternatives.length === 0) return [head, ` ${none};`, hardline];
  const members = join([line, "| "], [...alternatives, none].map(indent));
  return [group([head, indent([line, ifBroken("| "), members])]), ";", hardline];
};

const descriptorDoc = (scope: ModuleScope, struct: ResolvedStruct, type: Doc, callee: string): Doc => {
  const annotations = annotationsDoc(struct.annotations);
  const rules = rulesDoc(struct.rules);
  const codec = scope.codec(structCodecName(scope.name(struct, "value")));
  const options = [
    ...(annotations === undefined ? [] : [propertyDoc("annotations", annotations)]),
    ...(rules === undefined ? [] : [propertyDoc("rules", rules)]),
    ...(scope.options.keepUnknownFields ? ["keepUnknownFields: true"] : []),
    ...(codec === undefined ? [] : [`codec: ${codec}`]),
  ];
  const kind = struct.kind === "union" ? "alternative" : "member";
  const call = callDoc(`/*@__PURE__*/ ${callee}`, [
    textLiteral(struct.name),
    fieldTuplesDoc(scope, struct.fields, kind),
    ...(options.length === 0 ? [] : [objectDoc(options)]),
  ]);
  return [assignmentDoc(`export const ${scope.name(struct, "value")}`, type, call), ";"];
};
