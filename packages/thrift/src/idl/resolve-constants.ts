import type { ValueNode } from "./ast.ts";
import { dependencyOrder } from "./dependency-order.ts";
import type { ResolvedConstant } from "./model.ts";
import { declarationOf } from "./resolve-members.ts";
import { shortChain, type TypeResolver } from "./resolve-types.ts";
import type { ValueResolver } from "./resolve-values.ts";
import type { DefinitionOf, FileScope } from "./scope.ts";
import { readingsOf } from "./value-references.ts";

type Constant = DefinitionOf<"const">;

/** Resolves all constants of a program, each after those it refers to. Types and members of structs must be resolved. */
export const resolveConstants = (scopes: readonly FileScope[], types: TypeResolver, values: ValueResolver): void => {
  const all = scopes.flatMap((scope) =>
    [...scope.definitions.values()].filter((definition) => definition.kind === "const"),
  );
  const order = dependencyOrder(all, constantsIn, (chain) => {
    const [first] = chain;
    if (first === undefined) return;
    const names = shortChain(chain.map((definition) => definition.node.name.text));
    const message = `the constant refers to itself: ${names}`;
    first.scope.reporter.report("cyclicConstant", first.node.name.span, message, "write one of the values out");
  });
  for (const definition of order) {
    const { node, scope } = definition;
    const type = types.resolve(scope, node.type);
    const value = type && values.resolve(scope, node.value, type);
    if (type === undefined || value === undefined) continue;
    const resolved: ResolvedConstant = { kind: "const", file: scope.file, ...declarationOf(scope, node), type, value };
    definition.resolved = resolved;
  }
  for (const scope of scopes) {
    scope.file.constants = [...scope.definitions.values()].flatMap((definition) =>
      definition.kind === "const" && definition.resolved !== undefined ? [definition.resolved] : [],
    );
  }
};

const constantsIn = ({ scope, node }: Constant): readonly Constant[] => {
  const found: Constant[] = [];
  const visit = (value: ValueNode): void => {
    if (value.kind === "list") for (const each of value.values) visit(each);
    if (value.kind === "map") {
      for (const entry of value.entries) {
        visit(entry.key);
        visit(entry.value);
      }
    }
    if (value.kind !== "reference") return;
    for (const reading of readingsOf(scope, value.name)) if (reading.kind === "const") found.push(reading.definition);
  };
  visit(node.value);
  return found;
};
