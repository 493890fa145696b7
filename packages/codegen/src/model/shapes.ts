import type { ResolvedField, ResolvedStruct, ResolvedType } from "@kitex-ts/thrift/idl";
import type { Int64Mode } from "../options.ts";
import { modeOf, modeOfType } from "./int64.ts";

/** Does a decoded struct always have the field? Otherwise it is optional in TypeScript. */
export const isPresent = (field: ResolvedField): boolean => {
  if (field.requiredness === "required" || field.defaultValue !== undefined) return true;
  return field.requiredness === "default" && field.type.kind !== "struct";
};

/** Must a value that is sent have the field? */
export const isDemanded = (field: ResolvedField): boolean => field.requiredness === "required";

/** A set whose elements are compared by value in JavaScript, so that a `Set` of them is one; others are arrays. As in the runtime. */
export const isTrueSet = (element: ResolvedType): boolean =>
  !["list", "set", "map", "struct", "binary"].includes(element.kind);

/** Where what is sent may be given more loosely than what is received, and therefore has a type of its own. */
export class Shapes {
  readonly #int64: Int64Mode;
  readonly #loose = new Map<ResolvedStruct, boolean>();

  constructor(int64: Int64Mode) {
    this.#int64 = int64;
  }

  isLoose(struct: ResolvedStruct): boolean {
    const known = this.#loose.get(struct);
    if (known !== undefined) return known;
    const members = this.#closure(struct);
    for (const member of members) this.#loose.set(member, this.#isLooseItself(member));
    // What contains a loose struct is loose.
    const isLoose = (part: ResolvedStruct): boolean => this.#loose.get(part) === true;
    for (let changed = true; changed; ) {
      const found = [...members].filter((member) => !isLoose(member) && structsOf(member).some(isLoose));
      for (const member of found) this.#loose.set(member, true);
      changed = found.length > 0;
    }
    return this.#loose.get(struct) ?? false;
  }

  /** Does a type accept more than it gives? */
  isLooseType(type: ResolvedType, outer: Int64Mode | undefined): boolean {
    return type.kind === "struct" ? this.isLoose(type.struct) : this.#isLooseShape(type, outer);
  }

  #isLooseItself(struct: ResolvedStruct): boolean {
    // What an exception gives is an error, with more to it than anybody wants to fill in.
    if (struct.kind === "exception") return true;
    const mayBeLeftOut = (field: ResolvedField): boolean =>
      struct.kind === "struct" && isPresent(field) && !isDemanded(field);
    return struct.fields.some((field) => mayBeLeftOut(field) || this.#isLooseShape(field.type, modeOf(field)));
  }

  #isLooseShape(type: ResolvedType, outer: Int64Mode | undefined): boolean {
    if (type.kind === "i64") return (modeOfType(type, outer) ?? this.#int64) === "bigint";
    return type.kind === "list" || type.kind === "set" || type.kind === "map";
  }

  /** All structs that a struct consists of and that are not decided yet. */
  #closure(struct: ResolvedStruct): ReadonlySet<ResolvedStruct> {
    const found = new Set([struct]);
    for (const member of found) for (const part of structsOf(member)) if (!this.#loose.has(part)) found.add(part);
    return found;
  }
}

const structsOf = (struct: ResolvedStruct): readonly ResolvedStruct[] =>
  struct.fields.flatMap(({ type }) => (type.kind === "struct" ? [type.struct] : []));
