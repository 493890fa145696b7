import type { ByteReader } from "@kitex-ts/core/spi";
import type { Decode } from "../codec.ts";
import type { FieldPlan, Fill, StructPlan } from "../plan/struct-plan.ts";
import type { TypePlan } from "../plan/type-plan.ts";
import { emptyStruct, missingResult } from "../runtime/absent.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { chargeMemory, memoryOf, memoryOfFill, memoryOfStruct } from "../runtime/memory-budget.ts";
import { requiredMissing } from "../runtime/read.ts";
import { depthExceeded } from "../runtime/skip.ts";
import { type Keeping, withUnknown } from "../runtime/unknown-fields.ts";
import type { FieldHead, WireReader } from "./wire.ts";

/** The decoder for places where code cannot be generated from strings. */
export const interpretDecode =
  (plan: StructPlan, wire: WireReader): Decode =>
  (reader, depth) =>
    decodeStruct({ wire, reader }, plan, depth);

/** Where to read, and how. */
interface Origin {
  readonly wire: WireReader;
  readonly reader: ByteReader;
}

const decodeStruct = (origin: Origin, plan: StructPlan, depth: number): unknown => {
  const { wire, reader } = origin;
  if (depth > MAX_DEPTH) throw depthExceeded();
  chargeMemory(memoryOfStruct(plan));
  const values: unknown[] = new Array(plan.fields.length).fill(undefined);
  let last: FieldPlan | undefined;
  const head: FieldHead = { code: 0, ttype: 0, id: 0, value: undefined };
  let kept: Keeping;
  for (let start = reader.offset; wire.readHead(reader, head); start = reader.offset) {
    const field = plan.byHead.get((head.ttype << 16) | (head.id & 0xffff));
    if (field === undefined) {
      if (plan.keepsUnknown) kept = wire.keep(kept, reader, head, start, depth);
      else wire.skip(reader, head, plan, depth);
    } else {
      values[field.index] = head.value ?? decodeValue(origin, field.type, depth);
      last = field;
    }
  }
  if (plan.shape === "union") {
    const value = last === undefined ? undefined : values[last.index];
    return withUnknown({ case: last?.property, value }, kept, wire.protocol);
  }
  if (plan.shape === "result") return resultOf(plan, values);
  for (const field of plan.fields) if (values[field.index] === undefined) values[field.index] = absent(plan, field);
  if (plan.shape === "nothing") return undefined;
  if (plan.shape === "sole") return values[0];
  const value: Record<string, unknown> = {};
  for (const field of plan.fields) value[field.property] = values[field.index];
  return withUnknown(plan.construct === undefined ? value : (plan.construct(value) as object), kept, wire.protocol);
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
  if (field.onMissing === "leave") return undefined;
  chargeMemory(memoryOfFill(field));
  return filled(plan, field.type, field.fill);
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

const decodeValue = (origin: Origin, type: TypePlan, depth: number): unknown => {
  chargeMemory(memoryOf(type));
  switch (type.kind) {
    case "struct":
      return decodeStruct(origin, type.descriptor.codec.plan, depth + 1);
    case "list":
    case "set": {
      const elements: unknown[] = [];
      for (let left = origin.wire.readCount(origin.reader, type); left > 0; left--) {
        elements.push(decodeValue(origin, type.element, depth + 1));
      }
      return type.asSet ? new Set(elements) : elements;
    }
    case "map": {
      const map = new Map<unknown, unknown>();
      for (let left = origin.wire.readCount(origin.reader, type); left > 0; left--) {
        const key = decodeValue(origin, type.key, depth + 1);
        map.set(key, decodeValue(origin, type.value, depth + 1));
      }
      return map;
    }
    default:
      return origin.wire.readScalar(origin.reader, type.kind);
  }
};
