import { dependencyOrder } from "./dependency-order.ts";
import { clip } from "./diagnostics.ts";
import type { ResolvedStruct } from "./model.ts";
import { shortChain } from "./resolve-types.ts";
import type { DefinitionOf, FileScope } from "./scope.ts";

/**
 * Warns about structs that contain themselves through required members only: no finite value of them exists.
 * Both compilers let them pass, and an IDL may well hold one that nobody sends.
 */
export const checkEndlessStructs = (scopes: readonly FileScope[]): void => {
  const structs = scopes.flatMap((scope) =>
    [...scope.definitions.values()].filter((definition) => definition.kind === "struct"),
  );
  const definitions = new Map<ResolvedStruct, DefinitionOf<"struct">>();
  for (const definition of structs)
    if (definition.resolved !== undefined) definitions.set(definition.resolved, definition);
  dependencyOrder(definitions.keys(), requiredStructs, (chain) => {
    const [first] = chain;
    const definition = first && definitions.get(first);
    if (first === undefined || definition === undefined) return;
    const next = chain[1];
    const member = first.fields.find(({ requiredness, type }) => isRequiredStruct(requiredness, type) === next);
    const span = member?.location.span ?? first.location.span;
    const names = shortChain(chain.map((struct) => struct.name));
    const message = `a value of \`${clip(first.name)}\` can never be complete: ${names} are all required`;
    definition.scope.reporter.report(
      "endlessStruct",
      span,
      message,
      "make one of the members optional, or put it in a list",
    );
  });
};

const isRequiredStruct = (
  requiredness: ResolvedStruct["fields"][number]["requiredness"],
  type: ResolvedStruct["fields"][number]["type"],
): ResolvedStruct | undefined => (requiredness === "required" && type.kind === "struct" ? type.struct : undefined);

const requiredStructs = (struct: ResolvedStruct): ResolvedStruct[] =>
  struct.fields.flatMap(({ requiredness, type }) => isRequiredStruct(requiredness, type) ?? []);
