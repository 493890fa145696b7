import type { Outline } from "../outline.ts";
import { includeFlags, jsonText } from "./code.ts";

/** Where a project gets kitex-ts from: what its package.json says. */
export interface ProjectPackages {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** For the README, when they are not those of the registry. */
  readonly note?: string | undefined;
}

/** What a project remembers about how it was made. */
export interface ProjectConfig {
  readonly idl: string;
  readonly service: string;
  readonly includeDirs?: readonly string[] | undefined;
}

const sorted = (packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(packages).sort(([left], [right]) => (left < right ? -1 : 1)));

export const packageTemplate = (name: string, outline: Outline, packages: ProjectPackages): string => {
  const { idl, includeDirs, service } = outline;
  const config: ProjectConfig = {
    idl,
    service: service.name,
    ...(includeDirs.length === 0 ? {} : { includeDirs }),
  };
  return jsonText({
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    engines: { node: ">=20.19" },
    scripts: {
      build: "tsc",
      prestart: "npm run build",
      start: "node dist/server.js",
      precall: "npm run build",
      call: "node dist/client.js",
      generate: "kitex-ts create .",
      check: `kitex-ts gen ${idl}${includeFlags(outline)} --check && tsc --noEmit`,
    },
    dependencies: sorted(packages.dependencies),
    devDependencies: sorted({ ...packages.devDependencies, "@types/node": "^22.20.0", typescript: "^6.0.0" }),
    "kitex-ts": config,
  });
};

/** Plain `tsc` for the oldest Node; the sources run without it where Node strips types by itself. */
export const tsconfigTemplate = (): string =>
  jsonText({
    compilerOptions: {
      target: "ES2023",
      lib: ["ES2023", "ESNext.Disposable"],
      module: "NodeNext",
      types: ["node"],
      rootDir: ".",
      outDir: "dist",
      rewriteRelativeImportExtensions: true,
      incremental: true,
      tsBuildInfoFile: "dist/.tsbuildinfo",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      skipLibCheck: true,
    },
    include: ["*.ts", "handlers", "kitex_gen"],
  });
