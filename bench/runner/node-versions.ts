import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where each major version is locked; the workspace's own tools run on 24. */
const locks = {
  "20": "bench/toolchain/node-20",
  "22": "bench/toolchain/node-22",
  "24": "tools/toolchain/node",
  "26": "bench/toolchain/node-26",
} as const;
export type NodeMajor = keyof typeof locks;
export const nodeMajors = Object.keys(locks) as readonly NodeMajor[];

/**
 * The program of a Node version, fetched once into `.toolchain` as `tools/toolchain.mjs` does with its own.
 *
 * @throws Error when it cannot be had
 */
export const nodeProgram = (major: NodeMajor): string => {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const lock = join(root, locks[major]);
  const id = createHash("sha256")
    .update(readFileSync(join(lock, "package-lock.json")))
    .digest("hex")
    .slice(0, 12);
  const home = join(process.env["KITEX_TS_TOOLCHAIN"] ?? join(root, ".toolchain"), `${basename(lock)}-${id}`);
  const program = join("node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (!existsSync(home)) install(lock, home, program, major);
  return join(home, program);
};

/** The folder appears by rename, so that an interrupted run leaves no half of it. */
const install = (lock: string, home: string, program: string, major: NodeMajor): void => {
  process.stderr.write(`bench: fetching Node ${major} (once)\n`);
  const half = `${home}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  cpSync(lock, half, { recursive: true });
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: half,
    stdio: ["ignore", 2, 2],
  });
  // An optional package that cannot be had is no failure to npm: look whether it is there.
  if (status !== 0 || !existsSync(join(half, program))) {
    rmSync(half, { recursive: true, force: true });
    throw new Error(
      `could not fetch Node ${major} for ${process.platform}-${process.arch}: is the npm registry reachable?`,
    );
  }
  renameSync(half, home);
};
