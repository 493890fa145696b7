import type { ConstValue, ListValue, MapValue, ResolvedField, ResolvedType, StructValue } from "@kitex-ts/thrift/idl";
import type { Doc } from "../doc/doc.ts";
import { arrayDoc, callDoc, genericDoc, objectDoc, propertyDoc } from "../doc/syntax.ts";
import { CodegenError, type IdlPlace } from "../errors.ts";
import { modeOf, modeOfType } from "../model/int64.ts";
import { isPresent, isTrueSet } from "../model/shapes.ts";
import { propertyNames } from "../names/property-names.ts";
import type { Int64Mode } from "../options.ts";
import { doubleLiteral, keyLiteral, textLiteral } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import { type Direction, typeArgumentDoc } from "./type.ts";

/** How values are written. */
export interface ValueContext {
  readonly scope: ModuleScope;
  /** `complete`: with every field that a decoded struct has. `given`: only what the IDL says and requires; the runtime fills in the rest. */
  readonly form: "complete" | "given";
  /** Of which types containers are: those of constants cannot be changed, those in structs are what structs declare. */
  readonly direction: Direction;
  /** Where the value stands, for messages. */
  readonly place: IdlPlace;
}

/** A constant or default as an expression. */
export const valueDoc = (
  context: ValueContext,
  value: ConstValue,
  type: ResolvedType,
  outer?: Int64Mode | undefined,
): Doc => {
  const { scope } = context;
  const mode = modeOfType(type, outer);
  switch (value.kind) {
    case "bool":
    case "i8":
    case "i16":
    case "i32":
      return String(value.value);
    case "double":
      return doubleLiteral(value.value, scope.global("Number"));
    case "i64":
      return int64Literal(value.value, mode ?? scope.options.int64, context.place);
    case "string":
      return textLiteral(value.value);
    case "binary":
      return constructed(
        `new ${scope.global("Uint8Array")}`,
        context,
        value.value.length === 0 ? undefined : [...value.value].map(String),
      );
    case "enum":
      // In a circle of includes the other module may be evaluated later.
      return value.member === undefined || scope.isInCircle(value.enum.file)
        ? String(value.value)
        : `${scope.name(value.enum, "value")}.${value.member.name}`;
    case "list":
    case "set":
      return sequenceDoc(context, value, type, mode);
    case "map":
      return mapDoc(context, value, type, mode);
    case "struct":
      return structDoc(context, value);
  }
};

const int64Literal = (value: bigint, mode: Int64Mode, place: IdlPlace): string => {
  if (mode === "bigint") return `${value}n`;
  if (mode === "string") return `"${value}"`;
  if (Number.isSafeInteger(Number(value))) return String(value);
  throw new CodegenError(
    "idl",
    `${value} is beyond ±(2^53-1) and no safe number; let it be a bigint or a string`,
    place,
  );
};

/** Constants are marked as free of effects, so that bundlers drop those that nobody uses. */
const constructed = (
  callee: string,
  { form }: ValueContext,
  elements: readonly Doc[] | undefined,
  isNested = false,
): Doc =>
  callDoc(
    form === "complete" ? `/*@__PURE__*/ ${callee}` : callee,
    elements === undefined ? [] : [arrayDoc(elements, isNested)],
  );

const sequenceDoc = (
  context: ValueContext,
  { values }: ListValue,
  type: ResolvedType,
  mode: Int64Mode | undefined,
): Doc => {
  const element = type.kind === "list" || type.kind === "set" ? type.element : type;
  const elements = values.map((value) => valueDoc(context, value, element, mode));
  const isNested = values.length > 1 && values.every((value) => isLongCompound(context, value, values[0]));
  if (type.kind === "set" && isTrueSet(type.element)) {
    return constructed(
      `new ${context.scope.global("Set")}`,
      context,
      elements.length === 0 ? undefined : elements,
      isNested,
    );
  }
  return arrayDoc(elements, isNested);
};

/** Several of a kind with several parts each stand on a line each. */
const isLongCompound = (context: ValueContext, value: ConstValue, first: ConstValue | undefined): boolean => {
  if (value.kind !== first?.kind) return false;
  if (value.kind === "list") return value.values.length > 1;
  return value.kind === "struct" && (value.struct.kind === "union" || fieldsOf(context, value).length > 1);
};

const mapDoc = (context: ValueContext, { entries }: MapValue, type: ResolvedType, mode: Int64Mode | undefined): Doc => {
  const { scope, form, direction } = context;
  if (type.kind !== "map") throw new TypeError("a map literal is of a map type");
  const plain = ["bool", "i8", "i16", "i32", "i64", "double", "string"];
  const isPlain = plain.includes(type.key.kind) && plain.includes(type.value.kind);
  const types = [type.key, type.value].map((part) => typeArgumentDoc(scope, part, direction, mode));
  const name = scope.global("Map");
  const callee = isPlain ? `new ${name}` : ["new ", genericDoc(name, types)];
  const elements = entries.map(({ key, value }) =>
    arrayDoc([valueDoc(context, key, type.key, mode), valueDoc(context, value, type.value, mode)]),
  );
  const pure = form === "complete" ? "/*@__PURE__*/ " : "";
  return callDoc([pure, callee], elements.length === 0 ? [] : [arrayDoc(elements, true)]);
};

const structDoc = (outer: ValueContext, value: StructValue): Doc => {
  const { scope, form } = outer;
  const context: ValueContext = outer.direction === "constant" ? { ...outer, direction: "output" } : outer;
  const { struct } = value;
  const names = propertyNames(struct);
  if (struct.kind === "union") {
    const [member] = value.fields;
    if (member === undefined) return "{ case: undefined }";
    const content = valueDoc(context, member.value, member.field.type, modeOf(member.field));
    return objectDoc([
      `case: ${textLiteral(names.get(member.field) ?? member.field.name)}`,
      propertyDoc("value", content),
    ]);
  }
  const written = fieldsOf(context, value);
  const present = new Set(written.map(([field]) => field));
  // Left out, a property called like what every object inherits would be taken for that by the compiler.
  const isInherited = (field: ResolvedField): boolean => !present.has(field) && field.name in Object.prototype;
  const object = objectDoc([
    ...written.map(([field, content]) =>
      propertyDoc(keyLiteral(names.get(field) ?? field.name), valueDoc(context, content, field.type, modeOf(field))),
    ),
    ...struct.fields.filter(isInherited).map((field) => `${keyLiteral(names.get(field) ?? field.name)}: undefined`),
  ]);
  if (form === "given" || struct.kind === "struct") return object;
  return callDoc(`/*@__PURE__*/ new ${scope.name(struct, "value")}`, [object]);
};

/** The fields that are written, in the order of the declaration. */
const fieldsOf = (
  { form }: ValueContext,
  { struct, fields }: StructValue,
): readonly (readonly [ResolvedField, ConstValue])[] => {
  const given = new Map(fields.map(({ field, value }) => [field, value]));
  // The constructor of an exception fills in the rest by itself, and the runtime does in defaults; but nothing that is required.
  const isComplete = form === "complete" && struct.kind === "struct";
  const isRequired = (field: ResolvedField): boolean =>
    field.requiredness === "required" && field.defaultValue === undefined;
  return struct.fields
    .filter((field) => given.has(field) || isRequired(field) || (isComplete && isPresent(field)))
    .map((field) => [field, given.get(field) ?? field.defaultValue ?? zeroValue(field)]);
};

/** What a field is that nobody set, as in Go. */
const zeroValue = ({ type }: ResolvedField): ConstValue => {
  switch (type.kind) {
    case "bool":
      return { kind: "bool", value: false };
    case "i64":
      return { kind: "i64", value: 0n };
    case "string":
      return { kind: "string", value: "" };
    case "binary":
      return { kind: "binary", value: new Uint8Array(0) };
    case "list":
    case "set":
      return { kind: type.kind, values: [] };
    case "map":
      return { kind: "map", entries: [] };
    case "struct":
      return { kind: "struct", struct: type.struct, fields: [] };
    case "enum":
      return { kind: "enum", enum: type.enum, value: 0 };
    default:
      return { kind: type.kind, value: 0 };
  }
};
