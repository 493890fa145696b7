import type { ConstNode, DefinitionNode, EnumNode, ServiceNode, StructNode, TypedefNode } from "./ast.ts";
import { clip, type DiagnosticBag, type Reporter } from "./diagnostics.ts";
import type { SourceFile, SourceProgram } from "./loader.ts";
import type {
  ResolvedConstant,
  ResolvedEnum,
  ResolvedFile,
  ResolvedInclude,
  ResolvedService,
  ResolvedStruct,
  ResolvedTypedef,
} from "./model.ts";
import { prefixOf } from "./paths.ts";
import { didYouMean, nearest } from "./suggestion.ts";

/** Model objects while they are being filled in. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a file defines under one name. `resolved` appears when the definition has been worked out without error. */
export type Definition =
  | { readonly kind: "typedef"; readonly node: TypedefNode; readonly scope: FileScope; resolved?: ResolvedTypedef }
  | { readonly kind: "const"; readonly node: ConstNode; readonly scope: FileScope; resolved?: ResolvedConstant }
  | { readonly kind: "enum"; readonly node: EnumNode; readonly scope: FileScope; resolved?: ResolvedEnum }
  | { readonly kind: "struct"; readonly node: StructNode; readonly scope: FileScope; resolved?: ResolvedStruct }
  | { readonly kind: "service"; readonly node: ServiceNode; readonly scope: FileScope; resolved?: ResolvedService };

export type DefinitionOf<K extends Definition["kind"]> = Extract<Definition, { kind: K }>;

/** An include seen from the including file. */
export interface ScopeInclude {
  readonly scope: FileScope;
  readonly entry: Mutable<ResolvedInclude>;
}

/** The names that are visible in one file. */
export interface FileScope {
  readonly source: SourceFile;
  readonly file: Mutable<ResolvedFile>;
  readonly reporter: Reporter;
  /** Own definitions by name, the first of each name. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Included files by prefix; several files may share one. */
  readonly includes: ReadonlyMap<string, readonly ScopeInclude[]>;
}

interface OpenScope extends FileScope {
  readonly definitions: Map<string, Definition>;
  readonly includes: Map<string, ScopeInclude[]>;
}

/** One scope per file, in the order of the program's files. */
export const createScopes = (program: SourceProgram, bag: DiagnosticBag): readonly FileScope[] => {
  const scopes = new Map<SourceFile, OpenScope>();
  for (const source of program.files) {
    const reporter = bag.reporterFor(source.document.source);
    scopes.set(source, { source, file: createFile(source), reporter, definitions: new Map(), includes: new Map() });
  }
  for (const scope of scopes.values()) {
    collectDefinitions(scope);
    collectIncludes(scope, scopes);
  }
  return [...scopes.values()];
};

const collectIncludes = (scope: OpenScope, scopes: ReadonlyMap<SourceFile, FileScope>): void => {
  const all: ResolvedInclude[] = [];
  for (const { node, file } of scope.source.includes) {
    const target = scopes.get(file);
    if (target === undefined) continue;
    const prefix = target.file.name;
    const entry = { path: node.path, prefix, file: target.file, used: false };
    all.push(entry);
    const same = scope.includes.get(prefix);
    if (same === undefined) {
      scope.includes.set(prefix, [{ scope: target, entry }]);
      continue;
    }
    same.push({ scope: target, entry });
    const message = `two included files share the prefix \`${clip(prefix)}\``;
    scope.reporter.report("ambiguousPrefix", node.pathSpan, message, "rename one of the files");
  }
  scope.file.includes = all;
};

const createFile = ({ path, document }: SourceFile): Mutable<ResolvedFile> => ({
  path,
  name: prefixOf(path),
  namespaces: document.namespaces.map(({ scope, name, annotations }) => ({ scope, name, annotations })),
  includes: [],
  cppIncludes: document.cppIncludes.map((include) => include.path),
  typedefs: [],
  constants: [],
  enums: [],
  structs: [],
  services: [],
  ...(document.doc === undefined ? {} : { doc: document.doc }),
  document,
});

const collectDefinitions = (scope: OpenScope): void => {
  for (const node of scope.source.document.definitions) {
    const { text, span } = node.name;
    const earlier = scope.definitions.get(text);
    if (earlier !== undefined) {
      const { line } = earlier.node.name.span;
      const message = `\`${clip(text)}\` is defined twice; it is already a ${earlier.node.kind} at line ${line}`;
      scope.reporter.report("duplicateDefinition", span, message, "rename one of them");
      continue;
    }
    scope.definitions.set(text, asDefinition(node, scope));
  }
};

const asDefinition = (node: DefinitionNode, scope: FileScope): Definition => {
  switch (node.kind) {
    case "typedef":
      return { kind: "typedef", node, scope };
    case "const":
      return { kind: "const", node, scope };
    case "enum":
      return { kind: "enum", node, scope };
    case "service":
      return { kind: "service", node, scope };
    default:
      return { kind: "struct", node, scope };
  }
};

/** What a reference of the form `name` or `prefix.name` may mean. */
export interface Lookup {
  /** Definitions of that name, the own one or those of included files. More than one is ambiguous. */
  readonly found: readonly Definition[];
  /** Included files with that prefix. */
  readonly includes: readonly ScopeInclude[];
  readonly prefix: string;
  readonly name: string;
}

/** Looks a reference up; a qualified one splits at its last dot, since a prefix may have dots itself. */
export const lookUp = (scope: FileScope, reference: string): Lookup => {
  const dot = reference.lastIndexOf(".");
  if (dot < 0) {
    const own = scope.definitions.get(reference);
    return { found: own === undefined ? [] : [own], includes: [], prefix: "", name: reference };
  }
  const prefix = reference.slice(0, dot);
  const name = reference.slice(dot + 1);
  const includes = scope.includes.get(prefix) ?? [];
  const found: Definition[] = [];
  for (const include of includes) {
    include.entry.used = true;
    const definition = include.scope.definitions.get(name);
    if (definition !== undefined) found.push(definition);
  }
  return { found, includes, prefix, name };
};

/** What to try instead of a reference that was not found. `wanted` tells which definitions could stand there. */
export const suggest = (
  scope: FileScope,
  { prefix, name, includes }: Lookup,
  wanted: (definition: Definition) => boolean,
  builtin: readonly string[] = [],
): string | undefined => {
  if (prefix !== "") {
    const first = includes[0];
    if (first === undefined) {
      const near = nearest(prefix, scope.includes.keys());
      if (near !== undefined) return `did you mean \`${clip(`${near}.${name}`)}\`?`;
      return `add an include of \`${clip(prefix)}.thrift\``;
    }
    const near = nearest(name, namesOf(first.scope, wanted));
    if (near !== undefined) return `did you mean \`${clip(`${prefix}.${near}`)}\`?`;
    return `\`${clip(first.entry.path)}\` does not define it; includes of includes are not visible`;
  }
  for (const [key, included] of scope.includes) {
    const hit = included.find((include) => {
      const definition = include.scope.definitions.get(name);
      return definition !== undefined && wanted(definition);
    });
    if (hit !== undefined) return `did you mean \`${clip(key)}.${clip(name)}\`?`;
  }
  return didYouMean(name, [...builtin, ...namesOf(scope, wanted)]);
};

const namesOf = (scope: FileScope, wanted: (definition: Definition) => boolean): string[] =>
  [...scope.definitions.values()].filter(wanted).map((definition) => definition.node.name.text);
