import type { FieldType } from "./field-type.ts";

/** What `Error` has already, or what would make an instance useless. */
const takenByErrors: ReadonlySet<string> = new Set(["name", "stack", "cause", "constructor", "toString"]);

/**
 * The property that holds a field: its name in the IDL. A trailing `_` is added to `__proto__`, and in exceptions to names that mean something
 * else on an `Error` (`name`, `stack`, `cause`, `constructor`, `toString`, and a `message` that is not a string).
 */
export const propertyName = (name: string, kind: "struct" | "union" | "exception", type: FieldType): string => {
  if (name === "__proto__") return "__proto___";
  if (kind !== "exception") return name;
  return takenByErrors.has(name) || (name === "message" && type !== "string") ? `${name}_` : name;
};
