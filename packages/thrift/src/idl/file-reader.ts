import { normalizePath } from "./paths.ts";

/**
 * Where IDL files come from. Implement it to read from an archive, a database or a network;
 * `memoryReader` and, by default, the file system are ready to use.
 */
export interface FileReader {
  /**
   * The text of a file, or `undefined` when there is no such file. Throws or rejects when the file exists but cannot be
   * read, or is longer than `maxSize` characters by far (an exact check follows).
   */
  read(path: string, maxSize: number): string | undefined | Promise<string | undefined>;
  /** A name that is equal for two paths of the same file. Default: the normalized path. */
  identify?(path: string): string;
}

/** A reader that answers at once, as `loadThriftSync` needs it. */
export interface SyncFileReader extends FileReader {
  read(path: string, maxSize: number): string | undefined;
}

/** Files from memory: path to text. Paths are compared normalized. */
export const memoryReader = (files: Readonly<Record<string, string>> | ReadonlyMap<string, string>): SyncFileReader => {
  const entries = files instanceof Map ? files.entries() : Object.entries(files);
  const byPath = new Map([...entries].map(([path, text]): [string, string] => [normalizePath(path), text]));
  return { read: (path) => byPath.get(normalizePath(path)) };
};
