/** A number of the IDL as it may come: an i64 as bigint, safe integer or digits. Undefined for everything else. */
export const toNumeric = (value: unknown): number | bigint | undefined => {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return typeof value === "string" && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined;
};

/** Exact, whichever of the two is a bigint. */
export const sameNumber = (left: number | bigint, right: number | bigint): boolean => {
  if (typeof left === typeof right) return left === right;
  const [big, small] = typeof left === "bigint" ? [left, right as number] : [right as bigint, left];
  return Number.isInteger(small) && BigInt(small) === big;
};

/** `left` and `right` as integers of any size, if they are. */
export const asIntegers = (left: number | bigint, right: number | bigint): readonly [bigint, bigint] | undefined => {
  const areIntegers = [left, right].every((value) => typeof value === "bigint" || Number.isInteger(value));
  return areIntegers ? [BigInt(left), BigInt(right)] : undefined;
};
