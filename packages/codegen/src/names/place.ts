import type { ResolvedDeclaration } from "@kitex-ts/thrift/idl";
import type { IdlPlace } from "../errors.ts";

/** Where a declaration stands, for messages. */
export const placeOf = ({ location: { file, span } }: ResolvedDeclaration): IdlPlace => ({
  file: file.path,
  line: span.line,
  column: span.column,
});
