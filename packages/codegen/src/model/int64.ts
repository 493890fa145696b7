import { annotationValue, type ResolvedDeclaration, type ResolvedType } from "@kitex-ts/thrift/idl";
import { CodegenError } from "../errors.ts";
import { placeOf } from "../names/place.ts";
import { type Int64Mode, int64Modes } from "../options.ts";

/** The annotation by which a field, a type or a typedef chooses what its i64 values are. */
const key = "ts.int64";

type Annotations = ResolvedType["annotations"];

const modeIn = (annotations: Annotations): Int64Mode | undefined =>
  annotationValue(annotations, key) as Int64Mode | undefined;

/** What a field, a constant or a typedef says about its i64 values. @throws CodegenError `idl` */
export const modeOf = (declaration: ResolvedDeclaration): Int64Mode | undefined =>
  checked(modeIn(declaration.annotations), declaration);

/**
 * What is said about the i64 values of a type: around it first, then by itself, then by the typedefs that name it.
 *
 * @throws CodegenError `idl`
 */
export const modeOfType = (type: ResolvedType, outer: Int64Mode | undefined): Int64Mode | undefined => {
  let mode = outer ?? checked(modeIn(type.annotations), type);
  for (let typedef = type.typedef; mode === undefined && typedef !== undefined; typedef = typedef.type.typedef) {
    mode = checked(modeIn(typedef.annotations) ?? modeIn(typedef.type.annotations), typedef);
  }
  return mode;
};

const checked = (mode: Int64Mode | undefined, where: ResolvedDeclaration | ResolvedType): Int64Mode | undefined => {
  if (mode === undefined || int64Modes.includes(mode)) return mode;
  const message = `${key} must be ${int64Modes.join(", ")}, got ${JSON.stringify(mode)}`;
  if ("location" in where) throw new CodegenError("idl", message, placeOf(where));
  // A type does not know its file.
  const line = where.annotations.find((annotation) => annotation.key === key)?.span.line;
  throw new CodegenError("idl", `${message} (line ${line})`);
};

/** The modes of all i64 values in a type, in order: equal lists are equal types. */
export const modesWithin = (
  type: ResolvedType,
  outer: Int64Mode | undefined,
  fallback: Int64Mode,
): readonly Int64Mode[] => {
  const mode = modeOfType(type, outer);
  switch (type.kind) {
    case "i64":
      return [mode ?? fallback];
    case "list":
    case "set":
      return modesWithin(type.element, mode, fallback);
    case "map":
      return [...modesWithin(type.key, mode, fallback), ...modesWithin(type.value, mode, fallback)];
    default:
      return [];
  }
};
