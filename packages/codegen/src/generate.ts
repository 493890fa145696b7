import type { ResolvedFile, ResolvedProgram } from "@kitex-ts/thrift/idl";
import { CodegenError } from "./errors.ts";
import { type GenerateOptions, resolveOptions } from "./options.ts";
import { codecPath, printCodecModule } from "./print/codec-module.ts";
import { type CodegenWarning, Generation } from "./print/generation.ts";
import { printModule } from "./print/module.ts";

/** A module that was generated. */
export interface GeneratedFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Path of the IDL. */
  readonly source: string;
}

/** What a run gives. */
export interface GeneratedCode {
  /** One module per IDL, included ones too, and with codecs ahead of time a second one; sorted by path. */
  readonly files: readonly GeneratedFile[];
  readonly warnings: readonly CodegenWarning[];
}

/**
 * Turns programs into TypeScript: the same programs and options give the same bytes, wherever and whenever.
 *
 * @param programs from `loadThrift`; files that several of them include are generated once.
 * @throws CodegenError
 */
export const generate = (programs: readonly ResolvedProgram[], options: GenerateOptions = {}): GeneratedCode => {
  const generation = new Generation(resolveOptions(options));
  const files = new Map<string, GeneratedFile>();
  for (const { files: sources } of programs) {
    for (const file of sources.flatMap((source) => generateFiles(generation, source))) {
      // Where case does not count, two such files would be one.
      const key = file.path.toLowerCase();
      const other = files.get(key);
      if (other !== undefined && other.text !== file.text) throw conflict(other, file);
      files.set(key, file);
    }
  }
  const sorted = [...files.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  return { files: sorted, warnings: distinct(generation.warnings) };
};

const generateFiles = (generation: Generation, source: ResolvedFile): readonly GeneratedFile[] => {
  const path = generation.pathOf(source);
  const module = { path, text: printModule(generation, source), source: source.path };
  const codecs = generation.options.codec === "aot" ? printCodecModule(generation, source) : undefined;
  return codecs === undefined ? [module] : [module, { ...module, path: codecPath(path), text: codecs }];
};

const conflict = (one: GeneratedFile, other: GeneratedFile): CodegenError =>
  new CodegenError(
    "conflict",
    `${one.source} and ${other.source} would both be generated into ${one.path}; give one of them another namespace or name`,
  );

const distinct = (warnings: readonly CodegenWarning[]): readonly CodegenWarning[] => [
  ...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values(),
];
