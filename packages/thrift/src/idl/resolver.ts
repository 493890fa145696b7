import { clip, createDiagnosticBag, inSourceOrder } from "./diagnostics.ts";
import { checkEndlessDefaults } from "./endless-defaults.ts";
import { checkEndlessStructs } from "./endless-structs.ts";
import { type IdlLimits, withDefaultLimits } from "./limits.ts";
import type { SourceProgram } from "./loader.ts";
import type { ResolvedEnum, ResolvedProgram, ResolvedStruct } from "./model.ts";
import { baseTypeNames } from "./parse-type.ts";
import { resolveConstants } from "./resolve-constants.ts";
import { declarationOf, type OpenField, resolveEnum, resolveFields } from "./resolve-members.ts";
import { reportIgnoredRules, resolveRules } from "./resolve-rules.ts";
import { resolveServices } from "./resolve-services.ts";
import { resolveTypedefs, TypeResolver } from "./resolve-types.ts";
import { ValueResolver } from "./resolve-values.ts";
import { createScopes, type FileScope, type Mutable } from "./scope.ts";

export interface ResolveOptions {
  /** Lets two values of an enum have the same number, as Apache Thrift does; Kitex does not. Default false. */
  readonly allowEnumAlias?: boolean;
  readonly limits?: Partial<IdlLimits>;
}

/**
 * Looks up every name of a loaded program, gives every value its type and checks the rules of the language.
 *
 * @throws {IdlError} with everything that is wrong in any of the files.
 */
export const resolveProgram = (program: SourceProgram, options: ResolveOptions = {}): ResolvedProgram => {
  const limits = withDefaultLimits(options.limits);
  const bag = createDiagnosticBag();
  bag.addAll(program.diagnostics);
  const scopes = createScopes(program, bag);
  const types = new TypeResolver(limits);
  const values = new ValueResolver(limits);

  // Structs exist before their fields do, so that types may refer to them in any order and in circles.
  for (const scope of scopes) declareTypes(scope, options.allowEnumAlias ?? false);
  resolveTypedefs(scopes, types);
  const open = scopes.flatMap((scope) => resolveStructs(scope, types));
  open.push(...resolveServices(scopes, types, limits));
  resolveConstants(scopes, types, values);
  for (const [scope, fields] of open) resolveDefaults(scope, fields, values);
  for (const scope of scopes) resolveAllRules(scope);
  checkEndlessStructs(scopes);
  checkEndlessDefaults(scopes, open);
  for (const scope of scopes) {
    checkNamespaces(scope);
    checkNames(scope);
    checkIncludes(scope);
  }
  bag.throwIfErrors();

  const entry = scopes.find((scope) => scope.source === program.entry)?.file;
  if (entry === undefined) throw new RangeError("the entry of a program is one of its files");
  return { entry, files: scopes.map((scope) => scope.file), diagnostics: inSourceOrder(bag.diagnostics) };
};

const declareTypes = (scope: FileScope, allowAlias: boolean): void => {
  for (const definition of scope.definitions.values()) {
    if (definition.kind === "enum") {
      definition.resolved = resolveEnum(scope, definition.node, allowAlias);
    } else if (definition.kind === "struct") {
      const { node } = definition;
      definition.resolved = { kind: node.kind, file: scope.file, ...declarationOf(scope, node), fields: [] };
    }
  }
};

const resolveStructs = (scope: FileScope, types: TypeResolver): [FileScope, OpenField[]][] => {
  const open: [FileScope, OpenField[]][] = [];
  const file: { enums: ResolvedEnum[]; structs: ResolvedStruct[] } = { enums: [], structs: [] };
  for (const definition of scope.definitions.values()) {
    if (definition.kind === "enum" && definition.resolved !== undefined) file.enums.push(definition.resolved);
    if (definition.kind !== "struct" || definition.resolved === undefined) continue;
    const fields = resolveFields(scope, definition.node.fields, definition.node.kind, types);
    const struct: Mutable<ResolvedStruct> = definition.resolved;
    struct.fields = fields.map(({ field }) => field);
    file.structs.push(struct);
    open.push([scope, fields]);
  }
  Object.assign(scope.file, file);
  return open;
};

const resolveDefaults = (scope: FileScope, fields: readonly OpenField[], values: ValueResolver): void => {
  for (const { node, field } of fields) {
    if (node.defaultValue === undefined) continue;
    const value = values.resolve(scope, node.defaultValue, field.type);
    if (value !== undefined) field.defaultValue = value;
  }
};

const resolveAllRules = (scope: FileScope): void => {
  for (const struct of scope.file.structs) resolveRules(scope, struct);
  for (const { node } of scope.definitions.values()) {
    if (node.kind === "typedef") reportIgnoredRules(scope, node, "a typedef");
    if (node.kind !== "service") continue;
    for (const method of node.functions) {
      for (const argument of method.arguments) reportIgnoredRules(scope, argument, "an argument");
    }
  }
};

const checkNamespaces = (scope: FileScope): void => {
  const seen = new Map<string, string>();
  for (const { scope: language, name, span } of scope.source.document.namespaces) {
    const earlier = seen.get(language);
    if (earlier !== undefined && earlier !== name) {
      const message = `a second namespace for \`${clip(language)}\``;
      scope.reporter.report("duplicateNamespace", span, message, "keep one of them");
    }
    seen.set(language, name);
  }
};

const checkNames = (scope: FileScope): void => {
  for (const { node } of scope.definitions.values()) {
    const { text, span } = node.name;
    if (!baseTypeNames.has(text) && text !== "void") continue;
    const message = `nothing can refer to the ${node.kind} \`${clip(text)}\`: the name means the base type`;
    scope.reporter.report("shadowedByBaseType", span, message, "rename it");
  }
};

const checkIncludes = (scope: FileScope): void => {
  for (const include of [...scope.includes.values()].flat()) {
    if (include.entry.used) continue;
    const span = scope.source.includes.find(({ file }) => file === include.scope.source)?.node.span;
    if (span === undefined) continue;
    scope.reporter.report(
      "unusedInclude",
      span,
      `nothing refers to \`${clip(include.entry.path)}\``,
      "remove the include",
    );
  }
};
