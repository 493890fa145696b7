/** What the runtime reads of a 64-bit field: a `Long`, or a number where the process runs without that library. */
type Integer64 = number | { toNumber(): number };

/**
 * A 64-bit integer as a number. Beyond ±(2^53 - 1) it is the nearest safe integer, so that "as large as can be" stays that when
 * it is compared or written again; rounded to 2^63 it would be written as a negative number.
 */
export function safeInteger(value: Integer64): number {
  const number = typeof value === "number" ? value : value.toNumber();
  return Math.min(Math.max(number, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}
