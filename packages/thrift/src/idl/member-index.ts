import type { ResolvedEnum, ResolvedEnumValue, ResolvedField, ResolvedStruct } from "./model.ts";

/** Fast access to the values of an enum; the first one of a name or number counts. */
export interface EnumIndex {
  readonly byName: ReadonlyMap<string, ResolvedEnumValue>;
  readonly byNumber: ReadonlyMap<number, ResolvedEnumValue>;
}

/** Fast access to the members of a struct. */
export interface StructIndex {
  readonly byName: ReadonlyMap<string, ResolvedField>;
  readonly required: readonly ResolvedField[];
}

const enums = new WeakMap<ResolvedEnum, EnumIndex>();
const structs = new WeakMap<ResolvedStruct, StructIndex>();

export const enumIndex = (resolved: ResolvedEnum): EnumIndex => {
  let index = enums.get(resolved);
  if (index === undefined) {
    // Reversed, since the last entry of a key wins.
    const values = resolved.values.toReversed();
    index = {
      byName: new Map(values.map((value) => [value.name, value])),
      byNumber: new Map(values.map((value) => [value.value, value])),
    };
    enums.set(resolved, index);
  }
  return index;
};

/** Only for structs whose fields are complete. */
export const structIndex = (resolved: ResolvedStruct): StructIndex => {
  let index = structs.get(resolved);
  if (index === undefined) {
    index = {
      byName: new Map(resolved.fields.toReversed().map((field) => [field.name, field])),
      required: resolved.fields.filter((field) => field.requiredness === "required"),
    };
    structs.set(resolved, index);
  }
  return index;
};
