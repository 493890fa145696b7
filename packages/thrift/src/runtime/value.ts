import { types } from "node:util";

// `types` also knows values of another realm, as test runners make them.

export const isUint8Array = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array || types.isUint8Array(value);

export const isMap = (value: unknown): value is Map<unknown, unknown> => value instanceof Map || types.isMap(value);

export const isSet = (value: unknown): value is Set<unknown> => value instanceof Set || types.isSet(value);

/** An i64 in decimal digits, or undefined. The digits are counted before they are parsed: a bigint has no other limit. */
export const parseI64 = (text: string): bigint | undefined => {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
};

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
};
