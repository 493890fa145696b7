import type { ResolvedFunction } from "@kitex-ts/thrift/idl";

/** Streams have no TypeScript yet; a call with one answer is the same over every transport. */
export const isGenerated = ({ streaming }: ResolvedFunction): boolean =>
  streaming === undefined || streaming === "unary";
