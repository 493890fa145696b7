import type { ListNode, MapNode, ReferenceNode, ValueNode } from "./ast.ts";
import { clip } from "./diagnostics.ts";
import { Extents } from "./extents.ts";
import type { IdlLimits } from "./limits.ts";
import { enumIndex, structIndex } from "./member-index.ts";
import type {
  ConstValue,
  EnumType,
  MapType,
  ResolvedField,
  ResolvedStruct,
  ResolvedType,
  ScalarType,
  StructType,
} from "./model.ts";
import type { FileScope } from "./scope.ts";
import { didYouMean } from "./suggestion.ts";
import { convertScalar, describeNode, describeType, literalOf, sameType, valueKey } from "./value-conversion.ts";
import { findReference } from "./value-references.ts";

/** Turns written values into values of a declared type. Constants must be resolved before what refers to them. */
export class ValueResolver {
  readonly #limits: IdlLimits;
  /** Of values with their constants written out. */
  readonly #extents: Extents<ConstValue> = new Extents(partsOf);

  constructor(limits: IdlLimits) {
    this.#limits = limits;
  }

  /** `undefined` after an error, which is reported here or was where the constant is. */
  resolve(scope: FileScope, node: ValueNode, type: ResolvedType): ConstValue | undefined {
    const value = this.#build(scope, node, type);
    if (value === undefined || this.#extents.get(value) !== undefined) return value;
    const extent = this.#extents.measure(value);
    const { maxNesting, maxValueSize } = this.#limits;
    if (extent.depth > maxNesting) {
      const message = `the value is nested more than ${maxNesting} levels deep, constants included`;
      scope.reporter.report("nestedTooDeep", node.span, message, "flatten it, or raise `maxNesting`");
      return undefined;
    }
    if (extent.size > maxValueSize) {
      const message = `the value has more than ${maxValueSize} parts with its constants written out`;
      scope.reporter.report("valueTooLarge", node.span, message, "raise `maxValueSize` if this is meant");
      return undefined;
    }
    this.#extents.record(value, extent);
    return value;
  }

  #build(scope: FileScope, node: ValueNode, type: ResolvedType): ConstValue | undefined {
    if (node.kind === "reference") return this.#reference(scope, node, type);
    switch (type.kind) {
      case "list":
      case "set":
        if (node.kind === "list") return this.#list(scope, node, type.kind, type.element);
        if (node.kind === "map" && node.entries.length === 0) return { kind: type.kind, values: [] };
        return mismatch(scope, node, type, "write `[value, …]`");
      case "map":
        if (node.kind === "map") return this.#map(scope, node, type);
        if (node.kind === "list" && node.values.length === 0) return { kind: "map", entries: [] };
        return mismatch(scope, node, type, "write `{key: value, …}`");
      case "struct":
        return node.kind === "map"
          ? this.#struct(scope, node, type)
          : mismatch(scope, node, type, 'write `{"member": value, …}`');
      case "enum":
        return this.#enum(scope, node, type);
      default: {
        const converted = convertScalar(node, type.kind);
        if (converted.kind !== "misfit") return converted;
        scope.reporter.report(converted.code, node.span, converted.message);
        return undefined;
      }
    }
  }

  #list(scope: FileScope, node: ListNode, kind: "list" | "set", element: ResolvedType): ConstValue | undefined {
    const values: ConstValue[] = [];
    const seen = new Set<string>();
    let failed = false;
    for (const each of node.values) {
      const value = this.resolve(scope, each, element);
      failed ||= value === undefined;
      if (value === undefined) continue;
      const key = kind === "set" ? valueKey(value) : undefined;
      if (key !== undefined && seen.has(key)) {
        scope.reporter.report("duplicateKey", each.span, "the set already has this element", "remove it");
        continue;
      }
      if (key !== undefined) seen.add(key);
      values.push(value);
    }
    return failed ? undefined : { kind, values };
  }

  #map(scope: FileScope, node: MapNode, type: MapType): ConstValue | undefined {
    const entries: { key: ConstValue; value: ConstValue }[] = [];
    const places = new Map<string, number>();
    let failed = false;
    for (const each of node.entries) {
      const key = this.resolve(scope, each.key, type.key);
      const value = this.resolve(scope, each.value, type.value);
      failed ||= key === undefined || value === undefined;
      if (key === undefined || value === undefined) continue;
      const text = valueKey(key);
      const place = text === undefined ? undefined : places.get(text);
      if (place !== undefined) {
        scope.reporter.report(
          "duplicateKey",
          each.key.span,
          "the map already has this key; the last value counts",
          "remove one",
        );
        entries[place] = { key, value };
        continue;
      }
      if (text !== undefined) places.set(text, entries.length);
      entries.push({ key, value });
    }
    return failed ? undefined : { kind: "map", entries };
  }

  #struct(scope: FileScope, node: MapNode, { struct }: StructType): ConstValue | undefined {
    const members = structIndex(struct);
    const fields = new Map<ResolvedField, ConstValue>();
    let failed = false;
    for (const { key, value: written } of node.entries) {
      const field = key.kind === "string" ? members.byName.get(key.value) : undefined;
      if (field === undefined) {
        failed = true;
        reportUnknownMember(scope, key, struct);
        continue;
      }
      const value = this.resolve(scope, written, field.type);
      failed ||= value === undefined;
      if (value === undefined) continue;
      if (fields.has(field)) {
        const message = `\`${clip(field.name)}\` is given twice; the last value counts`;
        scope.reporter.report("duplicateKey", key.span, message, "remove one");
      }
      fields.set(field, value);
    }
    if (failed) return undefined;
    if (struct.kind === "union" && fields.size !== 1) {
      const message = `a union value has exactly one member, this one has ${fields.size}`;
      scope.reporter.report("valueMismatch", node.span, message);
      return undefined;
    }
    const missing = members.required.find((field) => !fields.has(field));
    if (missing !== undefined) {
      const message = `the required member \`${clip(missing.name)}\` of \`${clip(struct.name)}\` is not given`;
      scope.reporter.report("missingMember", node.span, message, "Go fills in its zero value; give it a value");
    }
    return { kind: "struct", struct, fields: [...fields].map(([field, value]) => ({ field, value })) };
  }

  #enum(scope: FileScope, node: ValueNode, type: EnumType): ConstValue | undefined {
    const name = clip(type.enum.name);
    if (node.kind !== "int") return mismatch(scope, node, type, `write \`${name}.NAME\``);
    if (node.value < -0x80000000n || node.value > 0x7fffffffn) {
      scope.reporter.report(
        "valueOutOfRange",
        node.span,
        `${node.value} does not fit into 32 bits`,
        "enums are i32 on the wire",
      );
      return undefined;
    }
    const value = Number(node.value);
    const member = enumIndex(type.enum).byNumber.get(value);
    if (member !== undefined) return { kind: "enum", enum: type.enum, value, member };
    const message = `\`${name}\` has no value with the number ${value}; Apache Thrift rejects this`;
    scope.reporter.report("unnamedEnumNumber", node.span, message);
    return { kind: "enum", enum: type.enum, value };
  }

  #reference(scope: FileScope, node: ReferenceNode, type: ResolvedType): ConstValue | undefined {
    const target = findReference(scope, node, type);
    if (target?.kind === "member") {
      const source: ConstValue = { kind: "enum", enum: target.enum, value: target.member.value, member: target.member };
      const enumType: EnumType = { kind: "enum", enum: target.enum, annotations: [] };
      return this.#adapt(scope, node, source, enumType, type);
    }
    const constant = target?.definition.resolved;
    if (constant === undefined) return undefined;
    const value = this.#adapt(scope, node, constant.value, constant.type, type);
    if (value === undefined) return undefined;
    const marked: ConstValue = { ...value, constant };
    const extent = this.#extents.get(constant.value);
    if (extent !== undefined) this.#extents.record(marked, extent);
    return marked;
  }

  /** A referenced value seen as the declared type: scalars convert as literals do, everything else must be of that type. */
  #adapt(
    scope: FileScope,
    node: ReferenceNode,
    value: ConstValue,
    from: ResolvedType,
    to: ResolvedType,
  ): ConstValue | undefined {
    if (sameType(from, to)) return value;
    const literal = literalOf(value, node.span);
    if (literal?.kind === "int" && to.kind === "enum" && from.kind !== "enum") return this.#enum(scope, literal, to);
    const converted = literal && isScalar(to) ? convertScalar(literal, to.kind) : undefined;
    if (converted !== undefined && converted.kind !== "misfit") return converted;
    const code = converted?.code ?? "valueMismatch";
    const reason = code === "valueOutOfRange" ? `: ${converted?.message}` : "";
    const message = `\`${clip(node.name)}\` is of type ${describeType(from)}, not ${describeType(to)}${reason}`;
    scope.reporter.report(code, node.span, message);
    return undefined;
  }
}

const isScalar = (type: ResolvedType): type is ScalarType =>
  type.kind !== "list" && type.kind !== "set" && type.kind !== "map" && type.kind !== "struct" && type.kind !== "enum";

const reportUnknownMember = (scope: FileScope, key: ValueNode, struct: ResolvedStruct): void => {
  const owner = `${struct.kind} \`${clip(struct.name)}\``;
  if (key.kind !== "string") {
    const message = `a member of ${owner} is named by a text, not by ${describeNode(key)}`;
    scope.reporter.report("unknownMember", key.span, message, "put the name of the member in quotes");
    return;
  }
  const hint = () => didYouMean(key.value, structIndex(struct).byName.keys());
  scope.reporter.report("unknownMember", key.span, `${owner} has no member \`${clip(key.value)}\``, hint);
};

const mismatch = (scope: FileScope, node: ValueNode, type: ResolvedType, hint: string): undefined => {
  const message = `expected a value of type ${describeType(type)}, found ${describeNode(node)}`;
  scope.reporter.report("valueMismatch", node.span, message, hint);
  return undefined;
};

const partsOf = (value: ConstValue): readonly ConstValue[] => {
  switch (value.kind) {
    case "list":
    case "set":
      return value.values;
    case "map":
      return value.entries.flatMap(({ key, value: each }) => [key, each]);
    case "struct":
      return value.fields.map(({ value: each }) => each);
    default:
      return [];
  }
};
