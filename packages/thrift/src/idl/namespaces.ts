import type { ResolvedFile } from "./model.ts";

/** The namespace of a file for a language: the first one for exactly that language, else the last one for `*`. */
export const namespaceOf = (file: ResolvedFile, language: string): string | undefined =>
  (file.namespaces.find(({ scope }) => scope === language) ?? file.namespaces.findLast(({ scope }) => scope === "*"))
    ?.name;

/**
 * The package name that Kitex puts into service info and xDS paths: the last part, in lower case, of the file's namespace
 * for Go or, without one, of its name. `namespace go a.b.Cd` gives `cd`.
 */
export const packageNameOf = (file: ResolvedFile): string => {
  const full = (namespaceOf(file, "go") ?? file.name).toLowerCase();
  return full.slice(full.lastIndexOf(".") + 1);
};
