import { isUint8Array } from "../runtime/value.ts";
import { toNumeric } from "./numeric.ts";
import { bytesOf, sameValue, sizeOf } from "./operand.ts";
import { Pattern } from "./pattern.ts";
import type { ComparingRule } from "./rule.ts";

/** Does `value` meet the rule with `operand`? Values of another type than the field's never do. */
export type Comparison = (value: unknown, operand: unknown) => boolean;

type Ordered = number | bigint;

const ordered =
  (compare: (value: Ordered, operand: Ordered) => boolean): Comparison =>
  (value, operand) => {
    const [left, right] = [toNumeric(value), toNumeric(operand)];
    return left !== undefined && right !== undefined && compare(left, right);
  };

const sized =
  (measure: (value: unknown) => number | undefined, compare: (size: number, operand: Ordered) => boolean): Comparison =>
  (value, operand) => {
    const size = measure(value);
    const limit = toNumeric(operand);
    return size !== undefined && limit !== undefined && compare(size, limit);
  };

/** Code points. */
const runesOf = (value: unknown): number | undefined => {
  const text = isUint8Array(value) ? bytesOf(value)?.toString() : value;
  if (typeof text !== "string") return undefined;
  let count = 0;
  for (const _ of text) count++;
  return count;
};

const searched =
  (inText: (value: string, part: string) => boolean, inBytes: (value: Buffer, part: Buffer) => boolean): Comparison =>
  (value, operand) => {
    if (typeof value === "string" && typeof operand === "string") return inText(value, operand);
    const [bytes, part] = [bytesOf(value), bytesOf(operand)];
    return bytes !== undefined && part !== undefined && inBytes(bytes, part);
  };

/** A pattern that comes from another field; one that is none matches nothing. */
const matchesPattern: Comparison = (value, operand) => {
  try {
    return testPattern(Pattern.fromMessage(String(operand)), value);
  } catch {
    return false;
  }
};

export const testPattern = (pattern: Pattern, value: unknown): boolean =>
  (typeof value === "string" || isUint8Array(value)) && pattern.test(value);

export const comparisons: Readonly<Record<ComparingRule, Comparison>> = {
  const: sameValue,
  contains: searched(
    (value, part) => value.includes(part),
    (value, part) => value.includes(part),
  ),
  ge: ordered((value, operand) => value >= operand),
  gt: ordered((value, operand) => value > operand),
  le: ordered((value, operand) => value <= operand),
  lt: ordered((value, operand) => value < operand),
  max_rune_size: sized(runesOf, (size, limit) => size <= limit),
  max_size: sized(sizeOf, (size, limit) => size <= limit),
  min_rune_size: sized(runesOf, (size, limit) => size >= limit),
  min_size: sized(sizeOf, (size, limit) => size >= limit),
  not_contains: searched(
    (value, part) => !value.includes(part),
    (value, part) => !value.includes(part),
  ),
  pattern: matchesPattern,
  prefix: searched(
    (value, part) => value.startsWith(part),
    (value, part) => value.subarray(0, part.length).equals(part),
  ),
  suffix: searched(
    (value, part) => value.endsWith(part),
    (value, part) => part.length <= value.length && value.subarray(value.length - part.length).equals(part),
  ),
};
