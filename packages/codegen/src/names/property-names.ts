import { exceptionClass, structDescriptor } from "@kitex-ts/thrift";
import type { ResolvedField, ResolvedStruct } from "@kitex-ts/thrift/idl";
import { CodegenError } from "../errors.ts";
import { placeOf } from "./place.ts";

/** The properties that hold the fields of a struct. The runtime is asked: what it reads and what is generated cannot differ. */
export const propertyNames = (struct: ResolvedStruct): ReadonlyMap<ResolvedField, string> => {
  const tuples = struct.fields.map(
    ({ id, name, type }) => [id, name, type.kind === "string" ? "string" : "bool"] as const,
  );
  const { fields } =
    struct.kind === "exception" ? exceptionClass(struct.name, tuples) : structDescriptor(struct.name, tuples);
  const names = new Map(struct.fields.map((field, index) => [field, fields[index]?.property ?? field.name]));
  const owners = new Map<string, ResolvedField>();
  for (const [field, name] of names) {
    const other = owners.get(name);
    if (other !== undefined) {
      const message = `${struct.name}.${other.name} and ${struct.name}.${field.name} would both be the property ${name}; rename one`;
      throw new CodegenError("idl", message, placeOf(field));
    }
    owners.set(name, field);
  }
  return names;
};
