import { dependencyOrder } from "./dependency-order.ts";
import type { ConstValue, ResolvedConstant, ResolvedField, ResolvedStruct } from "./model.ts";
import type { OpenField } from "./resolve-members.ts";
import { shortChain } from "./resolve-types.ts";
import type { FileScope } from "./scope.ts";

/** What has a value although nobody gives it one. */
type Valued = ResolvedField | ResolvedConstant;

/**
 * Refuses defaults and constants that contain themselves: `struct A { 1: A a = {} }`. A struct in a value is completed by the defaults of its own
 * members, so such a value would never end. Values must be resolved.
 */
export const checkEndlessDefaults = (
  scopes: readonly FileScope[],
  open: readonly (readonly [FileScope, readonly OpenField[]])[],
): void => {
  const owners = new Map<Valued, ResolvedStruct>();
  for (const { file } of scopes)
    for (const struct of file.structs) for (const each of struct.fields) owners.set(each, struct);
  const nameOf = (each: Valued): string => {
    const owner = owners.get(each);
    return owner === undefined ? each.name : `${owner.name}.${each.name}`;
  };
  const withDefault = open.flatMap(([, fields]) => fields.filter(({ field }) => field.defaultValue !== undefined));
  const roots: readonly Valued[] = [
    ...scopes.flatMap(({ file }) => file.constants),
    ...withDefault.map(({ field }) => field),
  ];
  const completions = new Completions();
  dependencyOrder<Valued>(
    roots,
    (each) => completions.of(impliedBy(each)),
    (chain) => {
      const [first] = chain;
      const scope = scopes.find(({ file }) => file === first?.location.file);
      if (first === undefined || scope === undefined) return;
      const message = `the value of ${shortChain([nameOf(first)])} never ends: ${shortChain(chain.map(nameOf))}`;
      scope.reporter.report(
        "endlessDefault",
        first.location.span,
        message,
        "leave a default out, or make a member optional",
      );
    },
  );
};

const impliedBy = (each: Valued): ConstValue | undefined => {
  if ("value" in each) return each.value;
  if (each.defaultValue !== undefined) return each.defaultValue;
  // What is required and not given is filled in, as in Go.
  return each.requiredness === "required" && each.type.kind === "struct"
    ? { kind: "struct", struct: each.type.struct, fields: [] }
    : undefined;
};

/** The members that complete the structs in a value. */
class Completions {
  readonly #known = new Map<ConstValue, readonly ResolvedField[]>();

  of(value: ConstValue | undefined): readonly ResolvedField[] {
    if (value === undefined) return [];
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const found = [...new Set(this.#find(value))];
    this.#known.set(value, found);
    return found;
  }

  #find(value: ConstValue): readonly ResolvedField[] {
    switch (value.kind) {
      case "list":
      case "set":
        return value.values.flatMap((each) => this.of(each));
      case "map":
        return value.entries.flatMap((entry) => [...this.of(entry.key), ...this.of(entry.value)]);
      case "struct": {
        const given = new Set(value.fields.map(({ field }) => field));
        // A union is what is given and nothing else.
        const others = value.struct.kind === "union" ? [] : value.struct.fields.filter((field) => !given.has(field));
        return [
          ...value.fields.flatMap((each) => this.of(each.value)),
          ...others.filter((field) => impliedBy(field) !== undefined),
        ];
      }
      default:
        return [];
    }
  }
}
