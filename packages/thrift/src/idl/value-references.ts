import type { ReferenceNode } from "./ast.ts";
import { clip } from "./diagnostics.ts";
import { enumIndex } from "./member-index.ts";
import type { ResolvedEnum, ResolvedEnumValue, ResolvedType } from "./model.ts";
import { type Definition, type DefinitionOf, type FileScope, lookUp, suggest } from "./scope.ts";
import { nearest } from "./suggestion.ts";

/** What a name in a value stands for. */
export type ReferenceTarget =
  | { readonly kind: "const"; readonly definition: DefinitionOf<"const"> }
  | { readonly kind: "member"; readonly enum: ResolvedEnum; readonly member: ResolvedEnumValue };

/**
 * All readings of a name: a constant, `Enum.VALUE`, `include.CONSTANT` or `include.Enum.VALUE`, where the enum may also be
 * named through a typedef. Typedefs and enums must be resolved.
 */
export const readingsOf = (scope: FileScope, name: string): readonly ReferenceTarget[] => {
  const readings: ReferenceTarget[] = [];
  for (const definition of lookUp(scope, name).found) {
    if (definition.kind === "const") readings.push({ kind: "const", definition });
  }
  const dot = name.lastIndexOf(".");
  if (dot < 0) return readings;
  const member = name.slice(dot + 1);
  for (const definition of lookUp(scope, name.slice(0, dot)).found) {
    const resolved = enumOf(definition);
    const found = resolved && enumIndex(resolved).byName.get(member);
    if (resolved !== undefined && found !== undefined) readings.push({ kind: "member", enum: resolved, member: found });
  }
  return readings;
};

const enumOf = (definition: Definition): ResolvedEnum | undefined => {
  if (definition.kind === "enum") return definition.resolved;
  if (definition.kind !== "typedef") return undefined;
  const type = definition.resolved?.type;
  return type?.kind === "enum" ? type.enum : undefined;
};

/** The one thing a name stands for; reports when there is none or several. `wanted` is the declared type. */
export const findReference = (
  scope: FileScope,
  node: ReferenceNode,
  wanted: ResolvedType,
): ReferenceTarget | undefined => {
  const [target, ...others] = readingsOf(scope, node.name);
  const shown = `\`${clip(node.name)}\``;
  if (others.length > 0 && target !== undefined) {
    const message = `${shown} may be read as ${[target, ...others].map(describe).join(" or ")}`;
    scope.reporter.report("ambiguousValue", node.span, message, "rename one of them");
    return undefined;
  }
  if (target === undefined || (target.kind === "member" && wanted.kind === "enum" && target.enum !== wanted.enum)) {
    const foreign = memberByLastPart(scope, node, wanted);
    if (foreign !== undefined) return foreign;
  }
  if (target !== undefined) return target;
  scope.reporter.report("undefinedValue", node.span, `undefined value ${shown}`, () =>
    hintFor(scope, node.name, wanted),
  );
  return undefined;
};

/** Apache Thrift looks at the last part of a name only when an enum is wanted, whatever stands before it. */
const memberByLastPart = (scope: FileScope, node: ReferenceNode, wanted: ResolvedType): ReferenceTarget | undefined => {
  const dot = node.name.lastIndexOf(".");
  if (wanted.kind !== "enum" || dot < 0) return undefined;
  const member = enumIndex(wanted.enum).byName.get(node.name.slice(dot + 1));
  if (member === undefined) return undefined;
  const full = qualified(scope, wanted.enum, member.name);
  const message = `\`${clip(node.name)}\` is read as \`${clip(full)}\`, as in Apache Thrift; Kitex rejects it or its Go code`;
  scope.reporter.report("foreignEnumName", node.span, message, `write \`${clip(full)}\``);
  return { kind: "member", enum: wanted.enum, member };
};

const qualified = (scope: FileScope, { file, name }: ResolvedEnum, member: string): string =>
  `${file === scope.file ? "" : `${file.name}.`}${name}.${member}`;

const describe = (target: ReferenceTarget): string => {
  if (target.kind === "member") return `a value of enum \`${clip(target.enum.name)}\``;
  return `the constant of \`${clip(target.definition.scope.file.path)}\``;
};

const hintFor = (scope: FileScope, name: string, wanted: ResolvedType): string | undefined => {
  const dot = name.lastIndexOf(".");
  const member = name.slice(dot + 1);
  const [named] = dot < 0 ? [] : lookUp(scope, name.slice(0, dot)).found;
  const meant = (named && enumOf(named)) ?? (wanted.kind === "enum" ? wanted.enum : undefined);
  if (meant !== undefined) {
    const { byName } = enumIndex(meant);
    const near = byName.has(member) ? member : nearest(member, byName.keys());
    if (near !== undefined) return `did you mean \`${clip(qualified(scope, meant, near))}\`?`;
    return `the values of \`${clip(meant.name)}\` are ${clip([...byName.keys()].slice(0, 10).join(", "), 120)}`;
  }
  if (wanted.kind === "string" && dot < 0) return `put a text in quotes: "${clip(name)}"`;
  return suggest(scope, lookUp(scope, name), (definition) => definition.kind === "const", ["true", "false"]);
};
