import type { Struct, Value } from "./generated/messages.ts";
import type { MessageInit } from "./message-type.ts";

/** What a `google.protobuf.Value` can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** What a `google.protobuf.Struct` holds. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A plain object as a `Struct`, for instance the metadata of a node. */
export const structOf = (object: JsonObject): MessageInit<Struct> => ({
  fields: Object.fromEntries(Object.entries(object).map(([key, value]) => [key, toValue(value)])),
});

function toValue(value: JsonValue): MessageInit<Value> {
  if (value === null) return { nullValue: 0 };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return { numberValue: value };
  if (typeof value === "string") return { stringValue: value };
  if (isList(value)) return { listValue: { values: value.map(toValue) } };
  return { structValue: structOf(value) };
}

const isList = (value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] => Array.isArray(value);

/** The plain object a `Struct` stands for. It has no prototype, so that only what was sent is found in it. */
export function jsonOf(struct: Struct): JsonObject {
  const object = Object.create(null) as Record<string, JsonValue>;
  for (const [key, value] of Object.entries(struct.fields)) object[key] = fromValue(value);
  return object;
}

/** A `Value` without a kind, which is no valid one, is taken for null. */
function fromValue(value: Value): JsonValue {
  if (value.structValue) return jsonOf(value.structValue);
  if (value.listValue) return value.listValue.values.map(fromValue);
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
}
