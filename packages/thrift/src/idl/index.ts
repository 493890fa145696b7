export type * from "./ast.ts";
export type { DiagnosticCode, Severity } from "./codes.ts";
export { type Diagnostic, formatDiagnostics, IdlError } from "./diagnostics.ts";
export type * from "./model.ts";
export type { Position, SourceText } from "./source.ts";
