import type { FileReader, SyncFileReader } from "./file-reader.ts";

/** No character takes more UTF-8 bytes per UTF-16 code unit than this. */
const maxBytesPerUnit = 3;

/** Codes that mean "there is no such file" rather than "it cannot be read". */
const absent: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"]);

/** Reads regular files, with paths relative to the working directory of the process. */
export const fileSystemReader: FileReader = {
  identify: (path) => builtin("node:path").resolve(path),
  read: async (path, maxSize) => {
    const { readFile, stat } = builtin("node:fs/promises");
    try {
      return isReadable(await stat(path), maxSize) ? await readFile(path, "utf8") : undefined;
    } catch (error) {
      return rethrowUnlessAbsent(error);
    }
  },
};

/** The same, blocking. */
export const syncFileSystemReader: SyncFileReader = {
  identify: (path) => builtin("node:path").resolve(path),
  read: (path, maxSize) => {
    const { readFileSync, statSync } = builtin("node:fs");
    try {
      return isReadable(statSync(path), maxSize) ? readFileSync(path, "utf8") : undefined;
    } catch (error) {
      return rethrowUnlessAbsent(error);
    }
  },
};

const isReadable = (stats: { readonly size: number; isFile(): boolean }, maxSize: number): boolean => {
  if (!stats.isFile()) return false;
  if (stats.size > maxSize * maxBytesPerUnit) throw new RangeError(`it has ${stats.size} bytes`);
  return true;
};

const rethrowUnlessAbsent = (error: unknown): undefined => {
  if (error instanceof Error && "code" in error && absent.has(error.code)) return undefined;
  throw error;
};

/** Looked up when a file is read, so that the parser also works where there is no file system. */
const builtin = <M extends "node:fs" | "node:fs/promises" | "node:path">(
  name: M,
): NonNullable<ReturnType<typeof process.getBuiltinModule<M>>> => {
  const found = typeof process === "undefined" ? undefined : process.getBuiltinModule(name);
  if (found === undefined) throw new Error("there is no file system here; pass a `reader`");
  return found;
};
