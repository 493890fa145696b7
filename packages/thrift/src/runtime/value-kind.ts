/** What was given, for "expected …, got …". Never shows strings or bytes: they may be secrets. */
export const describeValue = (value: unknown): string => {
  if (value === undefined || value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") return typeof value;
  if (Array.isArray(value)) return "array";
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null;
  const name = prototype?.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? name : "object";
};

/** An object literal or `Object.create(null)`: what stands for a map with string keys. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};

/** The key of a map as part of a path. Structs may be keys, and may have a field `toString`: they are not asked to convert themselves. */
export const keyText = (key: unknown): string => {
  if (typeof key === "string") return JSON.stringify(key);
  return typeof key === "number" || typeof key === "bigint" ? String(key) : describeValue(key);
};
