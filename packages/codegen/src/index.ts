export { CodegenError, type CodegenErrorKind, type IdlPlace } from "./errors.ts";
export { type GeneratedCode, type GeneratedFile, generate } from "./generate.ts";
export type { CodecTiming, GenerateOptions, ImportExtension, Int64Mode } from "./options.ts";
export type { FolderState } from "./output/folder.ts";
export { type CheckReport, check, type GenOptions, type GenReport, gen } from "./output/gen.ts";
export type { CodegenWarning } from "./print/generation.ts";
export { createProject, type ProjectOptions, type ProjectReport } from "./scaffold/create-project.ts";
export type { ProjectPackages } from "./scaffold/templates/package.ts";
