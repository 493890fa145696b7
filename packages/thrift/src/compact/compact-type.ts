import type { TypePlan } from "../plan/type-plan.ts";
import { ctypeOf } from "./ctype.ts";
import { VARINT16_MAX, VARINT32_MAX, VARINT64_MAX } from "./varint.ts";

/** The code of a type in headers; that of bool is the one for elements. */
export const codeOf = (type: TypePlan): number => ctypeOf(type.ttype);

/** The fewest bytes a value takes: what a container's count is checked against before anything is allocated. */
export const minSizeOf = (type: TypePlan): number => (type.kind === "double" ? 8 : 1);

/** The most bytes a value of a type takes, or undefined where that depends on the value. */
export const maxSizeOf = (type: TypePlan): number | undefined => {
  switch (type.kind) {
    case "bool":
    case "i8":
      return 1;
    case "i16":
      return VARINT16_MAX;
    case "i32":
    case "enum":
      return VARINT32_MAX;
    case "i64":
    case "i64:number":
    case "i64:string":
      return VARINT64_MAX;
    case "double":
      return 8;
    default:
      return undefined;
  }
};
