import type { DeclarationNode, EnumNode, FieldNode, Requiredness, StructNode } from "./ast.ts";
import { clip } from "./diagnostics.ts";
import type { ResolvedDeclaration, ResolvedEnum, ResolvedEnumValue, ResolvedField, ResolvedType } from "./model.ts";
import type { TypeResolver } from "./resolve-types.ts";
import type { FileScope, Mutable } from "./scope.ts";

/** Where a list of fields stands, which decides what its members may be. */
export type FieldOwner = StructNode["kind"] | "arguments" | "throws";

/** What every resolved declaration takes over from its node. */
export const declarationOf = (scope: FileScope, node: DeclarationNode): ResolvedDeclaration => ({
  name: node.name.text,
  annotations: node.annotations,
  ...(node.doc === undefined ? {} : { doc: node.doc }),
  location: { file: scope.file, span: node.name.span },
});

/** Numbers and checks the values of an enum. */
export const resolveEnum = (scope: FileScope, node: EnumNode, allowAlias: boolean): ResolvedEnum => {
  const values: ResolvedEnumValue[] = [];
  const byName = new Map<string, number>();
  const byNumber = new Map<bigint, string>();
  let next = 0n;
  for (const each of node.values) {
    const { text, span } = each.name;
    const earlierLine = byName.get(text);
    if (earlierLine !== undefined) {
      const message = `the enum already has a value \`${clip(text)}\` at line ${earlierLine}`;
      scope.reporter.report("duplicateEnumName", span, message, "rename one of them");
    }
    byName.set(text, span.line);
    const value = each.value?.value ?? next;
    next = value + 1n;
    const place = each.value?.span ?? span;
    const same = byNumber.get(value);
    if (value < -0x80000000n || value > 0x7fffffffn) {
      scope.reporter.report(
        "enumValueOutOfRange",
        place,
        `${value} does not fit into 32 bits`,
        "enums are i32 on the wire",
      );
    } else if (same !== undefined && !allowAlias) {
      const message = `\`${clip(text)}\` has the same number ${value} as \`${clip(same)}\``;
      scope.reporter.report("duplicateEnumValue", place, message, "give it its own number, or set `allowEnumAlias`");
    }
    if (same === undefined) byNumber.set(value, text);
    values.push({ ...declarationOf(scope, each), value: Number(value) });
  }
  return { kind: "enum", file: scope.file, ...declarationOf(scope, node), values };
};

/** A field before its default value is known, with the node it came from. */
export interface OpenField {
  readonly node: FieldNode;
  readonly field: Mutable<ResolvedField>;
}

/** Numbers, types and checks a list of fields. Fields whose type is in error are left out. */
export const resolveFields = (
  scope: FileScope,
  nodes: readonly FieldNode[],
  owner: FieldOwner,
  types: TypeResolver,
): OpenField[] => {
  const ids = new FieldIds(scope);
  const names = new Map<string, number>();
  const fields: OpenField[] = [];
  for (const node of nodes) {
    const id = ids.next(node);
    checkName(scope, node, names);
    const type = types.resolve(scope, node.type);
    if (type === undefined) continue;
    checkType(scope, node, type, owner);
    const requiredness = requirednessOf(scope, node, owner);
    fields.push({ node, field: { ...declarationOf(scope, node), id, type, requiredness } });
  }
  if (owner === "union") checkUnionDefaults(scope, nodes);
  return fields;
};

const checkName = (scope: FileScope, node: FieldNode, names: Map<string, number>): void => {
  const { text, span } = node.name;
  const earlierLine = names.get(text);
  if (earlierLine === undefined) {
    names.set(text, span.line);
    return;
  }
  const message = `the name \`${clip(text)}\` is already used at line ${earlierLine}`;
  scope.reporter.report("duplicateFieldName", span, message, "rename one of them");
};

/** Assigns ids as thriftgo does: one more than the previous field, beginning with 1. */
class FieldIds {
  readonly #scope: FileScope;
  readonly #used = new Map<bigint, string>();
  #next = 1n;
  #lowestFree = 1n;
  #warned = false;

  constructor(scope: FileScope) {
    this.#scope = scope;
  }

  next({ id: written, name }: FieldNode): number {
    const { reporter } = this.#scope;
    const id = written?.value ?? this.#next;
    this.#next = id + 1n;
    const span = written?.span ?? name.span;
    const earlier = this.#used.get(id);
    if (id < -0x8000n || id > 0x7fffn) {
      reporter.report(
        "fieldIdOutOfRange",
        span,
        `the field id ${id} does not fit into 16 bits`,
        "use an id from 1 to 32767",
      );
    } else if (earlier !== undefined) {
      const message = `the field id ${id} is already used by \`${clip(earlier)}\``;
      reporter.report("duplicateFieldId", span, message, `use ${this.#free()}, or another free id`);
    } else if (written === undefined) {
      this.#warnImplicit(name, id);
    } else if (id <= 0n) {
      const hint = "Apache Thrift replaces such ids by its own; use positive ones";
      reporter.report("nonPositiveFieldId", span, `the field id ${id} is not positive`, hint);
    }
    if (earlier === undefined) this.#used.set(id, name.text);
    return Number(id);
  }

  #warnImplicit(name: FieldNode["name"], id: bigint): void {
    if (this.#warned) return;
    this.#warned = true;
    const message = `\`${clip(name.text)}\` has no field id and gets ${id}, as in Kitex; Apache Thrift would give a negative one`;
    this.#scope.reporter.report("implicitFieldId", name.span, message, `write \`${id}: …\``);
  }

  /** Ids are never given back, so the search goes on where it ended. */
  #free(): bigint {
    while (this.#used.has(this.#lowestFree)) this.#lowestFree++;
    return this.#lowestFree;
  }
}

const checkType = (scope: FileScope, node: FieldNode, type: ResolvedType, owner: FieldOwner): void => {
  const isException = type.kind === "struct" && type.struct.kind === "exception";
  if (owner === "throws" && !isException) {
    const message = `\`${clip(node.name.text)}\` is not an exception`;
    scope.reporter.report(
      "notAnException",
      node.type.span,
      message,
      "only types declared with `exception` can be thrown",
    );
  } else if (owner !== "throws" && isException) {
    const message = "an exception is used as an ordinary type";
    scope.reporter.report("exceptionAsType", node.type.span, message, "declare it as a struct, or list it in `throws`");
  }
};

const requirednessOf = (scope: FileScope, node: FieldNode, owner: FieldOwner): Requiredness => {
  const { requiredness } = node;
  if (owner === "union" || owner === "throws") {
    if (requiredness === "required") {
      const name = owner === "union" ? "unionRequiredMember" : "ignoredRequiredness";
      const whose = owner === "union" ? "union members" : "declared exceptions";
      scope.reporter.report(name, node.span, `\`required\` has no effect: ${whose} are always optional`, "remove it");
    }
    return "optional";
  }
  if (owner === "arguments" && requiredness === "optional") {
    scope.reporter.report("ignoredRequiredness", node.span, "`optional` has no effect on an argument", "remove it");
    return "default";
  }
  return requiredness;
};

const checkUnionDefaults = (scope: FileScope, nodes: readonly FieldNode[]): void => {
  const [, second] = nodes.filter((node) => node.defaultValue !== undefined);
  if (second?.defaultValue === undefined) return;
  const message = "a union has at most one default value";
  scope.reporter.report("unionDefaults", second.defaultValue.span, message, "remove all but one");
};
