import { posix, relative, resolve, sep } from "node:path";
import { IdlError, loadThrift, memoryReader, type ResolvedProgram } from "@kitex-ts/thrift/idl";
import { CodegenError } from "../errors.ts";

/** An IDL with all that it includes, to be written into a project. */
export interface IdlCopy {
  /** Paths relative to the project, with `/`. */
  readonly entry: string;
  readonly includeDirs: readonly string[];
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** Where a project keeps its IDL. */
export const idlFolder = "idl";

/**
 * Lays out a program's files below `idl/` as they lie now, from the nearest folder that holds them all, and makes sure that includes are found there too.
 *
 * @throws CodegenError `file` when they would not be
 */
export const copyIdl = async (program: ResolvedProgram, includeDirs: readonly string[]): Promise<IdlCopy> => {
  const absolute = program.files.map(({ path }) => resolve(path));
  const home = commonFolder(absolute.map((path) => path.split(sep).slice(0, -1)));
  const inProject = (path: string): string => posix.join(idlFolder, relative(home, path).split(sep).join("/"));
  const files = program.files.map(({ document }, index) => ({
    path: inProject(absolute[index] ?? ""),
    text: document.source.text,
  }));
  const entry = inProject(resolve(program.entry.path));
  const copied = includeDirs
    .map((folder) => resolve(folder))
    .filter((folder) => folder === home || folder.startsWith(home + sep))
    .map(inProject);
  const copy = { entry, includeDirs: [...new Set(copied)], files };
  try {
    const reader = memoryReader(new Map(files.map(({ path, text }) => [path, text])));
    await loadThrift(entry, { reader, includeDirs: copy.includeDirs });
  } catch (error) {
    if (!(error instanceof IdlError)) throw error;
    const message = `the IDL does not find its includes once it is copied to ${idlFolder}/; put the files there yourself, so that they do, and pass that one`;
    throw new CodegenError("file", `${message}\n${error.message}`, undefined, { cause: error });
  }
  return copy;
};

/** The longest path that all folders begin with. */
const commonFolder = (folders: readonly (readonly string[])[]): string => {
  const [first = [], ...others] = folders;
  const length = first.findIndex((part, index) => others.some((folder) => folder[index] !== part));
  return (length < 0 ? first : first.slice(0, length)).join(sep);
};
