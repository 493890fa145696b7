import type { StructDescriptor } from "../descriptor.ts";
import { type FieldType, isSetElement, type ScalarType } from "../field-type.ts";
import { TType } from "../ttype.ts";

interface PlanBase {
  /** Type code on the wire. */
  readonly ttype: number;
  /** The fewest bytes a value takes: what a container's count is checked against before anything is allocated. */
  readonly minSize: number;
}

export interface ScalarPlan extends PlanBase {
  readonly kind: ScalarType;
}

export interface SequencePlan extends PlanBase {
  readonly kind: "list" | "set";
  readonly element: TypePlan;
  /** A `Set` in TypeScript. Sets of structs, containers and binary are arrays: there a `Set` would compare identities. */
  readonly asSet: boolean;
}

export interface MapPlan extends PlanBase {
  readonly kind: "map";
  readonly key: TypePlan;
  readonly value: TypePlan;
}

export interface StructRefPlan extends PlanBase {
  readonly kind: "struct";
  readonly descriptor: StructDescriptor;
  /** Index in the owning plan's `structs`. */
  readonly slot: number;
}

/** A type, thunks called and wire facts looked up. */
export type TypePlan = ScalarPlan | SequencePlan | MapPlan | StructRefPlan;

const scalars: Readonly<Record<ScalarType, ScalarPlan>> = {
  bool: { kind: "bool", ttype: TType.bool, minSize: 1 },
  i8: { kind: "i8", ttype: TType.byte, minSize: 1 },
  i16: { kind: "i16", ttype: TType.i16, minSize: 2 },
  i32: { kind: "i32", ttype: TType.i32, minSize: 4 },
  i64: { kind: "i64", ttype: TType.i64, minSize: 8 },
  "i64:number": { kind: "i64:number", ttype: TType.i64, minSize: 8 },
  "i64:string": { kind: "i64:string", ttype: TType.i64, minSize: 8 },
  double: { kind: "double", ttype: TType.double, minSize: 8 },
  string: { kind: "string", ttype: TType.string, minSize: 4 },
  binary: { kind: "binary", ttype: TType.string, minSize: 4 },
  enum: { kind: "enum", ttype: TType.i32, minSize: 4 },
};

/** `structs` gathers the descriptors that the type refers to, each once, in order of appearance. */
export const planType = (type: FieldType, structs: StructDescriptor[]): TypePlan => {
  if (typeof type === "string") return scalars[type];
  if (typeof type === "function") {
    const descriptor = type();
    const known = structs.indexOf(descriptor);
    const slot = known === -1 ? structs.push(descriptor) - 1 : known;
    return { kind: "struct", ttype: TType.struct, minSize: 1, descriptor, slot };
  }
  if (type[0] === "map") {
    return {
      kind: "map",
      ttype: TType.map,
      minSize: 6,
      key: planType(type[1], structs),
      value: planType(type[2], structs),
    };
  }
  return {
    kind: type[0],
    ttype: type[0] === "list" ? TType.list : TType.set,
    minSize: 5,
    element: planType(type[1], structs),
    asSet: type[0] === "set" && isSetElement(type[1]),
  };
};
