import { createValue, zeroScalar } from "../create.ts";
import type { FieldDescriptor, StructDescriptor } from "../descriptor.ts";
import { planType, type TypePlan } from "./type-plan.ts";

/** What stands in for a value that is not there. */
export type Fill =
  | { readonly kind: "scalar"; readonly value: boolean | number | bigint | string }
  | { readonly kind: "empty" }
  /** A default of the IDL that must be made anew for every use; `index` is its place in the plan's `makers`. */
  | { readonly kind: "made"; readonly index: number }
  /** What a struct decodes to when its bytes are a lone STOP. */
  | { readonly kind: "struct" };

export interface FieldPlan {
  /** Place in declaration order. */
  readonly index: number;
  readonly id: number;
  readonly name: string;
  readonly property: string;
  readonly type: TypePlan;
  /** Type code and id as the three bytes of a field header. */
  readonly head: number;
  /** What encoding does with `undefined` and `null`. */
  readonly onAbsent: "fail" | "omit" | "fill";
  /** What decoding does when the field did not come. */
  readonly onMissing: "fail" | "leave" | "fill";
  readonly fill: Fill;
  /** Optional with a scalar default: a value equal to it is not sent, as in Go. */
  readonly omitsDefault: boolean;
}

/**
 * How fields and TypeScript value relate. `object`: a property each. `union`: `{ case, value }`. `sole`: the value is the only field itself.
 * `result`: the value of field 0, or a declared exception to throw. `nothing`: no fields, the value is undefined.
 */
export type PlanShape = "object" | "union" | "sole" | "result" | "nothing";

/** All that is decided about a struct once; emitter and interpreter follow it and decide nothing themselves. */
export interface StructPlan {
  /** For messages. */
  readonly name: string;
  readonly shape: PlanShape;
  /** In declaration order, which is the order of keys of decoded objects. */
  readonly fields: readonly FieldPlan[];
  /** As Kitex writes them: fields of fixed size first (enums are not among them), then the others, each in declaration order. */
  readonly wireOrder: readonly FieldPlan[];
  /** As Thrift Compact writes them, where a header holds the distance to the one before. */
  readonly idOrder: readonly FieldPlan[];
  /** By field header. */
  readonly byHead: ReadonlyMap<number, FieldPlan>;
  readonly structs: readonly StructDescriptor[];
  readonly makers: readonly (() => unknown)[];
  /** Turns the decoded fields into the value, for exceptions. */
  readonly construct: ((fields: object) => unknown) | undefined;
  /** What the IDL does not know is kept with the value and sent on, after the fields it does know. For shapes `object` and `union` only. */
  readonly keepsUnknown: boolean;
}

const fixedSize: ReadonlySet<TypePlan["kind"]> = new Set([
  "bool",
  "i8",
  "i16",
  "i32",
  "i64",
  "i64:number",
  "i64:string",
  "double",
]);

/** Are these bytes always as many, and written first? */
export const isFixedSize = (type: TypePlan): boolean => fixedSize.has(type.kind);

/** Differences between the fields of a struct and the arguments and results of a method. */
export type FieldRole = "member" | "argument" | "success" | "thrown";

export interface PlanOptions {
  readonly name: string;
  readonly shape: PlanShape;
  readonly fields: readonly { readonly field: FieldDescriptor; readonly role: FieldRole }[];
  readonly construct?: ((fields: object) => unknown) | undefined;
  readonly keepsUnknown?: boolean | undefined;
}

export const planStruct = ({
  name,
  shape,
  fields: sources,
  construct,
  keepsUnknown = false,
}: PlanOptions): StructPlan => {
  const structs: StructDescriptor[] = [];
  const makers: (() => unknown)[] = [];
  const fields = sources.map(({ field, role }, index): FieldPlan => {
    const type = planType(field.type, structs);
    const { defaultValue } = field;
    let fill: Fill;
    if (typeof defaultValue === "function") {
      fill = { kind: "made", index: makers.push(() => createValue(field.type, defaultValue(), field.name)) - 1 };
    } else if (defaultValue !== undefined) fill = { kind: "scalar", value: scalarDefault(type, defaultValue) };
    else fill = zeroFill(type, makers);
    return {
      index,
      id: field.id,
      name: field.name,
      property: field.property,
      type,
      head: (type.ttype << 16) | (field.id & 0xffff),
      fill,
      ...presence(field, role, type),
    };
  });
  const wireOrder = [
    ...fields.filter((field) => isFixedSize(field.type)),
    ...fields.filter((field) => !isFixedSize(field.type)),
  ];
  const idOrder = fields.toSorted((a, b) => a.id - b.id);
  const byHead = new Map(fields.map((field) => [field.head, field]));
  return { name, shape, fields, wireOrder, idOrder, byHead, structs, makers, construct, keepsUnknown };
};

const zeroFill = (type: TypePlan, makers: (() => unknown)[]): Fill => {
  if (type.kind === "struct") return { kind: "struct" };
  if (type.kind === "list" || type.kind === "set" || type.kind === "map") return { kind: "empty" };
  if (type.kind === "binary") return { kind: "made", index: makers.push(() => new Uint8Array(0)) - 1 };
  return { kind: "scalar", value: zeroScalar(type.kind) };
};

/** An i64 default may be written as any of the three TypeScript types. */
const scalarDefault = (
  type: TypePlan,
  value: boolean | number | bigint | string,
): boolean | number | bigint | string => {
  if (type.kind === "i64") return BigInt(value);
  if (type.kind === "i64:number") return Number(value);
  if (type.kind === "i64:string") return String(value);
  return value;
};

const presence = (
  field: FieldDescriptor,
  role: FieldRole,
  type: TypePlan,
): Pick<FieldPlan, "onAbsent" | "onMissing" | "omitsDefault"> => {
  const hasDefault = field.defaultValue !== undefined;
  switch (role) {
    case "argument":
      // A caller must say what it calls with; a peer that leaves an argument out (Go does with nil) is understood.
      return {
        onAbsent: hasDefault ? "fill" : "fail",
        onMissing: field.requiredness === "required" ? "fail" : "fill",
        omitsDefault: false,
      };
    case "success":
      // Go leaves nil containers and binary out, so there an absent result is an empty one.
      return { onAbsent: "fail", onMissing: isNilable(type) ? "fill" : "fail", omitsDefault: false };
    case "thrown":
      return { onAbsent: "omit", onMissing: "leave", omitsDefault: false };
    case "member":
      break;
  }
  const isScalar = type.kind !== "struct" && type.kind !== "list" && type.kind !== "set" && type.kind !== "map";
  switch (field.requiredness) {
    case "required":
      // Go constructs the struct with its defaults, so there too a field that nobody sets is sent with its own.
      return { onAbsent: hasDefault ? "fill" : "fail", onMissing: "fail", omitsDefault: false };
    case "optional":
      return { onAbsent: "omit", onMissing: hasDefault ? "fill" : "leave", omitsDefault: hasDefault && isScalar };
    case "default": {
      const isBareStruct = type.kind === "struct" && !hasDefault;
      return {
        onAbsent: isBareStruct ? "omit" : "fill",
        onMissing: isBareStruct ? "leave" : "fill",
        omitsDefault: false,
      };
    }
  }
};

const isNilable = (type: TypePlan): boolean =>
  type.kind === "list" || type.kind === "set" || type.kind === "map" || type.kind === "binary";
