import type { ConstValue, ResolvedConstant, ResolvedEnum, ResolvedStruct, ResolvedType } from "@kitex-ts/thrift/idl";
import type { Doc } from "../doc/doc.ts";
import { assignmentDoc } from "../doc/syntax.ts";
import { CodegenError } from "../errors.ts";
import { modeOf, modeOfType } from "../model/int64.ts";
import { isTrueSet } from "../model/shapes.ts";
import { placeOf } from "../names/place.ts";
import { commentDoc } from "./comment.ts";
import type { ModuleScope } from "./module-scope.ts";
import { typeDoc } from "./type.ts";
import { valueDoc } from "./value.ts";

/** A constant. What a literal says by itself is not said again as a type. */
export const constantDocs = (scope: ModuleScope, constant: ResolvedConstant): Doc => {
  const { type, value } = constant;
  checkCircle(scope, constant);
  const mode = modeOfType(type, modeOf(constant));
  const isPlain =
    type.typedef === undefined && ["bool", "i8", "i16", "i32", "i64", "double", "string"].includes(type.kind);
  const annotation = isPlain ? undefined : typeDoc(scope, type, "constant", mode);
  const literal = valueDoc(
    { scope, form: "complete", direction: "constant", place: placeOf(constant) },
    value,
    type,
    mode,
  );
  return [
    commentDoc(constant),
    assignmentDoc(`export const ${scope.name(constant, "value")}`, annotation, literal, isNestedGeneric(type)),
    ";",
  ];
};

/** An exception is made when the module is evaluated: by then there must be all that it consists of. */
const checkCircle = (scope: ModuleScope, constant: ResolvedConstant): void => {
  for (const needed of prerequisites(constant.value)) {
    if (needed.kind === "enum" || !scope.isInCircle(needed.file)) continue;
    const message = `a constant cannot hold ${needed.name} of ${needed.file.path}, which includes this file in turn; move one of them`;
    throw new CodegenError("idl", message, placeOf(constant));
  }
};

/** Is the type a generic with several arguments of which one is generic itself? */
const isNestedGeneric = (type: ResolvedType): boolean =>
  type.kind === "map" &&
  [type.key, type.value].some(
    (part) =>
      part.kind === "map" ||
      (part.kind === "set" && isTrueSet(part.element)) ||
      (part.kind === "struct" && part.struct.kind !== "exception"),
  );

/** What must exist before a constant can: enums whose members it names, and exceptions with all that they consist of. */
export const prerequisites = (value: ConstValue): ReadonlySet<ResolvedEnum | ResolvedStruct> => {
  const found = new Set<ResolvedEnum | ResolvedStruct>();
  const visit = (each: ConstValue): void => {
    switch (each.kind) {
      case "enum":
        found.add(each.enum);
        break;
      case "list":
      case "set":
        each.values.forEach(visit);
        break;
      case "map":
        for (const entry of each.entries) [entry.key, entry.value].forEach(visit);
        break;
      case "struct":
        if (each.struct.kind === "exception") found.add(each.struct);
        for (const { value: content } of each.fields) visit(content);
        break;
      default:
    }
  };
  visit(value);
  // Its constructor completes what is inside, with the defaults of the IDL.
  for (const part of found) if (part.kind !== "enum") for (const { type } of part.fields) addDefinitions(type, found);
  return found;
};

const addDefinitions = (type: ResolvedType, found: Set<ResolvedEnum | ResolvedStruct>): void => {
  if (type.kind === "struct") found.add(type.struct);
  if (type.kind === "enum") found.add(type.enum);
  if (type.kind === "map") addDefinitions(type.key, found);
  if (type.kind === "map") addDefinitions(type.value, found);
  if (type.kind === "list" || type.kind === "set") addDefinitions(type.element, found);
};
