import type { MapType, ResolvedType } from "@kitex-ts/thrift/idl";
import type { Doc } from "../doc/doc.ts";
import { genericDoc, innerUnionDoc, parenthesizedUnionDoc, unionDoc } from "../doc/syntax.ts";
import { modeOf, modeOfType, modesWithin } from "../model/int64.ts";
import { isTrueSet } from "../model/shapes.ts";
import type { Int64Mode } from "../options.ts";
import type { ModuleScope } from "./module-scope.ts";

/** `output`: what decoding gives. `input`: what encoding takes. `constant`: what must not be changed. */
export type Direction = "output" | "input" | "constant";

/** A type as the members of a union, mostly one. */
const membersOf = (
  scope: ModuleScope,
  type: ResolvedType,
  direction: Direction,
  outer: Int64Mode | undefined,
  mapLevel: number = 0,
): readonly Doc[] => {
  const alias = aliasMembers(scope, type, direction, outer);
  if (alias !== undefined) return alias;
  const mode = modeOfType(type, outer);
  switch (type.kind) {
    case "bool":
      return ["boolean"];
    case "i8":
    case "i16":
    case "i32":
    case "double":
      return ["number"];
    case "i64": {
      const name = mode ?? scope.options.int64;
      return name === "bigint" && direction === "input" ? [name, "number"] : [name];
    }
    case "string":
      return ["string"];
    case "binary":
      return [scope.global("Uint8Array")];
    case "enum":
      return [scope.name(type.enum, "type")];
    case "struct":
      return [structName(scope, type, direction)];
    case "list":
      return [arrayOf(membersOf(scope, type.element, direction, mode, mapLevel), direction)];
    case "set": {
      const element = membersOf(scope, type.element, direction, mode, mapLevel);
      if (!isTrueSet(type.element)) return [arrayOf(element, direction)];
      const name = { output: "Set", input: "Iterable", constant: "ReadonlySet" } as const;
      return [genericDoc(scope.global(name[direction]), [innerUnionDoc(element)])];
    }
    case "map":
      return mapMembers(scope, type, direction, mode, mapLevel + 1);
  }
};

/** The typedef's name, where it means the same as the type does here. */
const aliasMembers = (
  scope: ModuleScope,
  type: ResolvedType,
  direction: Direction,
  outer: Int64Mode | undefined,
): readonly Doc[] | undefined => {
  const { typedef } = type;
  if (typedef === undefined) return undefined;
  const { int64 } = scope.options;
  const here = modesWithin(type, outer, int64);
  const there = modesWithin(typedef.type, modeOf(typedef), int64);
  if (here.join() !== there.join()) return undefined;
  const isContainer = type.kind === "list" || type.kind === "set" || type.kind === "map";
  if (direction === "constant") {
    if (isContainer) return undefined;
    const name = scope.name(typedef, "type");
    return [type.kind === "struct" ? genericDoc(scope.global("Readonly"), [name]) : name];
  }
  if (direction === "output" || !scope.generation.shapes.isLooseType(type, outer)) return [scope.name(typedef, "type")];
  if (type.kind === "i64") return [scope.name(typedef, "type"), "number"];
  const name = scope.derivedName(typedef);
  return name === undefined ? undefined : [name];
};

const structName = (scope: ModuleScope, type: ResolvedType & { kind: "struct" }, direction: Direction): Doc => {
  const { struct } = type;
  if (direction === "input") return scope.derivedName(struct) ?? scope.name(struct, "type");
  const name = scope.name(struct, "type");
  return direction === "constant" && struct.kind !== "exception" ? genericDoc(scope.global("Readonly"), [name]) : name;
};

const arrayOf = (element: readonly Doc[], direction: Direction): Doc => {
  const [only] = element;
  const part =
    element.length === 1 && only !== undefined && !startsWithReadonly(only) ? only : parenthesizedUnionDoc(element);
  const prefix = direction === "output" ? "" : "readonly ";
  return typeof part === "string" ? `${prefix}${part}[]` : [prefix, part, "[]"];
};

/** `readonly readonly T[][]` is no type. */
const startsWithReadonly = (doc: Doc): boolean => {
  if (typeof doc === "string") return doc.startsWith("readonly ");
  return !("kind" in doc) && doc[0] !== undefined && startsWithReadonly(doc[0]);
};

/** Deeper maps are not offered as plain objects too: each level would double what there is to read. */
const maxRecordLevel = 2;

const mapMembers = (
  scope: ModuleScope,
  type: MapType,
  direction: Direction,
  mode: Int64Mode | undefined,
  level: number,
): readonly Doc[] => {
  const key = innerUnionDoc(membersOf(scope, type.key, direction, mode, level));
  const value = innerUnionDoc(membersOf(scope, type.value, direction, mode, level));
  if (direction === "output") return [genericDoc(scope.global("Map"), [key, value])];
  const map = genericDoc(scope.global("ReadonlyMap"), [key, value]);
  if (direction === "constant" || type.key.kind !== "string" || level > maxRecordLevel) return [map];
  const record = genericDoc(scope.global("Record"), [key, value]);
  return [map, genericDoc(scope.global("Readonly"), [record])];
};

/** A type as an annotation. */
export const typeDoc = (scope: ModuleScope, type: ResolvedType, direction: Direction, outer?: Int64Mode): Doc =>
  unionDoc(membersOf(scope, type, direction, outer));

/** A type that may be left out: with `| undefined`. */
export const optionalTypeDoc = (scope: ModuleScope, type: ResolvedType, direction: Direction, outer?: Int64Mode): Doc =>
  unionDoc([...membersOf(scope, type, direction, outer), "undefined"]);

/** A type as the lone argument of a generic type. */
export const typeArgumentDoc = (scope: ModuleScope, type: ResolvedType, direction: Direction, outer?: Int64Mode): Doc =>
  innerUnionDoc(membersOf(scope, type, direction, outer));
