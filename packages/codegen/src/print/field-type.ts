import type { ResolvedType } from "@kitex-ts/thrift/idl";
import type { Doc } from "../doc/doc.ts";
import { arrayDoc } from "../doc/syntax.ts";
import { modeOfType } from "../model/int64.ts";
import type { Int64Mode } from "../options.ts";
import type { ModuleScope } from "./module-scope.ts";

/** A type as descriptors spell it: `"i64"`, `["list", () => User]`. */
export const fieldTypeDoc = (scope: ModuleScope, type: ResolvedType, outer: Int64Mode | undefined): Doc => {
  const mode = modeOfType(type, outer);
  switch (type.kind) {
    case "i64": {
      const name = mode ?? scope.options.int64;
      return name === "bigint" ? '"i64"' : `"i64:${name}"`;
    }
    case "struct":
      return `() => ${scope.name(type.struct, "value")}`;
    case "list":
    case "set":
      return arrayDoc([`"${type.kind}"`, fieldTypeDoc(scope, type.element, mode)]);
    case "map":
      return arrayDoc(['"map"', fieldTypeDoc(scope, type.key, mode), fieldTypeDoc(scope, type.value, mode)]);
    default:
      return `"${type.kind}"`;
  }
};
