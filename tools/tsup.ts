import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Options } from "tsup";

interface Manifest {
  /** The CJS build; a package without it is ESM only. */
  readonly main?: string;
  readonly exports: Readonly<Record<string, string | { readonly "@kitex-ts/source": string }>>;
}

/** The build of a package: one entry per door in its `exports`, ESM and (unless it is ESM only) CJS with types, and `src/bin.ts` where there is one. */
export function doorsOf(folder: string): ReturnType<typeof defineConfig> {
  const { exports, main = "" } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const entry = Object.fromEntries(
    Object.entries(exports).flatMap(([door, target]) =>
      typeof target === "string" ? [] : [[door === "." ? "index" : door.slice(2), target["@kitex-ts/source"]]],
    ),
  );
  const common: Options = { target: "node20", sourcemap: true, splitting: true, silent: true };
  const doors: Options = {
    ...common,
    entry,
    format: main.endsWith(".cjs") ? ["esm", "cjs"] : ["esm"],
    dts: true,
    // Splitting in CJS too, otherwise each door would carry its own RPCError. The other build's files stay.
    clean: ["!bin.js", "!bin.js.map"],
  };
  const bin: Options = { ...common, entry: { bin: "src/bin.ts" }, format: ["esm"], splitting: false };
  return defineConfig(existsSync(join(folder, "src", "bin.ts")) ? [doors, bin] : doors);
}
