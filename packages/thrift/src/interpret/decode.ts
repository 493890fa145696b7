import type { ByteReader } from "@kitex-ts/core/spi";
import type { Decode } from "../codec.ts";
import type { FieldPlan, Fill, StructPlan } from "../plan/struct-plan.ts";
import type { TypePlan } from "../plan/type-plan.ts";
import { emptyStruct, missingResult, VOID_RESULT } from "../runtime/absent.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { readBinary, readCount, readSafeInteger, requiredMissing } from "../runtime/read.ts";
import { depthExceeded, skip } from "../runtime/skip.ts";
import { TType } from "../ttype.ts";

/** The decoder for places where code cannot be generated from strings. */
export const interpretDecode =
  (plan: StructPlan): Decode =>
  (reader, depth) =>
    decodeStruct(plan, reader, depth);

const decodeStruct = (plan: StructPlan, reader: ByteReader, depth: number): unknown => {
  if (depth > MAX_DEPTH) throw depthExceeded();
  const values: unknown[] = new Array(plan.fields.length).fill(undefined);
  let last: FieldPlan | undefined;
  for (;;) {
    const ttype = reader.readU8();
    if (ttype === 0) break;
    const head = (ttype << 16) | reader.readU16();
    const field = plan.byHead.get(head);
    if (field !== undefined) {
      values[field.index] = decodeValue(reader, field.type, depth);
      last = field;
    } else if (plan.shape === "result" && head === VOID_RESULT) skip(reader, TType.struct, depth);
    else skip(reader, ttype, depth);
  }
  if (plan.shape === "union") {
    return last === undefined
      ? { case: undefined, value: undefined }
      : { case: last.property, value: values[last.index] };
  }
  if (plan.shape === "result") return resultOf(plan, values);
  for (const field of plan.fields) if (values[field.index] === undefined) values[field.index] = absent(plan, field);
  if (plan.shape === "nothing") return undefined;
  if (plan.shape === "sole") return values[0];
  const value: Record<string, unknown> = {};
  for (const field of plan.fields) value[field.property] = values[field.index];
  return plan.construct === undefined ? value : plan.construct(value);
};

const resultOf = (plan: StructPlan, values: readonly unknown[]): unknown => {
  for (const field of plan.fields) {
    if (field.id !== 0 && values[field.index] !== undefined) throw values[field.index] as Error;
  }
  const [success] = plan.fields;
  if (success?.id !== 0) return undefined;
  if (values[0] !== undefined) return values[0];
  if (success.onMissing === "fail") throw missingResult(plan.name);
  return filled(plan, success.type, success.fill);
};

const absent = (plan: StructPlan, field: FieldPlan): unknown => {
  if (field.onMissing === "fail") throw requiredMissing(field.name);
  return field.onMissing === "leave" ? undefined : filled(plan, field.type, field.fill);
};

const filled = (plan: StructPlan, type: TypePlan, fill: Fill): unknown => {
  switch (fill.kind) {
    case "scalar":
      return fill.value;
    case "made":
      return plan.makers[fill.index]?.();
    case "struct":
      return type.kind === "struct" ? emptyStruct(type.descriptor.codec) : undefined;
    case "empty":
      if (type.kind === "map") return new Map();
      return type.kind === "set" && type.asSet ? new Set() : [];
  }
};

const decodeValue = (reader: ByteReader, type: TypePlan, depth: number): unknown => {
  switch (type.kind) {
    case "struct":
      return decodeStruct(type.descriptor.codec.plan, reader, depth + 1);
    case "list":
    case "set": {
      reader.need(5);
      reader.readU8();
      const elements: unknown[] = [];
      for (let left = readCount(reader, type.element.minSize); left > 0; left--) {
        elements.push(decodeValue(reader, type.element, depth + 1));
      }
      return type.asSet ? new Set(elements) : elements;
    }
    case "map": {
      reader.need(6);
      reader.readI16();
      const map = new Map<unknown, unknown>();
      for (let left = readCount(reader, type.key.minSize + type.value.minSize); left > 0; left--) {
        const key = decodeValue(reader, type.key, depth + 1);
        map.set(key, decodeValue(reader, type.value, depth + 1));
      }
      return map;
    }
    case "bool":
      // Only 1 is true, as in Go.
      return reader.readU8() === 1;
    case "i8":
      return reader.readI8();
    case "i16":
      return reader.readI16();
    case "i32":
    case "enum":
      return reader.readI32();
    case "i64":
      return reader.readI64();
    case "i64:number":
      return readSafeInteger(reader);
    case "i64:string":
      return String(reader.readI64());
    case "double":
      return reader.readDouble();
    case "string":
      return reader.readString();
    case "binary":
      return readBinary(reader);
  }
};
