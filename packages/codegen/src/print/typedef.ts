import type { ResolvedTypedef } from "@kitex-ts/thrift/idl";
import { type Doc, hardline } from "../doc/doc.ts";
import { modeOf } from "../model/int64.ts";
import { commentDoc } from "./comment.ts";
import type { ModuleScope } from "./module-scope.ts";
import { type Direction, typeDoc } from "./type.ts";

/** A typedef: an alias, and another one for input where that is looser. */
export const typedefDocs = (scope: ModuleScope, typedef: ResolvedTypedef): Doc => {
  const alias = (name: string, direction: Direction): Doc => {
    const type = typeDoc(scope, typedef.type, direction, modeOf(typedef));
    // A broken union brings its own line break.
    return [commentDoc(typedef), `export type ${name} = `, type, ";"];
  };
  const input = scope.derivedName(typedef);
  const output = alias(scope.name(typedef, "type"), "output");
  return input === undefined ? output : [output, hardline, alias(input, "input")];
};
