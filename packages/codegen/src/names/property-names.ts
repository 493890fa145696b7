import type { ResolvedField, ResolvedStruct } from "@kitex-ts/thrift/idl";
import { propertyName } from "@kitex-ts/thrift/internal";
import { CodegenError } from "../errors.ts";
import { placeOf } from "./place.ts";

/** The properties that hold the fields of a struct, as the runtime names them. */
export const propertyNames = (struct: ResolvedStruct): ReadonlyMap<ResolvedField, string> => {
  const names = new Map<ResolvedField, string>();
  const owners = new Map<string, ResolvedField>();
  for (const field of struct.fields) {
    const name = propertyName(field.name, struct.kind, field.type.kind === "string" ? "string" : "bool");
    const other = owners.get(name);
    if (other !== undefined) {
      const message = `${struct.name}.${other.name} and ${struct.name}.${field.name} would both be the property ${name}; rename one`;
      throw new CodegenError("idl", message, placeOf(field));
    }
    names.set(field, name);
    owners.set(name, field);
  }
  return names;
};
