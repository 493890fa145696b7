import { type Diagnostic, type LoadOptions, loadThrift } from "@kitex-ts/thrift/idl";
import { CodegenError } from "../errors.ts";
import { type GeneratedCode, generate } from "../generate.ts";
import type { GenerateOptions } from "../options.ts";
import type { CodegenWarning } from "../print/generation.ts";
import { compareFolder, type FolderState, removeFiles, writeFiles } from "./folder.ts";

/** What {@link gen} and {@link check} work on. */
export interface GenOptions extends GenerateOptions {
  /** Output folder. Default: `kitex_gen`. Kitex: `-gen-path`. */
  readonly out?: string | undefined;
  /** Where included files are looked for, after the folder of the file that includes them. Kitex: `-I`. */
  readonly includeDirs?: LoadOptions["includeDirs"] | undefined;
}

interface Findings {
  /** What the IDL front end remarked: warnings and notes of all files. */
  readonly diagnostics: readonly Diagnostic[];
  /** What was generated differently from what one may expect. */
  readonly warnings: readonly CodegenWarning[];
}

/** What {@link gen} did; paths relative to the output folder. */
export interface GenReport extends Findings {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** Files of earlier runs that these IDLs do not give. They are left alone unless `prune` is set. */
  readonly surplus: readonly string[];
  readonly removed: readonly string[];
}

/** What {@link check} found; paths relative to the output folder. */
export interface CheckReport extends FolderState, Findings {
  /** True when nothing is stale, missing or surplus. */
  readonly isFresh: boolean;
}

const DEFAULT_OUT = "kitex_gen";

const generateFrom = async (idls: readonly string[], options: GenOptions): Promise<GeneratedCode & Findings> => {
  if (idls.length === 0) throw new CodegenError("option", "no IDL given");
  const { includeDirs } = options;
  const programs = await Promise.all(
    idls.map((idl) => loadThrift(idl, includeDirs === undefined ? {} : { includeDirs })),
  );
  // A file that several programs include is remarked on once.
  const diagnostics = new Map(
    programs.flatMap((program) => program.diagnostics.map((each) => [JSON.stringify(each), each])),
  );
  return { ...generate(programs, options), diagnostics: [...diagnostics.values()] };
};

/**
 * Generates TypeScript from IDLs and what they include, one module each. Files that are up to date are not touched.
 *
 * @param options with `prune`, files of earlier runs that these IDLs do not give are removed.
 * @throws IdlError when an IDL is wrong; CodegenError; in both cases nothing was written, except for CodegenError `file`
 */
export const gen = async (
  idls: readonly string[],
  options: GenOptions & { readonly prune?: boolean | undefined } = {},
): Promise<GenReport> => {
  const { out = DEFAULT_OUT, prune = false } = options;
  const { files, diagnostics, warnings } = await generateFrom(idls, options);
  const state = await compareFolder(out, files);
  const current = new Set(state.current);
  const changed = files.filter(({ path }) => !current.has(path));
  await writeFiles(out, changed);
  if (prune) await removeFiles(out, state.surplus);
  return {
    written: changed.map(({ path }) => path),
    unchanged: state.current,
    surplus: prune ? [] : state.surplus,
    removed: prune ? state.surplus : [],
    diagnostics,
    warnings,
  };
};

/** Compares an output folder with what {@link gen} would write there. Writes nothing. @throws IdlError; CodegenError */
export const check = async (idls: readonly string[], options: GenOptions = {}): Promise<CheckReport> => {
  const { files, diagnostics, warnings } = await generateFrom(idls, options);
  const state = await compareFolder(options.out ?? DEFAULT_OUT, files);
  const isFresh = state.stale.length + state.missing.length + state.surplus.length === 0;
  return { ...state, isFresh, diagnostics, warnings };
};
