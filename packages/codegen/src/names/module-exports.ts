import type {
  ResolvedConstant,
  ResolvedEnum,
  ResolvedFile,
  ResolvedService,
  ResolvedStruct,
  ResolvedTypedef,
} from "@kitex-ts/thrift/idl";
import type { Shapes } from "../model/shapes.ts";
import { freeName, isDeclarable } from "./reserved.ts";

export type Declaration = ResolvedConstant | ResolvedEnum | ResolvedService | ResolvedStruct | ResolvedTypedef;

/** The names that a generated module exports. */
export interface ModuleExports {
  /** What a definition of the IDL is called: as there, with `_` where TypeScript or another definition stands in the way. */
  readonly own: ReadonlyMap<Declaration, string>;
  /** What is generated besides: `XInit` of a struct or typedef, `XClient` of a service. */
  readonly derived: ReadonlyMap<Declaration, string>;
  readonly all: ReadonlySet<string>;
}

export const declarationsOf = (file: ResolvedFile): readonly Declaration[] => [
  ...file.constants,
  ...file.typedefs,
  ...file.enums,
  ...file.structs,
  ...file.services,
];

/** Names that the IDL gives go first, since they are known; then those that must change; then those that only we know. */
export const moduleExports = (file: ResolvedFile, shapes: Shapes): ModuleExports => {
  const all = new Set<string>();
  const own = new Map<Declaration, string>();
  const derived = new Map<Declaration, string>();
  const declarations = declarationsOf(file);
  const isFree = (name: string): boolean => isDeclarable(name) && !all.has(name);
  const take = (names: Map<Declaration, string>, declaration: Declaration, name: string): void => {
    names.set(declaration, name);
    all.add(name);
  };
  for (const each of declarations) if (isDeclarable(each.name)) take(own, each, each.name);
  for (const each of declarations) if (!isDeclarable(each.name)) take(own, each, freeName(each.name, isFree));
  for (const each of declarations) {
    const suffix = suffixOf(each, shapes);
    if (suffix !== undefined) take(derived, each, freeName(`${each.name}${suffix}`, isFree));
  }
  return { own, derived, all };
};

const suffixOf = (declaration: Declaration, shapes: Shapes): "Init" | "Client" | undefined => {
  switch (declaration.kind) {
    case "service":
      return "Client";
    case "struct":
    case "union":
    case "exception":
      return shapes.isLoose(declaration) ? "Init" : undefined;
    case "typedef":
      // Of an i64 the looser form is short enough to be spelled out: `UserId | number`.
      return declaration.type.kind !== "i64" && shapes.isLooseType(declaration.type, undefined) ? "Init" : undefined;
    default:
      return undefined;
  }
};
