import type { Diagnostic } from "./diagnostics.ts";
import type { SourceText, Span } from "./source.ts";

/** One comment as written. `line` covers `//` and `#`, `block` covers the slash-star form, `doc` the slash-star-star form. */
export interface Comment {
  readonly kind: "line" | "block" | "doc";
  /** Verbatim, with its markers. */
  readonly text: string;
  readonly span: Span;
  /** 1-based line of the last character. */
  readonly endLine: number;
}

/** A name with its place. References may be dotted (`base.Base`), declared names never are. */
export interface Identifier {
  readonly text: string;
  readonly span: Span;
}

/**
 * One `key = "value"` of an annotation list. Lists keep the order of the source and repeated keys;
 * a key without a value has the value `"1"`, as in Apache Thrift.
 */
export interface Annotation {
  readonly key: string;
  readonly value: string;
  readonly span: Span;
}

/** What every node has. */
export interface Node {
  readonly span: Span;
}

/** What declarations and their members have. */
export interface DeclarationNode extends Node {
  readonly name: Identifier;
  readonly annotations: readonly Annotation[];
  /** Text of the attached comment without markers; absent when there is none. */
  readonly doc?: string;
  /** Every comment between the previous token and this node (thriftgo's reserved comments), then a trailing one on its last line. */
  readonly comments: readonly Comment[];
}

/** A parsed file. Its names are not yet looked up; see `resolveProgram`. */
export interface ThriftDocument {
  readonly fileName: string;
  readonly source: SourceText;
  readonly includes: readonly IncludeNode[];
  readonly cppIncludes: readonly CppIncludeNode[];
  readonly namespaces: readonly NamespaceNode[];
  readonly definitions: readonly DefinitionNode[];
  /** The first comment block of the file when it belongs to no definition. */
  readonly doc?: string;
  /** All comments, in source order. */
  readonly comments: readonly Comment[];
  /** Warnings and notes; errors make `parseThrift` throw. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `include "path"`. */
export interface IncludeNode extends Node {
  readonly kind: "include";
  readonly path: string;
  readonly pathSpan: Span;
  readonly comments: readonly Comment[];
}

/** `cpp_include "path"`: kept, never followed. */
export interface CppIncludeNode extends Node {
  readonly kind: "cpp_include";
  readonly path: string;
  readonly comments: readonly Comment[];
}

/** `namespace go a.b`; `*` is the scope for all languages without their own. */
export interface NamespaceNode extends Node {
  readonly kind: "namespace";
  readonly scope: string;
  readonly name: string;
  readonly annotations: readonly Annotation[];
  readonly comments: readonly Comment[];
}

export type DefinitionNode = ConstNode | TypedefNode | EnumNode | StructNode | ServiceNode;

export interface ConstNode extends DeclarationNode {
  readonly kind: "const";
  readonly type: TypeNode;
  readonly value: ValueNode;
}

export interface TypedefNode extends DeclarationNode {
  readonly kind: "typedef";
  readonly type: TypeNode;
}

export interface EnumNode extends DeclarationNode {
  readonly kind: "enum";
  readonly values: readonly EnumValueNode[];
}

export interface EnumValueNode extends DeclarationNode {
  readonly kind: "enum_value";
  /** The written number; absent when implied by the previous value. */
  readonly value?: IntNode;
}

export interface StructNode extends DeclarationNode {
  readonly kind: "struct" | "union" | "exception";
  readonly fields: readonly FieldNode[];
  /** Apache's `xsd_all`, kept and without meaning here. */
  readonly xsdAll: boolean;
}

/** Presence rule of a field; `default` is what a field without a keyword has. */
export type Requiredness = "default" | "required" | "optional";

/** A member of a struct, union or exception, an argument or a declared exception. */
export interface FieldNode extends DeclarationNode {
  readonly kind: "field";
  /** The written id; absent when implied. */
  readonly id?: IntNode;
  readonly requiredness: Requiredness;
  readonly type: TypeNode;
  /** Apache's `&` marker: accepted, without meaning here. */
  readonly reference: boolean;
  readonly defaultValue?: ValueNode;
  /** `xsd_optional`, `xsd_nillable`, and the fields of `xsd_attrs`: kept and without meaning here. */
  readonly xsd?: { readonly optional: boolean; readonly nillable: boolean; readonly attributes: readonly FieldNode[] };
}

export interface ServiceNode extends DeclarationNode {
  readonly kind: "service";
  readonly extends?: Identifier;
  readonly functions: readonly FunctionNode[];
}

export interface FunctionNode extends DeclarationNode {
  readonly kind: "function";
  readonly oneway: boolean;
  readonly returnType: TypeNode | VoidNode;
  readonly arguments: readonly FieldNode[];
  readonly throws: readonly FieldNode[];
}

/** Scalar types of the language. `byte` is read as `i8`. */
export type BaseTypeName = "bool" | "i8" | "i16" | "i32" | "i64" | "double" | "string" | "binary" | "uuid";

export type TypeNode = BaseTypeNode | ListTypeNode | SetTypeNode | MapTypeNode | NamedTypeNode;

interface TypeNodeBase extends Node {
  readonly annotations: readonly Annotation[];
}

export interface BaseTypeNode extends TypeNodeBase {
  readonly kind: "base";
  readonly name: BaseTypeName;
}

export interface ListTypeNode extends TypeNodeBase {
  readonly kind: "list";
  readonly element: TypeNode;
  readonly cppType?: string;
}

export interface SetTypeNode extends TypeNodeBase {
  readonly kind: "set";
  readonly element: TypeNode;
  readonly cppType?: string;
}

export interface MapTypeNode extends TypeNodeBase {
  readonly kind: "map";
  readonly key: TypeNode;
  readonly value: TypeNode;
  readonly cppType?: string;
}

/** A reference to a typedef, enum, struct, union or exception, possibly with an include prefix. */
export interface NamedTypeNode extends TypeNodeBase {
  readonly kind: "named";
  readonly name: Identifier;
}

/** The return type `void`. */
export interface VoidNode extends Node {
  readonly kind: "void";
}

/** A constant value as written. */
export type ValueNode = BoolNode | IntNode | DoubleNode | StringNode | ReferenceNode | ListNode | MapNode;

export interface BoolNode extends Node {
  readonly kind: "bool";
  readonly value: boolean;
}

export interface IntNode extends Node {
  readonly kind: "int";
  /** Within i64. */
  readonly value: bigint;
}

export interface DoubleNode extends Node {
  readonly kind: "double";
  readonly value: number;
}

export interface StringNode extends Node {
  readonly kind: "string";
  /** Escapes are decoded. */
  readonly value: string;
  /** The exact bytes; present only when byte escapes such as `\xff` make a text that is not UTF-8. */
  readonly bytes?: Uint8Array;
}

/** A constant, `Enum.VALUE`, `include.CONSTANT` or `include.Enum.VALUE`. */
export interface ReferenceNode extends Node {
  readonly kind: "reference";
  readonly name: string;
}

export interface ListNode extends Node {
  readonly kind: "list";
  readonly values: readonly ValueNode[];
}

export interface MapNode extends Node {
  readonly kind: "map";
  readonly entries: readonly { readonly key: ValueNode; readonly value: ValueNode }[];
}
