import type { StructDescriptor } from "./descriptor.ts";
import type { ValidationRule } from "./validate/rule.ts";

/** Types without parts. `enum` is an i32 on the wire; the two `i64:…` forms choose another TypeScript type than `bigint`. */
export type ScalarType =
  | "bool"
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "i64:number"
  | "i64:string"
  | "double"
  | "string"
  | "binary"
  | "enum";

/**
 * A Thrift type as descriptors spell it. Structs, unions and exceptions are thunks, so that recursion and references across files need no
 * order of initialisation.
 */
export type FieldType =
  | ScalarType
  | readonly ["list", FieldType]
  | readonly ["set", FieldType]
  | readonly ["map", FieldType, FieldType]
  | (() => StructDescriptor);

/** Annotations of the IDL that the generator was told to keep: `api.*`, `vt.*` and the like. */
export type Annotations = Readonly<Record<string, string | readonly string[]>>;

/** A default of the IDL: scalars as they are, everything else made anew for each use. */
export type DefaultValue = boolean | number | bigint | string | (() => unknown);

/**
 * How generated code writes a field down: id, name, type, requiredness (0 or absent: default, 1: required, 2: optional), default, annotations, and
 * the rules of its `vt.*` annotations.
 */
export type FieldTuple = readonly [
  id: number,
  name: string,
  type: FieldType,
  requiredness?: 0 | 1 | 2 | undefined,
  defaultValue?: DefaultValue | undefined,
  annotations?: Annotations | undefined,
  rules?: readonly ValidationRule[] | undefined,
];

/** @internal Sets of these are `Set`s; of structs, containers and binary, where a `Set` would compare identities, arrays. */
export const isSetElement = (type: FieldType): boolean => typeof type === "string" && type !== "binary";
