/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The JSON of a Thrift value, in the form that the Go peers read and write: i64 as text, binary as base64, a double that
 * is not finite by name, a map as pairs sorted by the key's JSON, a union as an object with one key.
 *
 * Takes what generated TypeScript holds: `bigint` is i64, `Uint8Array` binary, `Map` and `Set` their likes, and an object
 * with just `case` and `value` a union.
 */
export function toJson(value: unknown): Json {
  switch (typeof value) {
    case "boolean":
    case "string":
      return value;
    case "bigint":
      return value.toString();
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      return value === null ? null : objectToJson(value);
    default:
      throw new TypeError(`a Thrift value holds no ${typeof value}`);
  }
}

function objectToJson(value: object): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]): [string, Json] => {
      const keyJson = toJson(key);
      return [JSON.stringify(keyJson), [keyJson, toJson(item)]];
    });
    return pairs.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
  }
  if (value instanceof Set || Array.isArray(value)) return Array.from<unknown, Json>(value, toJson);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 2 && "case" in value && "value" in value) return { [String(value.case)]: toJson(value.value) };
  return Object.fromEntries(entries.map(([key, item]) => [key, toJson(item)]));
}
