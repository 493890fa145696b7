import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "./run.ts";

/** The tarballs of all publishable packages, by package name. */
export type Tarballs = ReadonlyMap<string, string>;

/** Builds and packs every package as it would be published. pnpm does it, because npm leaves `workspace:^` in the manifest. */
export const packAll = async (root: string, folder: string): Promise<Tarballs> => {
  await mkdir(folder, { recursive: true });
  await run("turbo", ["run", "build", "--output-logs=errors-only"], { cwd: root, timeoutMs: 300_000 });
  const tarballs = new Map<string, string>();
  for (const entry of await readdir(join(root, "packages"))) {
    const cwd = join(root, "packages", entry);
    const { name } = JSON.parse(await readFile(join(cwd, "package.json"), "utf8")) as { name: string };
    const output = await run("pnpm", ["pack", "--pack-destination", folder, "--json"], { cwd, timeoutMs: 60_000 });
    const { filename } = JSON.parse(output) as { filename: string };
    tarballs.set(name, join(folder, basename(filename)));
  }
  return tarballs;
};

/**
 * Makes `folder` a project with the tarballs for dependencies. The overrides send what they ask of each other to the tarballs too: none of them is in a
 * registry.
 */
export const writeProject = async (folder: string, tarballs: Tarballs, names: readonly string[]): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const specs = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  const dependencies = Object.fromEntries(names.map((name) => [name, specs[name]]));
  const overrides = Object.fromEntries(Object.entries(specs).filter(([name]) => !names.includes(name)));
  const manifest = { name: "smoke", private: true, dependencies, overrides };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest, undefined, 2));
};

/** `npm install` as a user would run it. */
export const npmInstall = (folder: string): Promise<string> =>
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], {
    cwd: folder,
    timeoutMs: 240_000,
  });
