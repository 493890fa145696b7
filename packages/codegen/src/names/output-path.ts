import type { ResolvedFile } from "@kitex-ts/thrift/idl";
import { CodegenError } from "../errors.ts";
import type { ImportExtension } from "../options.ts";

/** Whose namespace decides: the most specific one there is. The wire's package name is another matter, and always Go's. */
const languages = ["ts", "js", "go", "*"] as const;

const namespaceFor = (file: ResolvedFile): string | undefined => {
  for (const language of languages) {
    // As in Kitex, the first namespace of a language counts, and the last one for all languages.
    const found =
      language === "*"
        ? file.namespaces.findLast(({ scope }) => scope === language)
        : file.namespaces.find(({ scope }) => scope === language);
    if (found !== undefined) return found.name;
  }
  return undefined;
};

/** Characters that mean something in a module specifier or cannot stand in a file name everywhere. */
const unsuitable = /[\p{Cc}\p{Cf}#%?*:<>|"\\/]/u;

/**
 * Where the TypeScript of an IDL goes, relative to the output folder and with `/`: its namespace as folders, its own name. `namespace go a.b` in
 * `user.thrift` gives `a/b/user.ts`.
 */
export const outputPath = (file: ResolvedFile): string => {
  if (file.name === "" || unsuitable.test(file.name)) {
    throw new CodegenError(
      "idl",
      `${JSON.stringify(file.path)}: no TypeScript module can be called so; rename the file`,
    );
  }
  // x.d.ts would be taken for a declaration file.
  const name = file.name.endsWith(".d") ? `${file.name}_` : file.name;
  return [
    ...(namespaceFor(file)
      ?.split(".")
      .filter((part) => part !== "") ?? []),
    `${name}.ts`,
  ].join("/");
};

/** How the module at `from` imports the one at `to`; both as {@link outputPath} gives them. */
export const moduleSpecifier = (from: string, to: string, extension: ImportExtension): string => {
  const here = from.split("/").slice(0, -1);
  const there = to.split("/");
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const up = here.length - shared;
  const path = [...(up === 0 ? ["."] : here.slice(shared).map(() => "..")), ...there.slice(shared)].join("/");
  return extension === "ts" ? path : path.replace(/\.ts$/, extension === "js" ? ".js" : "");
};
