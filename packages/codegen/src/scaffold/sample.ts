import type { ResolvedField, ResolvedStruct, ResolvedType } from "@kitex-ts/thrift/idl";
import type { Doc } from "../doc/doc.ts";
import { objectDoc, propertyDoc } from "../doc/syntax.ts";
import { modeOf, modeOfType } from "../model/int64.ts";
import { isDemanded } from "../model/shapes.ts";
import { propertyNames } from "../names/property-names.ts";
import type { Int64Mode } from "../options.ts";
import { keyLiteral, textLiteral } from "../print/literal.ts";

/** A value that fits a type, to begin with: required fields, and on the outside the plain ones too. */
export const sampleDoc = (
  type: ResolvedType,
  name: string,
  outer?: Int64Mode | undefined,
  isOutside: boolean = true,
): Doc => {
  const mode = modeOfType(type, outer);
  switch (type.kind) {
    case "bool":
      return "true";
    case "i64":
      return { bigint: "1n", number: "1", string: '"1"' }[mode ?? "bigint"];
    case "string":
      return textLiteral(name);
    case "binary":
      return "new Uint8Array()";
    case "enum":
      return String(type.enum.values[0]?.value ?? 0);
    case "list":
    case "set":
      return "[]";
    case "map":
      return "new Map()";
    case "struct":
      return structSample(type.struct, isOutside);
    default:
      return "1";
  }
};

const structSample = (struct: ResolvedStruct, isOutside: boolean): Doc => {
  const names = propertyNames(struct);
  const sampleOf = (field: ResolvedField): Doc =>
    sampleDoc(field.type, names.get(field) ?? field.name, modeOf(field), false);
  if (struct.kind === "union") {
    const [first] = struct.fields;
    if (first === undefined) return "{}";
    return objectDoc([`case: ${textLiteral(names.get(first) ?? first.name)}`, propertyDoc("value", sampleOf(first))]);
  }
  const fields = struct.fields.filter((field) => isDemanded(field) || (isOutside && isPlain(field)));
  return objectDoc(fields.map((field) => propertyDoc(keyLiteral(names.get(field) ?? field.name), sampleOf(field))));
};

/** Worth filling in by whoever tries a call: texts and numbers without a default. */
const isPlain = ({ requiredness, defaultValue, type }: ResolvedField): boolean =>
  requiredness === "default" &&
  defaultValue === undefined &&
  ["bool", "i8", "i16", "i32", "i64", "double", "string"].includes(type.kind);
