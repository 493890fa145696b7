import type { FieldDescriptor, StructDescriptor } from "./descriptor.ts";
import { type FieldType, isSetElement, type ScalarType } from "./field-type.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { describeValue, isPlainObject, isStruct, keyText } from "./runtime/value-kind.ts";

/** @internal What a scalar is when nothing else is known. */
export const zeroScalar = (type: ScalarType): boolean | number | bigint | string => {
  switch (type) {
    case "bool":
      return false;
    case "string":
      return "";
    case "i64":
      return 0n;
    case "i64:string":
      return "0";
    default:
      return 0;
  }
};

/** @internal What a field without keyword is when nobody has set it; a struct stays undefined. */
export const emptyOf = (type: FieldType): unknown => {
  if (typeof type === "string") return type === "binary" ? new Uint8Array(0) : zeroScalar(type);
  if (typeof type === "function") return undefined;
  if (type[0] === "map") return new Map();
  return type[0] === "set" && isSetElement(type[1]) ? new Set() : [];
};

/** @internal The fields of a complete struct or exception, in declaration order. */
export const createFields = (
  name: string,
  fields: readonly FieldDescriptor[],
  init: unknown,
): Record<string, unknown> => {
  if (!isStruct(init)) {
    throw new InvalidValueError(name, `expected object, got ${describeValue(init)}`);
  }
  const value: Record<string, unknown> = {};
  for (const field of fields) {
    const path = `${name}.${field.property}`;
    const given =
      Object.hasOwn(init, field.property) || !(field.property in Object.prototype)
        ? (init as Readonly<Record<string, unknown>>)[field.property]
        : undefined;
    value[field.property] =
      given === undefined || given === null ? createAbsent(field, path) : createValue(field.type, given, path);
  }
  return value;
};

const createAbsent = (field: FieldDescriptor, path: string): unknown => {
  const { defaultValue } = field;
  if (typeof defaultValue === "function") return createValue(field.type, defaultValue(), path);
  if (defaultValue !== undefined) return createValue(field.type, defaultValue, path);
  if (field.requiredness === "required") throw new InvalidValueError(path, "required field is not set");
  return field.requiredness === "optional" ? undefined : emptyOf(field.type);
};

/** @internal `{ case, value }` with its value completed. */
export const createUnion = (descriptor: Pick<StructDescriptor, "name" | "fields">, init: unknown): object => {
  const { case: name, value } = (init ?? {}) as { readonly case?: unknown; readonly value?: unknown };
  if (name === undefined) return { case: undefined, value: undefined };
  const field = descriptor.fields.find((candidate) => candidate.property === name);
  if (field === undefined) {
    const names = descriptor.fields.map((candidate) => candidate.property).join(", ");
    throw new InvalidValueError(`${descriptor.name}.case`, `expected one of ${names}, got ${describeValue(name)}`);
  }
  return { case: name, value: createValue(field.type, value, `${descriptor.name}.${field.property}`) };
};

/** @internal A value of its own, complete and in the types that decoding gives. Scalars are checked when they are encoded. */
export const createValue = (type: FieldType, init: unknown, path: string): unknown => {
  if (typeof type === "function") return type().create(init);
  if (typeof type === "string") {
    if (type === "i64" && typeof init === "number" && Number.isSafeInteger(init)) return BigInt(init);
    if (type === "i64:number" && typeof init === "bigint") return Number(init);
    if (type === "i64:string" && (typeof init === "bigint" || typeof init === "number")) return String(init);
    return init instanceof Uint8Array ? Uint8Array.from(init) : init;
  }
  if (type[0] === "map") {
    const entries = init instanceof Map ? init : isPlainObject(init) ? Object.entries(init) : undefined;
    if (entries === undefined)
      throw new InvalidValueError(path, `expected Map or plain object, got ${describeValue(init)}`);
    const map = new Map<unknown, unknown>();
    for (const [key, value] of entries as Iterable<[unknown, unknown]>) {
      map.set(createValue(type[1], key, `${path} key`), createValue(type[2], value, `${path}[${keyText(key)}]`));
    }
    return map;
  }
  if (typeof init !== "object" || init === null || !(Symbol.iterator in init)) {
    throw new InvalidValueError(path, `expected array or iterable, got ${describeValue(init)}`);
  }
  const elements = Array.from(init as Iterable<unknown>, (element, index) =>
    createValue(type[1], element, `${path}[${index}]`),
  );
  return type[0] === "set" && isSetElement(type[1]) ? new Set(elements) : elements;
};
