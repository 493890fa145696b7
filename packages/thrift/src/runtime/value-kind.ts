/** What was given, for "expected …, got …". Never shows strings or bytes: they may be secrets. */
export const describeValue = (value: unknown): string =>
  isThenable(value) ? "a Promise; was an await forgotten?" : kindOf(value);

const isThenable = (value: unknown): boolean =>
  typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function";

const kindOf = (value: unknown): string => {
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

/** What `Object.prototype.toString` says of objects that are no structs, of whatever realm they are. */
const builtIn: ReadonlySet<string> = new Set(
  [
    "Array",
    "Arguments",
    "ArrayBuffer",
    "AsyncGenerator",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Generator",
    "Int8Array",
    "Int16Array",
    "Int32Array",
    "Map",
    "Number",
    "Promise",
    "RegExp",
    "Set",
    "SharedArrayBuffer",
    "String",
    "Uint8Array",
    "Uint8ClampedArray",
    "Uint16Array",
    "Uint32Array",
    "WeakMap",
    "WeakRef",
    "WeakSet",
  ].map((name) => `[object ${name}]`),
);

/**
 * Can `value` be a struct? Objects of any class can. Built-in objects, and promises above all, would be sent as a struct without a single field set.
 * Object literals need no more than a look at their prototype, which compiled code takes itself.
 */
export const isStruct = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype ||
    (!builtIn.has(Object.prototype.toString.call(value)) && !isThenable(value)));

/** The key of a map as part of a path. Structs may be keys, and may have a field `toString`: they are not asked to convert themselves. */
export const keyText = (key: unknown): string => {
  if (typeof key === "string") return JSON.stringify(key);
  return typeof key === "number" || typeof key === "bigint" ? String(key) : kindOf(key);
};
