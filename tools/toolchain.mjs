// Fetches the locked Node and pnpm (tools/toolchain/*) once. Node built-ins only.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const platform = `${process.platform}-${process.arch}`;
const windows = process.platform === "win32";

/** What each folder of tools/toolchain brings here: its package, and where in node_modules the folder for PATH is. */
const tools = {
  node: { package: `node-${platform}`, bin: `node-${platform}/bin` },
  pnpm: { package: `@pnpm/exe.${platform}`, bin: `@pnpm/exe.${platform}` },
  "pnpm-portable": { package: "pnpm", bin: ".bin" },
};

/** The folder of tools/toolchain that locks each supported line of Node; the tools themselves run on 24. */
const lines = { 20: "node-20", 22: "node-22", 24: "node", 26: "node-26" };
for (const name of Object.values(lines)) tools[name] = tools.node;

/** The `node` program of a line ("20", "22", "24" or "26"), fetched where necessary. Linux only, where they are locked. `fail` ends the run. */
export const nodeOfLine = (line, say, fail) => join(fetched(lines[line], say, fail), "node");

/** The folders that belong on PATH, fetched where necessary. `fail` ends the run. */
export function toolchain(say, fail) {
  const isNewEnough = isNodeNewEnough(process.versions.node);
  if (!isNewEnough && !isLocked("node")) {
    fail(
      `the tools need Node 22.18, 24.11, 26 or newer and none is locked for ${platform}: this is ${process.versions.node}; install Node 24 and run again`,
    );
  }
  return {
    node: isNewEnough ? dirname(process.execPath) : fetched("node", say, fail),
    // The native one starts ten times as fast; elsewhere JavaScript does the same from the same lockfile.
    pnpm: fetched(isLocked("pnpm") ? "pnpm" : "pnpm-portable", say, fail),
  };
}

/** The floor of the strictest tool (tsup). */
function isNodeNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major >= 26 || (major === 24 && minor >= 11) || (major === 22 && minor >= 18);
}

/** Whether the tool is locked for this platform. The locked binaries are built for glibc. */
function isLocked(tool) {
  const manifest = JSON.parse(readFileSync(join(root, "tools", "toolchain", tool, "package.json"), "utf8"));
  const isMusl = process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined;
  return tools[tool].package in manifest.optionalDependencies && !isMusl;
}

/** Where a locked tool is. The folder appears by rename, so an interrupted or parallel run never leaves half of it. */
function fetched(tool, say, fail) {
  const lock = join(root, "tools", "toolchain", tool);
  const id = createHash("sha256")
    .update(readFileSync(join(lock, "package-lock.json")))
    .digest("hex")
    .slice(0, 12);
  const home = join(process.env.KITEX_TS_TOOLCHAIN ?? join(root, ".toolchain"), `${tool}-${id}`);
  if (!existsSync(home)) {
    say(`fetching ${tool} (once)`);
    const half = `${home}.${process.pid}`;
    mkdirSync(half, { recursive: true });
    cpSync(lock, half, { recursive: true });
    // An optional package that cannot be had is no failure to npm: look whether it is there.
    if (npmCI(half) !== 0 || !existsSync(join(half, "node_modules", tools[tool].bin))) {
      rmSync(half, { recursive: true, force: true });
      fail(`could not fetch ${tools[tool].package}: is the npm registry reachable?`);
    }
    rmSync(join(half, "node_modules", tools[tool].package, "include"), { recursive: true, force: true });
    try {
      renameSync(half, home);
    } catch {
      rmSync(half, { recursive: true, force: true }); // lost the race: the winner's is the same
    }
  }
  return join(home, "node_modules", tools[tool].bin);
}

function npmCI(cwd) {
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  // Under `npm run` the very npm that started us, which need not be on PATH.
  const cli = /npm-cli\.js$/.test(process.env.npm_execpath ?? "") ? process.env.npm_execpath : undefined;
  const options = { cwd, stdio: ["ignore", 2, 2], shell: windows && !cli };
  return (cli ? spawnSync(process.execPath, [cli, ...args], options) : spawnSync("npm", args, options)).status;
}
