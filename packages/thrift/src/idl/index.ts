export { annotationValue, annotationValues } from "./annotations.ts";
export type * from "./ast.ts";
export type { DiagnosticCode, Severity } from "./codes.ts";
export { type Diagnostic, formatDiagnostics, IdlError } from "./diagnostics.ts";
export { type FileReader, memoryReader, type SyncFileReader } from "./file-reader.ts";
export type { IdlLimits } from "./limits.ts";
export { loadThrift, loadThriftSync } from "./load-thrift.ts";
export {
  type LoadOptions,
  loadSources,
  loadSourcesSync,
  type SourceFile,
  type SourceInclude,
  type SourceProgram,
  type SyncLoadOptions,
} from "./loader.ts";
export type * from "./model.ts";
export { namespaceOf, packageNameOf } from "./namespaces.ts";
export { type ParseOptions, parseThrift } from "./parser.ts";
export { type ResolveOptions, resolveProgram } from "./resolver.ts";
export type { Position, SourceText, Span } from "./source.ts";
