import type { IntNode, ValueNode } from "./ast.ts";
import { clip } from "./diagnostics.ts";
import type { ConstValue, ResolvedType, ScalarKind } from "./model.ts";
import type { Span } from "./source.ts";

/** Why a literal does not fit a type. */
export interface Misfit {
  readonly kind: "misfit";
  readonly code: "valueMismatch" | "valueOutOfRange";
  readonly message: string;
}

const encoder = new TextEncoder();

const bits: { readonly [K in "i8" | "i16" | "i32" | "i64"]: bigint } = { i8: 8n, i16: 16n, i32: 32n, i64: 64n };

/** A literal as a value of a scalar type, by thriftgo's rules: numbers and booleans convert, texts do not. */
export const convertScalar = (node: ValueNode, kind: ScalarKind): ConstValue | Misfit => {
  switch (kind) {
    case "bool":
      if (node.kind === "bool") return { kind, value: node.value };
      return node.kind === "int" || node.kind === "double" ? { kind, value: node.value > 0 } : wrongKind(node, kind);
    case "i8":
    case "i16":
    case "i32":
    case "i64":
      if (node.kind === "bool") return convertInt({ kind: "int", value: node.value ? 1n : 0n, span: node.span }, kind);
      return node.kind === "int" ? convertInt(node, kind) : wrongKind(node, kind);
    case "double":
      if (node.kind === "bool" || node.kind === "int") return { kind, value: Number(node.value) };
      return node.kind === "double" ? { kind, value: node.value } : wrongKind(node, kind);
    case "string":
      if (node.kind !== "string") return wrongKind(node, kind);
      if (node.bytes === undefined) return { kind, value: node.value };
      return {
        kind: "misfit",
        code: "valueMismatch",
        message: "the text is not UTF-8; only a `binary` can hold such bytes",
      };
    case "binary":
      if (node.kind !== "string") return wrongKind(node, kind);
      return { kind, value: node.bytes ?? encoder.encode(node.value) };
  }
};

const convertInt = ({ value }: IntNode, kind: "i8" | "i16" | "i32" | "i64"): ConstValue | Misfit => {
  const limit = 1n << (bits[kind] - 1n);
  if (value < -limit || value >= limit) {
    return { kind: "misfit", code: "valueOutOfRange", message: `${value} does not fit into \`${kind}\`` };
  }
  return kind === "i64" ? { kind, value } : { kind, value: Number(value) };
};

const wrongKind = (node: ValueNode, kind: ScalarKind): Misfit => ({
  kind: "misfit",
  code: "valueMismatch",
  message: `expected a value of type \`${kind}\`, found ${describeNode(node)}`,
});

export const describeNode = (node: ValueNode): string => {
  switch (node.kind) {
    case "bool":
      return `\`${node.value}\``;
    case "int":
      return "an integer";
    case "double":
      return "a number with a fraction";
    case "string":
      return "a text";
    case "reference":
      return `\`${clip(node.name)}\``;
    default:
      return `a ${node.kind}`;
  }
};

/** A scalar value as the literal that would give it; `undefined` for containers and structs. */
export const literalOf = (value: ConstValue, span: Span): ValueNode | undefined => {
  switch (value.kind) {
    case "bool":
      return { kind: "bool", value: value.value, span };
    case "i8":
    case "i16":
    case "i32":
    case "i64":
    case "enum":
      return { kind: "int", value: BigInt(value.value), span };
    case "double":
      return { kind: "double", value: value.value, span };
    case "string":
      return { kind: "string", value: value.value, span };
    case "binary":
      return { kind: "string", ...decode(value.value), span };
    default:
      return undefined;
  }
};

const decode = (bytes: Uint8Array): { value: string; bytes?: Uint8Array } => {
  try {
    return { value: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { value: "", bytes };
  }
};

/** Equality of types with typedefs looked through. */
export const sameType = (left: ResolvedType, right: ResolvedType): boolean => {
  if (left === right) return true;
  switch (left.kind) {
    case "list":
    case "set":
      return right.kind === left.kind && sameType(left.element, right.element);
    case "map":
      return right.kind === "map" && sameType(left.key, right.key) && sameType(left.value, right.value);
    case "struct":
      return right.kind === "struct" && left.struct === right.struct;
    case "enum":
      return right.kind === "enum" && left.enum === right.enum;
    default:
      return right.kind === left.kind;
  }
};

/** A type as one would write it, with its outermost typedef. */
export const describeType = (type: ResolvedType): string => {
  const text = (each: ResolvedType, depth: number): string => {
    if (each.typedefName !== undefined) return each.typedefName;
    if (depth > 3) return "…";
    switch (each.kind) {
      case "list":
      case "set":
        return `${each.kind}<${text(each.element, depth + 1)}>`;
      case "map":
        return `map<${text(each.key, depth + 1)}, ${text(each.value, depth + 1)}>`;
      case "struct":
        return each.struct.name;
      case "enum":
        return each.enum.name;
      default:
        return each.kind;
    }
  };
  return `\`${clip(text(type, 0))}\``;
};

/** Text that is equal for equal scalars of one type; `undefined` for containers and structs, which are not compared. */
export const valueKey = (value: ConstValue): string | undefined => {
  switch (value.kind) {
    case "list":
    case "set":
    case "map":
    case "struct":
      return undefined;
    case "binary":
      return value.value.join();
    default:
      return String(value.value);
  }
};
