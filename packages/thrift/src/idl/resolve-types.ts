import type { Annotation, NamedTypeNode, TypeNode, VoidNode } from "./ast.ts";
import { dependencyOrder } from "./dependency-order.ts";
import { clip } from "./diagnostics.ts";
import { Extents } from "./extents.ts";
import type { IdlLimits } from "./limits.ts";
import type { ResolvedType, ResolvedTypedef, ScalarKind, ScalarType } from "./model.ts";
import { baseTypeNames } from "./parse-type.ts";
import { type Definition, type DefinitionOf, type FileScope, lookUp, suggest } from "./scope.ts";

const unannotated: readonly Annotation[] = Object.freeze([]);
const scalarKinds: readonly ScalarKind[] = ["bool", "i8", "i16", "i32", "i64", "double", "string", "binary"];
const plainScalars: ReadonlyMap<string, ScalarType> = new Map(
  scalarKinds.map((kind) => [kind, Object.freeze({ kind, annotations: unannotated })]),
);

const partsOf = (type: ResolvedType): readonly ResolvedType[] => {
  if (type.kind === "map") return [type.key, type.value];
  return type.kind === "list" || type.kind === "set" ? [type.element] : [];
};

/** What a definition must be to stand for a type. */
const isTypeDefinition = (definition: Definition): boolean =>
  definition.kind === "typedef" || definition.kind === "enum" || definition.kind === "struct";

/** Turns written types into resolved ones. Typedefs must be resolved, by `resolveTypedefs`, before types that use them. */
export class TypeResolver {
  readonly #limits: IdlLimits;
  /** Of types with their typedefs written out. */
  readonly #extents = new Extents(partsOf);

  constructor(limits: IdlLimits) {
    this.#limits = limits;
  }

  /** `undefined` after an error, which is reported here or was where the typedef is. */
  resolve(scope: FileScope, node: TypeNode): ResolvedType | undefined {
    const type = this.#build(scope, node);
    if (type === undefined || this.#extents.get(type) !== undefined) return type;
    const extent = this.#extents.measure(type);
    const { maxNesting, maxTypeSize } = this.#limits;
    if (extent.depth > maxNesting) {
      const message = `the type is nested more than ${maxNesting} levels deep, typedefs included`;
      scope.reporter.report("nestedTooDeep", node.span, message, "put a struct in between, or raise `maxNesting`");
      return undefined;
    }
    if (extent.size > maxTypeSize) {
      const message = `the type has more than ${maxTypeSize} parts with its typedefs written out`;
      scope.reporter.report("typeTooLarge", node.span, message, "put a struct in between, or raise `maxTypeSize`");
      return undefined;
    }
    this.#extents.record(type, extent);
    return type;
  }

  #build(scope: FileScope, node: TypeNode): ResolvedType | undefined {
    const { annotations } = node;
    switch (node.kind) {
      case "base": {
        if (node.name === "uuid") {
          const { span } = node;
          // Before Apache Thrift made it a keyword, files used the name for a type of their own, and to thriftgo it is one.
          if (scope.definitions.has("uuid"))
            return this.#named(scope, { kind: "named", name: { text: "uuid", span }, annotations, span });
          const hint = "use `string`, or `binary` for the 16 bytes";
          scope.reporter.report("unsupportedType", span, "Kitex has no type `uuid`", hint);
          return undefined;
        }
        const plain = plainScalars.get(node.name);
        return annotations.length === 0 || plain === undefined ? plain : { ...plain, annotations };
      }
      case "list":
      case "set": {
        const element = this.resolve(scope, node.element);
        return element === undefined ? undefined : { kind: node.kind, element, annotations };
      }
      case "map": {
        const key = this.resolve(scope, node.key);
        const value = this.resolve(scope, node.value);
        if (key !== undefined) this.#checkMapKey(scope, node.key, key);
        return key === undefined || value === undefined ? undefined : { kind: "map", key, value, annotations };
      }
      case "named":
        return this.#named(scope, node);
    }
  }

  #named(scope: FileScope, node: NamedTypeNode): ResolvedType | undefined {
    const definition = findType(scope, node);
    if (definition === undefined) return undefined;
    const { annotations } = node;
    if (definition.kind === "struct") {
      return definition.resolved && { kind: "struct", struct: definition.resolved, annotations };
    }
    if (definition.kind === "enum")
      return definition.resolved && { kind: "enum", enum: definition.resolved, annotations };
    const typedef = definition.resolved;
    if (typedef === undefined) return undefined;
    const type: ResolvedType = { ...typedef.type, typedefName: typedef.name, typedef, annotations };
    this.#extents.record(type);
    return type;
  }

  #checkMapKey(scope: FileScope, node: TypeNode, key: ResolvedType): void {
    if (
      key.kind !== "struct" &&
      key.kind !== "list" &&
      key.kind !== "set" &&
      key.kind !== "map" &&
      key.kind !== "double"
    )
      return;
    const message = `a map with keys of type \`${key.kind}\` cannot be searched by key`;
    scope.reporter.report("unhashableMapKey", node.span, message, "use a list of structs with a key and a value");
  }
}

/** The definition a type name refers to; reports when there is none, several, or one that is no type. */
const findType = (scope: FileScope, node: NamedTypeNode): DefinitionOf<"typedef" | "enum" | "struct"> | undefined => {
  const { text, span } = node.name;
  const shown = `\`${clip(text)}\``;
  if (text === "void") {
    scope.reporter.report("voidType", span, "`void` is a return type only", "name a type, or remove the member");
    return undefined;
  }
  const lookup = lookUp(scope, text);
  const types = lookup.found.filter(isTypeDefinition);
  const [definition] = types;
  if (types.length > 1) {
    const message = `${shown} is defined by several included files with that prefix`;
    scope.reporter.report("ambiguousReference", span, message, "rename one of the files");
    return undefined;
  }
  if (definition !== undefined && definition.kind !== "const" && definition.kind !== "service") return definition;
  const [other] = lookup.found;
  if (other !== undefined) {
    const message = `${shown} is a ${other.node.kind}, not a type`;
    scope.reporter.report("notAType", span, message, "name a typedef, enum, struct, union or exception");
  } else if (text === "slist") {
    scope.reporter.report("removedType", span, "`slist` was removed from Thrift", "use `string`");
  } else if (text === "list" || text === "set" || text === "map") {
    const hint = text === "map" ? "write `map<key, value>`" : `write \`${text}<type>\``;
    scope.reporter.report("undefinedType", span, `\`${text}\` needs type parameters`, hint);
  } else {
    const hint = () =>
      foreignTypeHint(text) ?? suggest(scope, lookup, isTypeDefinition, [...baseTypeNames, "list", "set", "map"]);
    scope.reporter.report("undefinedType", span, `undefined type ${shown}`, hint);
  }
  return undefined;
};

/** Words of other languages that are too far from Thrift's for a spelling hint. */
const foreignTypes: ReadonlyMap<string, string> = new Map([
  ["int", "i32"],
  ["integer", "i32"],
  ["int8", "i8"],
  ["int16", "i16"],
  ["int32", "i32"],
  ["int64", "i64"],
  ["long", "i64"],
  ["short", "i16"],
  ["float", "double"],
  ["float32", "double"],
  ["float64", "double"],
  ["boolean", "bool"],
  ["bytes", "binary"],
  ["number", "double"],
  ["array", "list"],
]);

const foreignTypeHint = (name: string): string | undefined => {
  const thrift = foreignTypes.get(name.toLowerCase());
  return thrift === undefined ? undefined : `did you mean \`${thrift}\`?`;
};

/** Resolves all typedefs of a program, each after those it is made of. */
export const resolveTypedefs = (scopes: readonly FileScope[], types: TypeResolver): void => {
  const all = scopes.flatMap((scope) =>
    [...scope.definitions.values()].filter((definition) => definition.kind === "typedef"),
  );
  const order = dependencyOrder(all, typedefsIn, (chain) => {
    const [first] = chain;
    if (first === undefined) return;
    const names = shortChain(chain.map((definition) => definition.node.name.text));
    const message = `the typedef refers to itself: ${names}`;
    first.scope.reporter.report(
      "cyclicTypedef",
      first.node.name.span,
      message,
      "a recursive type needs a struct in between",
    );
  });
  for (const definition of order) {
    const { node, scope } = definition;
    const type = types.resolve(scope, node.type);
    if (type === undefined) continue;
    const { text: name, span } = node.name;
    const { annotations, doc } = node;
    const typedef: ResolvedTypedef = {
      kind: "typedef",
      name,
      file: scope.file,
      type,
      annotations,
      ...(doc === undefined ? {} : { doc }),
      location: { file: scope.file, span },
    };
    definition.resolved = typedef;
  }
  for (const scope of scopes) {
    scope.file.typedefs = [...scope.definitions.values()].flatMap((definition) =>
      definition.kind === "typedef" && definition.resolved !== undefined ? [definition.resolved] : [],
    );
  }
};

/** `a -> b -> … -> a`, of bearable length. */
export const shortChain = (names: readonly string[]): string => {
  const shown = names.length > 8 ? [...names.slice(0, 4), "…", ...names.slice(-3)] : names;
  return shown.map((name) => clip(name)).join(" -> ");
};

const typedefsIn = ({ scope, node }: DefinitionOf<"typedef">): DefinitionOf<"typedef">[] => {
  const found: DefinitionOf<"typedef">[] = [];
  const visit = (type: TypeNode | VoidNode): void => {
    if (type.kind === "list" || type.kind === "set") visit(type.element);
    if (type.kind === "map") {
      visit(type.key);
      visit(type.value);
    }
    if (type.kind !== "named") return;
    for (const definition of lookUp(scope, type.name.text).found)
      if (definition.kind === "typedef") found.push(definition);
  };
  visit(node.type);
  return found;
};
