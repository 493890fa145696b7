import type { FieldDescriptor } from "../descriptor.ts";
import { isMap, isSet, isUint8Array } from "../runtime/value.ts";
import { asIntegers, sameNumber, toNumeric } from "./numeric.ts";
import type { FunctionCall, RuleOperand } from "./rule.ts";
import { sprintf } from "./sprintf.ts";

/** The value of a field of the struct that is being validated; undefined when it has none. */
export type ReadField = (owner: unknown) => unknown;

/** What an operand is, for one owner. Undefined where a field that it needs has no value: then the rule does not apply. */
export type Evaluate = (owner: unknown) => unknown;

/** The fields of a struct by name, for operands that refer to them. */
export type FieldReaders = ReadonlyMap<FieldDescriptor["name"], ReadField>;

export const compileOperand = (operand: RuleOperand, fields: FieldReaders): Evaluate => {
  if (typeof operand !== "object") return () => operand;
  if ("field" in operand) {
    const read = fields.get(operand.field);
    if (read === undefined) throw new TypeError(`a rule refers to $${operand.field}, which is no field`);
    return read;
  }
  return compileCall(operand, fields);
};

const compileCall = ({ call, args }: FunctionCall, fields: FieldReaders): Evaluate => {
  const operands = args.map((arg) => compileOperand(arg, fields));
  const run = functions[call];
  return (owner) => {
    const values = operands.map((evaluate) => evaluate(owner));
    return values.includes(undefined) ? undefined : run(values);
  };
};

/** Bytes of a text, elements of a container. */
export const sizeOf = (value: unknown): number | undefined => {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value) || isUint8Array(value)) return value.length;
  if (isMap(value) || isSet(value)) return value.size;
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
};

/** Equal as two values of one Thrift type are. */
export const sameValue = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (isUint8Array(left) || isUint8Array(right)) {
    const [one, other] = [bytesOf(left), bytesOf(right)];
    return one !== undefined && other !== undefined && one.equals(other);
  }
  const numbers = typeof left === "string" && typeof right === "string" ? [] : [toNumeric(left), toNumeric(right)];
  const [one, other] = numbers;
  return one !== undefined && other !== undefined && sameNumber(one, other);
};

/** Bytes to search in, for texts and binary. */
export const bytesOf = (value: unknown): Buffer | undefined => {
  if (typeof value === "string") return Buffer.from(value);
  return isUint8Array(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : undefined;
};

const arithmetic = (
  values: readonly unknown[],
  integers: (left: bigint, right: bigint) => bigint | undefined,
  doubles: (left: number, right: number) => number,
): number | bigint => {
  const [left = NaN, right = NaN] = values.map(toNumeric);
  const both = asIntegers(left, right);
  // What has no result, as the rest of a division by zero, is equal to nothing and not less or more than anything.
  return both === undefined ? doubles(Number(left), Number(right)) : (integers(...both) ?? NaN);
};

const functions: Readonly<Record<FunctionCall["call"], (values: readonly unknown[]) => unknown>> = {
  add: (values) =>
    arithmetic(
      values,
      (left, right) => left + right,
      (left, right) => left + right,
    ),
  equal: ([left, right]) => sameValue(left, right),
  len: ([value]) => sizeOf(value),
  mod: (values) =>
    arithmetic(
      values,
      (left, right) => (right === 0n ? undefined : left % right),
      (left, right) => left % right,
    ),
  now_unix_nano: () => BigInt(Date.now()) * 1_000_000n,
  sprintf: ([format, ...args]) => sprintf(String(format), args),
};
