import type { FieldPlan, StructPlan } from "../plan/struct-plan.ts";
import type { WireProtocol } from "../wire-protocol.ts";
import { literal, quoted, type Source } from "./source.ts";

// What the encoders of both protocols print about a value they were given.

/** A promise or an array would be sent as a struct without a field. Nearly all structs are object literals, which costs no call to find out. */
export const emitStructCheck = (out: Source): void =>
  out.line(
    'if (typeof v !== "object" || v === null || (Object.getPrototypeOf(v) !== Object.prototype && !isStruct(v))) unfit();',
  );

/** The value of a field, before anything stands in for it. */
export const access = (plan: StructPlan, field: FieldPlan): string => {
  if (plan.shape !== "object") return "v";
  // What every object inherits (`constructor`) counts only when the object has it itself.
  return field.property in Object.prototype ? `own(v, ${quoted(field.property)})` : `v[${quoted(field.property)}]`;
};

/** Is `x`, which is there, to be sent although the field is left out when it equals its default? */
export const differsFromDefault = (field: FieldPlan): string => {
  const { fill } = field;
  if (fill.kind === "made") return `!isSameBinary(x, m${fill.index}())`;
  if (fill.kind !== "scalar") return "true";
  const { value } = fill;
  const alsoNumber =
    typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? ` && x !== ${literal(Number(value))}` : "";
  return `x !== ${literal(value)}${alsoNumber}`;
};

/** What is sent in place of a value that is not there. */
export const fillOf = (field: FieldPlan): string => {
  const { fill, type } = field;
  if (fill.kind === "scalar") return literal(fill.value);
  if (fill.kind === "made") return `m${fill.index}()`;
  return type.kind === "map" ? "new Map()" : "[]";
};

export const emitRoom = (bytes: string, out: Source): void =>
  out.line(`if (o + ${bytes} > cap) { b = grow(w, o, ${bytes}); view = w.view; cap = b.length; }`);

/** The last branch for a union that has none of the members it may have: it can only be one that a newer peer knows. */
export const noCase = (plan: StructPlan, protocol: WireProtocol): string =>
  plan.keepsUnknown
    ? `default: if ((v.case !== undefined && v.case !== null) || !hasUnknown(v, ${quoted(protocol)})) unfit();`
    : "default: unfit();";

/** What was kept of another peer, and room for the STOP behind it. */
export const emitUnknown = (protocol: WireProtocol, out: Source): void => {
  out.line("w.offset = o;");
  out.line(`writeUnknown(w, v, ${quoted(protocol)});`);
  out.line("o = w.offset; b = w.buffer; view = w.view; cap = b.length;");
  emitRoom("1", out);
};
