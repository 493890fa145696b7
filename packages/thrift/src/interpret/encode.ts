import type { ByteWriter } from "@kitex-ts/core/spi";
import type { Encode } from "../codec.ts";
import type { ScalarType } from "../field-type.ts";
import type { FieldPlan, Fill, StructPlan } from "../plan/struct-plan.ts";
import type { MapPlan, SequencePlan, TypePlan } from "../plan/type-plan.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { isMap, isUint8Array, parseI64, sameBytes } from "../runtime/value.ts";
import { describeValue, isPlainObject } from "../runtime/value-kind.ts";
import { EncodeFailure } from "./encode-failure.ts";

/** The encoder for places where code cannot be generated from strings, and the one that explains what is wrong with a value. */
export const interpretEncode =
  (plan: StructPlan): Encode =>
  (writer, value, depth) =>
    encodeStruct(plan, writer, value, depth);

const encodeStruct = (plan: StructPlan, writer: ByteWriter, value: unknown, depth: number): void => {
  if (depth > MAX_DEPTH) throw new EncodeFailure(`nested deeper than ${MAX_DEPTH} levels; is there a cycle?`);
  switch (plan.shape) {
    case "union":
      encodeUnion(plan, writer, value, depth);
      break;
    case "object":
      if (typeof value !== "object" || value === null) throw unexpected("object", value);
      for (const field of plan.wireOrder) encodeField(plan, field, writer, own(value, field.property), depth);
      break;
    default:
      for (const field of plan.wireOrder) encodeField(plan, field, writer, value, depth);
  }
  writer.writeU8(0);
};

/** A field called like something every object inherits (`constructor`) counts only when the object has it itself. */
const own = (value: object, property: string): unknown =>
  property in Object.prototype && !Object.hasOwn(value, property)
    ? undefined
    : (value as Readonly<Record<string, unknown>>)[property];

const encodeUnion = (plan: StructPlan, writer: ByteWriter, value: unknown, depth: number): void => {
  if (typeof value !== "object" || value === null) throw unexpected("object", value);
  const { case: name, value: content } = value as { readonly case?: unknown; readonly value?: unknown };
  const field = plan.fields.find((candidate) => candidate.property === name);
  if (field === undefined) {
    if (name === undefined || name === null) throw new EncodeFailure("exactly one field must be set").within(".case");
    const names = plan.fields.map((candidate) => candidate.property).join(", ");
    throw new EncodeFailure(`expected one of ${names}, got ${describeValue(name)}`).within(".case");
  }
  writeHead(writer, field.head);
  inside(`.${field.property}`, () => encodeValue(writer, field.type, content, depth));
};

const encodeField = (plan: StructPlan, field: FieldPlan, writer: ByteWriter, given: unknown, depth: number): void => {
  const part = plan.shape === "object" || field.id !== 0 ? `.${field.property}` : "";
  let value = given;
  if (value === undefined || value === null) {
    if (field.onAbsent === "omit") return;
    if (field.onAbsent === "fail") {
      const problem = plan.shape === "object" ? "required field is not set" : expectation(field.type, value);
      throw new EncodeFailure(problem).within(part);
    }
    value = filled(plan, field.type, field.fill);
  } else if (field.omitsDefault && isDefault(plan, field, value)) return;
  writeHead(writer, field.head);
  inside(part, () => encodeValue(writer, field.type, value, depth));
};

const inside = (part: string, encode: () => void): void => {
  try {
    encode();
  } catch (error) {
    if (error instanceof EncodeFailure) throw error.within(part);
    throw error;
  }
};

/** Loosely: an i64 may come as number, and its default as bigint. A value of another kind is never equal, so that it gets checked. */
const isDefault = (plan: StructPlan, field: FieldPlan, value: unknown): boolean => {
  if (field.fill.kind === "made") {
    return isUint8Array(value) && sameBytes(value, plan.makers[field.fill.index]?.() as Uint8Array);
  }
  if (field.fill.kind !== "scalar") return false;
  if (field.type.kind === "i64" && typeof value === "number")
    return Number.isSafeInteger(value) && BigInt(value) === field.fill.value;
  return value === field.fill.value;
};

const filled = (plan: StructPlan, type: TypePlan, fill: Fill): unknown => {
  if (fill.kind === "scalar") return fill.value;
  if (fill.kind === "made") return plan.makers[fill.index]?.();
  return type.kind === "map" ? new Map() : [];
};

const writeHead = (writer: ByteWriter, head: number): void => {
  writer.writeU8(head >> 16);
  writer.writeI16((head << 16) >> 16);
};

const encodeValue = (writer: ByteWriter, type: TypePlan, value: unknown, depth: number): void => {
  switch (type.kind) {
    case "struct":
      encodeStruct(type.descriptor.codec.plan, writer, value, depth + 1);
      break;
    case "list":
    case "set":
      encodeSequence(writer, type, value, depth + 1);
      break;
    case "map":
      encodeMap(writer, type, value, depth + 1);
      break;
    default:
      if (!isFit(type.kind, value)) throw unexpected(scalarNames[type.kind], value);
      writeScalar(writer, type.kind, value);
  }
};

const encodeSequence = (writer: ByteWriter, type: SequencePlan, value: unknown, depth: number): void => {
  const isFit = type.asSet
    ? typeof value === "object" && value !== null && Symbol.iterator in value
    : Array.isArray(value);
  if (!isFit) throw unexpected(type.asSet ? "Set or iterable" : "array", value);
  writer.writeU8(type.element.ttype);
  const at = writer.offset;
  writer.writeI32(0);
  let count = 0;
  for (const element of value as Iterable<unknown>) {
    inside(`[${count}]`, () => encodeValue(writer, type.element, element, depth));
    count++;
  }
  writer.view.setInt32(at, count);
};

const encodeMap = (writer: ByteWriter, type: MapPlan, value: unknown, depth: number): void => {
  writer.writeU8(type.key.ttype);
  writer.writeU8(type.value.ttype);
  const at = writer.offset;
  writer.writeI32(0);
  let count = 0;
  for (const [key, element] of entriesOf(type, value)) {
    inside(" key", () => encodeValue(writer, type.key, key, depth));
    inside(`[${typeof key === "string" ? JSON.stringify(key) : String(key)}]`, () =>
      encodeValue(writer, type.value, element, depth),
    );
    count++;
  }
  writer.view.setInt32(at, count);
};

const entriesOf = (type: MapPlan, value: unknown): Iterable<[unknown, unknown]> => {
  if (isMap(value)) return value;
  if (type.key.kind === "string" && isPlainObject(value)) return Object.entries(value);
  throw unexpected(type.key.kind === "string" ? "Map or plain object" : "Map", value);
};

const isFit = (kind: ScalarType, value: unknown): boolean => {
  switch (kind) {
    case "bool":
      return typeof value === "boolean";
    case "i8":
      return typeof value === "number" && (value << 24) >> 24 === value;
    case "i16":
      return typeof value === "number" && (value << 16) >> 16 === value;
    case "i32":
    case "enum":
      return typeof value === "number" && (value | 0) === value;
    case "i64":
      return typeof value === "bigint" ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
    case "i64:number":
      return Number.isSafeInteger(value);
    case "i64:string":
      return typeof value === "string" && parseI64(value) !== undefined;
    case "double":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    case "binary":
      return isUint8Array(value);
  }
};

/** Writes what {@link isFit} let pass. */
const writeScalar = (writer: ByteWriter, kind: ScalarType, value: unknown): void => {
  switch (kind) {
    case "bool":
      writer.writeU8(value === true ? 1 : 0);
      break;
    case "i8":
      writer.writeU8((value as number) & 0xff);
      break;
    case "i16":
      writer.writeI16(value as number);
      break;
    case "i32":
    case "enum":
      writer.writeI32(value as number);
      break;
    case "i64":
    case "i64:number":
    case "i64:string":
      writer.writeI64(BigInt(value as bigint | number | string));
      break;
    case "double":
      writer.writeDouble(value as number);
      break;
    case "string":
      writer.writeString(value as string);
      break;
    case "binary":
      writer.writeI32((value as Uint8Array).length);
      writer.writeBytes(value as Uint8Array);
  }
};

const scalarNames: Readonly<Record<ScalarType, string>> = {
  bool: "boolean",
  i8: "i8 (-128 to 127)",
  i16: "i16 (-32768 to 32767)",
  i32: "i32 (-2147483648 to 2147483647)",
  i64: "bigint of 64 bits or safe integer",
  "i64:number": "safe integer",
  "i64:string": "i64 in decimal digits",
  double: "number",
  string: "string",
  binary: "Uint8Array",
  enum: "enum number (i32)",
};

const unexpected = (wanted: string, value: unknown): EncodeFailure =>
  new EncodeFailure(`expected ${wanted}, got ${describeGiven(wanted, value)}`);

/** A number in place of a number is wrong by its value, so that is worth showing. */
const describeGiven = (wanted: string, value: unknown): string =>
  (typeof value === "number" || typeof value === "bigint") && wanted !== "string" && wanted !== "Uint8Array"
    ? String(value)
    : describeValue(value);

const expectation = (type: TypePlan, value: unknown): string => {
  const wanted = type.kind === "struct" ? type.descriptor.name : type.kind;
  return `expected ${wanted}, got ${describeValue(value)}`;
};
