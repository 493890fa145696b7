import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { repository } from "./support/repository.ts";

interface Door {
  /** As one imports it: `@kitex-ts/core/spi`. */
  readonly name: string;
  readonly file: string;
}

const doors: readonly Door[] = readdirSync(join(repository, "packages"))
  .map((folder) => join(repository, "packages", folder, "package.json"))
  .filter((path) => existsSync(path))
  .flatMap((path) => {
    const { name, exports } = JSON.parse(readFileSync(path, "utf8")) as {
      name: string;
      exports: Readonly<Record<string, { readonly "@kitex-ts/source"?: string }>>;
    };
    return Object.entries(exports).flatMap(([door, targets]) => {
      const source = targets["@kitex-ts/source"];
      return source === undefined ? [] : [{ name: join(name, door), file: join(dirname(path), source) }];
    });
  });

const optionsOfTests = (): ts.CompilerOptions => {
  const path = join(repository, "tsconfig.base.json");
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, repository, undefined, path).options;
};

/** What can be imported from each door; a name that exists only as a type says so. */
const exportedNames = (): string => {
  const program = ts.createProgram(
    doors.map(({ file }) => file),
    { ...optionsOfTests(), noEmit: true },
  );
  const checker = program.getTypeChecker();
  const described = doors.map(({ name, file }) => {
    const source = program.getSourceFile(file);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    const lines: string[] = [];
    let isPartlyGenerated = false;
    for (const symbol of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const from = relative(repository, target.declarations?.[0]?.getSourceFile().fileName ?? "");
      // Generated names are checked where they are generated.
      if (from.split(sep).includes("generated")) isPartlyGenerated = true;
      else lines.push(target.flags & ts.SymbolFlags.Value ? symbol.name : `type ${symbol.name}`);
    }
    if (isPartlyGenerated) lines.push("… and what is generated");
    return [`# ${name}`, ...lines.toSorted()].join("\n");
  });
  return `${described.toSorted().join("\n\n")}\n`;
};

describe("the doors of all packages", () => {
  it("export these names: a change here is a change for users", async () => {
    await expect(exportedNames()).toMatchFileSnapshot("exported-names.txt");
  }, 60_000);
});
