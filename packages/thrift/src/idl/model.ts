import type { ValidationRule } from "../validate/rule.ts";
import type { Annotation, Requiredness, ThriftDocument } from "./ast.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { Span } from "./source.ts";

/** Where something was declared. */
export interface SourceLocation {
  readonly file: ResolvedFile;
  readonly span: Span;
}

/**
 * An entry file with everything it includes, checked and with all names looked up.
 * Objects are shared: a struct reached twice is the same object, so identity comparison works and graphs may be cyclic.
 */
export interface ResolvedProgram {
  readonly entry: ResolvedFile;
  /** Every file once, included files before the files that include them (as far as include cycles permit); the entry is last. */
  readonly files: readonly ResolvedFile[];
  /** Warnings and notes of all files; errors make resolution throw. */
  readonly diagnostics: readonly Diagnostic[];
}

/** One file of a program; lists are in source order. */
export interface ResolvedFile {
  /** As found: the directory it was found in joined with the include's text. */
  readonly path: string;
  /** Basename without its last extension: the prefix by which others refer to it (`a.b` for `a.b.thrift`). */
  readonly name: string;
  readonly namespaces: readonly ResolvedNamespace[];
  readonly includes: readonly ResolvedInclude[];
  readonly cppIncludes: readonly string[];
  readonly typedefs: readonly ResolvedTypedef[];
  readonly constants: readonly ResolvedConstant[];
  readonly enums: readonly ResolvedEnum[];
  /** Structs, unions and exceptions together; see `kind`. */
  readonly structs: readonly ResolvedStruct[];
  readonly services: readonly ResolvedService[];
  readonly doc?: string;
  readonly document: ThriftDocument;
}

export interface ResolvedNamespace {
  /** `*` or a language. */
  readonly scope: string;
  readonly name: string;
  readonly annotations: readonly Annotation[];
}

export interface ResolvedInclude {
  /** The text of the include. */
  readonly path: string;
  /** The prefix it introduces, equal to `file.name`. */
  readonly prefix: string;
  readonly file: ResolvedFile;
  /** False when nothing in the including file refers to it. */
  readonly used: boolean;
}

/** What all named definitions and members share. */
export interface ResolvedDeclaration {
  readonly name: string;
  readonly annotations: readonly Annotation[];
  readonly doc?: string;
  readonly location: SourceLocation;
}

export interface ResolvedTypedef extends ResolvedDeclaration {
  readonly kind: "typedef";
  readonly file: ResolvedFile;
  /** The declared type. When it names another typedef, that one is in `type.typedef`. */
  readonly type: ResolvedType;
}

export interface ResolvedConstant extends ResolvedDeclaration {
  readonly kind: "const";
  readonly file: ResolvedFile;
  readonly type: ResolvedType;
  readonly value: ConstValue;
}

export interface ResolvedEnum extends ResolvedDeclaration {
  readonly kind: "enum";
  readonly file: ResolvedFile;
  readonly values: readonly ResolvedEnumValue[];
}

export interface ResolvedEnumValue extends ResolvedDeclaration {
  /** Within i32. */
  readonly value: number;
}

export interface ResolvedStruct extends ResolvedDeclaration {
  readonly kind: "struct" | "union" | "exception";
  readonly file: ResolvedFile;
  /** In declaration order, which is also the order Kitex writes within its two groups; ids need not ascend. */
  readonly fields: readonly ResolvedField[];
  /** Of its own `vt.*` annotations; absent when there are none. */
  readonly rules?: readonly ValidationRule[];
}

/** A member, argument or declared exception. */
export interface ResolvedField extends ResolvedDeclaration {
  /** Within i16, unique in its list. May be zero or negative. */
  readonly id: number;
  readonly type: ResolvedType;
  /**
   * Members of unions and entries of `throws` are always `optional`; arguments are `default` or `required`.
   */
  readonly requiredness: Requiredness;
  readonly defaultValue?: ConstValue;
  /** Of its `vt.*` annotations; absent when there are none, and for arguments and exceptions thrown. */
  readonly rules?: readonly ValidationRule[];
}

export interface ResolvedService extends ResolvedDeclaration {
  readonly kind: "service";
  readonly file: ResolvedFile;
  readonly extends?: ResolvedService;
  /** Declared in this service itself. */
  readonly functions: readonly ResolvedFunction[];
  /** Inherited ones first, from the most distant ancestor on, then `functions`. */
  readonly allFunctions: readonly ResolvedFunction[];
}

/** Values of the annotation `streaming.mode`. `unary` is a request-response call over a streaming transport. */
export type StreamingMode = "bidirectional" | "client" | "server" | "unary";

export interface ResolvedFunction extends ResolvedDeclaration {
  readonly oneway: boolean;
  readonly returnType: ResolvedType | VoidType;
  readonly arguments: readonly ResolvedField[];
  readonly throws: readonly ResolvedField[];
  readonly streaming?: StreamingMode;
  /** The service that declares it, which for inherited functions is an ancestor. */
  readonly service: ResolvedService;
}

export interface VoidType {
  readonly kind: "void";
}

/** Kinds of `ResolvedType` that carry no further type. `byte` is `i8`. */
export type ScalarKind = "bool" | "i8" | "i16" | "i32" | "i64" | "double" | "string" | "binary";

/** A type with all typedefs looked through; the outermost typedef's name stays visible for hovers and aliases. */
export type ResolvedType = ScalarType | ListType | SetType | MapType | StructType | EnumType;

interface TypeBase {
  /** Name of the outermost typedef by which the type was written, without include prefix. */
  readonly typedefName?: string;
  /** That typedef. */
  readonly typedef?: ResolvedTypedef;
  /** Annotations written on this use of the type; those of a typedef are on the typedef. */
  readonly annotations: readonly Annotation[];
}

export interface ScalarType extends TypeBase {
  readonly kind: ScalarKind;
}

export interface ListType extends TypeBase {
  readonly kind: "list";
  readonly element: ResolvedType;
}

export interface SetType extends TypeBase {
  readonly kind: "set";
  readonly element: ResolvedType;
}

export interface MapType extends TypeBase {
  readonly kind: "map";
  readonly key: ResolvedType;
  readonly value: ResolvedType;
}

/** A struct, union or exception; see `struct.kind`. */
export interface StructType extends TypeBase {
  readonly kind: "struct";
  readonly struct: ResolvedStruct;
}

export interface EnumType extends TypeBase {
  readonly kind: "enum";
  readonly enum: ResolvedEnum;
}

/**
 * A constant or default value, converted to its declared type. Constants may share sub-values.
 * `constant` is set when the value was written as a reference to that constant.
 */
export type ConstValue =
  | BoolValue
  | IntValue
  | LongValue
  | DoubleValue
  | StringValue
  | BinaryValue
  | EnumConstValue
  | ListValue
  | MapValue
  | StructValue;

interface ValueBase {
  readonly constant?: ResolvedConstant;
}

export interface BoolValue extends ValueBase {
  readonly kind: "bool";
  readonly value: boolean;
}

/** Value of a type up to 32 bits, within its range. */
export interface IntValue extends ValueBase {
  readonly kind: "i8" | "i16" | "i32";
  readonly value: number;
}

export interface LongValue extends ValueBase {
  readonly kind: "i64";
  readonly value: bigint;
}

export interface DoubleValue extends ValueBase {
  readonly kind: "double";
  readonly value: number;
}

export interface StringValue extends ValueBase {
  readonly kind: "string";
  readonly value: string;
}

export interface BinaryValue extends ValueBase {
  readonly kind: "binary";
  readonly value: Uint8Array;
}

export interface EnumConstValue extends ValueBase {
  readonly kind: "enum";
  readonly enum: ResolvedEnum;
  readonly value: number;
  /** The named member with that number; absent when the number has no name. */
  readonly member?: ResolvedEnumValue;
}

/** Elements of a list or set, in source order; a set's are distinct. */
export interface ListValue extends ValueBase {
  readonly kind: "list" | "set";
  readonly values: readonly ConstValue[];
}

/** Entries in source order; keys are distinct. */
export interface MapValue extends ValueBase {
  readonly kind: "map";
  readonly entries: readonly { readonly key: ConstValue; readonly value: ConstValue }[];
}

/** Only the members that were written, in source order. */
export interface StructValue extends ValueBase {
  readonly kind: "struct";
  readonly struct: ResolvedStruct;
  readonly fields: readonly { readonly field: ResolvedField; readonly value: ConstValue }[];
}
