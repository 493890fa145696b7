/** The value as protobufjs and JSON take it: numbers for 64 bits, objects for maps. */
export const withoutBigints = (value: unknown): unknown => {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(withoutBigints);
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withoutBigints(each)]));
};
