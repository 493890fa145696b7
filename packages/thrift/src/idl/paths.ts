/** Paths of IDL files, with `/` or `\` between their parts; no file system is asked. */

const isAbsolute = (path: string): boolean => /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path);

/** The part before the last separator, with it; empty when there is none. */
export const directoryOf = (path: string): string => path.slice(0, lastSeparator(path) + 1);

/** Basename without its last extension: the prefix by which other files refer to this one. */
export const prefixOf = (path: string): string => {
  const base = path.slice(lastSeparator(path) + 1);
  const dot = base.lastIndexOf(".");
  return dot > 0 ? base.slice(0, dot) : base;
};

const lastSeparator = (path: string): number => Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));

/** `path` seen from `directory`, normalized; an absolute path stays what it is. */
export const joinPath = (directory: string, path: string): string => {
  if (isAbsolute(path) || directory === "") return normalizePath(path);
  return normalizePath(/[\\/]$/.test(directory) ? directory + path : `${directory}/${path}`);
};

/** Without `.`, without `..` as far as possible, without doubled separators, and with `/` only. */
export const normalizePath = (path: string): string => {
  const slashed = path.replaceAll("\\", "/");
  const root = /^(?:[A-Za-z]:)?\//.exec(slashed)?.[0] ?? "";
  const parts: string[] = [];
  for (const part of slashed.slice(root.length).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (root === "") parts.push("..");
  }
  return root + parts.join("/") || ".";
};
