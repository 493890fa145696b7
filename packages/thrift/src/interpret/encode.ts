import type { ByteWriter } from "@kitex-ts/core/spi";
import type { Encode } from "../codec.ts";
import type { ScalarType } from "../field-type.ts";
import type { FieldPlan, Fill, StructPlan } from "../plan/struct-plan.ts";
import type { MapPlan, SequencePlan, TypePlan } from "../plan/type-plan.ts";
import { elementsOf } from "../runtime/elements.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { hasUnknown, writeUnknown } from "../runtime/unknown-fields.ts";
import { isMap, isUint8Array, parseI64, sameBytes } from "../runtime/value.ts";
import { describeValue, isPlainObject, isStruct, keyText } from "../runtime/value-kind.ts";
import { EncodeFailure } from "./encode-failure.ts";
import type { WireWriter } from "./wire.ts";

/** The encoder for places where code cannot be generated from strings, and the one that explains what is wrong with a value. */
export const interpretEncode =
  (plan: StructPlan, wire: WireWriter, elements: Target["elements"] = elementsOf): Encode =>
  (writer, value, depth) =>
    encodeStruct({ wire, writer, elements }, plan, value, depth);

/** Where to write, and how. */
interface Target {
  readonly wire: WireWriter;
  readonly writer: ByteWriter;
  /** How the elements of sets are gathered. */
  readonly elements: typeof elementsOf;
}

const encodeStruct = (target: Target, plan: StructPlan, value: unknown, depth: number): void => {
  if (depth > MAX_DEPTH) throw new EncodeFailure(`nested deeper than ${MAX_DEPTH} levels; is there a cycle?`);
  if (plan.shape === "union") encodeUnion(target, plan, value, depth);
  else {
    if (plan.shape === "object" && !isStruct(value)) throw unexpected("object", value);
    let previous = 0;
    for (const field of target.wire.order(plan)) {
      const given = plan.shape === "object" ? own(value as object, field.property) : value;
      if (encodeField(target, plan, field, previous, given, depth)) previous = field.id;
    }
  }
  if (plan.keepsUnknown) writeUnknown(target.writer, value as object, target.wire.protocol);
  target.writer.writeU8(0);
};

/** A field called like something every object inherits (`constructor`) counts only when the object has it itself. */
const own = (value: object, property: string): unknown =>
  property in Object.prototype && !Object.hasOwn(value, property)
    ? undefined
    : (value as Readonly<Record<string, unknown>>)[property];

const encodeUnion = (target: Target, plan: StructPlan, value: unknown, depth: number): void => {
  if (!isStruct(value)) throw unexpected("object", value);
  const { case: name, value: content } = value as { readonly case?: unknown; readonly value?: unknown };
  const field = plan.fields.find((candidate) => candidate.property === name);
  if (field === undefined) {
    const isNothing = name === undefined || name === null;
    if (isNothing && plan.keepsUnknown && hasUnknown(value, target.wire.protocol)) return;
    if (isNothing) throw new EncodeFailure("exactly one field must be set").within(".case");
    const names = plan.fields.map((candidate) => candidate.property).join(", ");
    throw new EncodeFailure(`expected one of ${names}, got ${describeValue(name)}`).within(".case");
  }
  inside(`.${field.property}`, () => encodeMember(target, field, 0, content, depth));
};

/** Answers whether the field was written. */
const encodeField = (
  target: Target,
  plan: StructPlan,
  field: FieldPlan,
  previous: number,
  given: unknown,
  depth: number,
): boolean => {
  const part = plan.shape === "object" || field.id !== 0 ? `.${field.property}` : "";
  let value = given;
  if (value === undefined || value === null) {
    if (field.onAbsent === "omit") return false;
    if (field.onAbsent === "fail") {
      const problem = plan.shape === "object" ? "required field is not set" : expectation(field.type, value);
      throw new EncodeFailure(problem).within(part);
    }
    value = filled(plan, field.type, field.fill);
  } else if (field.omitsDefault && isDefault(plan, field, value)) return false;
  inside(part, () => encodeMember(target, field, previous, value, depth));
  return true;
};

const encodeMember = (target: Target, field: FieldPlan, previous: number, value: unknown, depth: number): void => {
  const isComplete = target.wire.writeHead(target.writer, field, previous, value);
  if (!isComplete) encodeValue(target, field.type, value, depth);
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

const encodeValue = (target: Target, type: TypePlan, value: unknown, depth: number): void => {
  switch (type.kind) {
    case "struct":
      encodeStruct(target, type.descriptor.codec.plan, value, depth + 1);
      break;
    case "list":
    case "set":
      encodeSequence(target, type, value, depth + 1);
      break;
    case "map":
      encodeMap(target, type, value, depth + 1);
      break;
    default:
      if (!isFit(type.kind, value)) throw unexpected(scalarNames[type.kind], value);
      target.wire.writeScalar(target.writer, type.kind, value);
  }
};

const encodeSequence = (target: Target, type: SequencePlan, value: unknown, depth: number): void => {
  const given = type.asSet || Array.isArray(value) ? target.elements(value) : undefined;
  if (given === undefined) throw unexpected(type.asSet ? "Set or iterable" : "array", value);
  const elements = Array.isArray(given) ? (given as readonly unknown[]) : [...given];
  target.wire.writeSequenceHead(target.writer, type, elements.length);
  let index = 0;
  for (const element of elements) {
    inside(`[${index}]`, () => encodeValue(target, type.element, element, depth));
    index++;
  }
};

const encodeMap = (target: Target, type: MapPlan, value: unknown, depth: number): void => {
  const entries = [...entriesOf(type, value)];
  target.wire.writeMapHead(target.writer, type, entries.length);
  for (const [key, element] of entries) {
    inside(" key", () => encodeValue(target, type.key, key, depth));
    inside(`[${keyText(key)}]`, () => encodeValue(target, type.value, element, depth));
  }
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
