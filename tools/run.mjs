// Runs one task with the toolchain this workspace is written for: `node tools/run.mjs <task>`.
// Node built-ins only: this file runs before anything is installed, on any Node from 20.19.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { toolchain } from "./toolchain.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === "win32";
const [task, ...rest] = process.argv.slice(2);
const source = "--conditions=@kitex-ts/source";

const say = (line) => process.stderr.write(`kitex-ts: ${line}\n`);
const fail = (line) => {
  say(line);
  if (task === "test") process.stdout.write("0 passed, 1 failed\n");
  process.exit(1);
};

const { node: nodeHome, pnpm: pnpmHome } = toolchain(say, fail);
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
// Windows spells it Path; a second spelling beside it would be ignored.
const pathKey = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
env[pathKey] = [nodeHome, pnpmHome, join(root, "node_modules", ".bin"), env[pathKey]].filter(Boolean).join(delimiter);

// The terminal sends Ctrl-C to the children as well: let them clean up, and end with them.
const children = new Set();
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => {
  for (const child of children) child.kill("SIGTERM");
});

/** Runs a command; its output goes where `stdio` says. Resolves with the exit code and what was piped. */
function start(command, args, { stdio = ["inherit", "inherit", "inherit"], extraEnv = {} } = {}) {
  return new Promise((resolve) => {
    const output = [];
    const child = spawn(command, args, { cwd: root, env: { ...env, ...extraEnv }, stdio, shell: windows });
    children.add(child);
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (bytes) => output.push(bytes));
    child.on("error", (error) => resolve({ code: 1, output: `${command}: ${error.message}\n` }));
    child.on("close", (code) => {
      children.delete(child);
      resolve({ code: code ?? 1, output: Buffer.concat(output).toString("utf8") });
    });
  });
}

/** The task that is this command: its output is the task's, its exit code ends the run. */
async function become(command, args, options) {
  const { code, output } = await start(command, args, options);
  if (output) process.stderr.write(output);
  process.exit(code);
}

async function install() {
  const args = ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"];
  say("installing the locked dependencies");
  const { code, output } = await start("pnpm", args, { stdio: ["ignore", "pipe", "pipe"] });
  if (code !== 0) {
    process.stderr.write(output);
    fail("the install failed; after changing a package.json: npm run x pnpm install");
  }
  linkCommand();
}

/** `node_modules/.bin/kitex-ts`, from sources: it works before the first build and needs no Node on PATH but the toolchain's. */
function linkCommand() {
  const bin = join(root, "node_modules", ".bin");
  if (!existsSync(bin)) return;
  const node = join(nodeHome, windows ? "node.exe" : "node");
  const inside = relative(bin, node);
  const isInside = nodeHome.startsWith(join(root, ".toolchain"));
  if (windows) {
    const text = `@"${isInside ? `%~dp0${inside}` : node}" ${source} "%~dp0..\\..\\packages\\cli\\src\\bin.ts" %*\r\n`;
    return write(join(bin, "kitex-ts.cmd"), text);
  }
  write(
    join(bin, "kitex-ts"),
    `#!/bin/sh
bin=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P)
node=${isInside ? `"$bin/${inside}"` : quoted(node)}
[ -x "$node" ] || node=node
exec "$node" ${source} "$bin/../../packages/cli/src/bin.ts" "$@"
`,
  );
}
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
function write(path, text) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  // Never through a link that a package manager left here.
  rmSync(path, { force: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

const lintChecks = [
  { name: "biome", command: ["biome", "check", "--no-errors-on-unmatched", "."] },
  { name: "imports", command: ["node", "tools/check-imports.ts"] },
  { name: "eslint", command: ["eslint", "--cache", "--cache-strategy=content", "--cache-location=.cache/eslint", "."] },
  { name: "knip", command: ["knip", "--no-config-hints", "--cache", "--cache-location=.cache/knip"] },
];
const typeChecks = [
  { name: "types of packages", command: ["tsc", "-p", "tsconfig.packages.json"] },
  { name: "types of everything else", command: ["tsc", "-p", "tsconfig.json"] },
];
const turbo = (...tasks) => ["turbo", "run", ...tasks, "--continue", "--output-logs=errors-only"];
const buildCheck = { name: "build", command: turbo("build") };
const packCheck = { name: "packed packages (publint, attw)", command: turbo("check:pack") };

/** Runs checks, as many at once as there are processors, and prints what a failing one said. Counts like tests. */
async function check(title, checks) {
  say(title);
  const count = { passed: 0, failed: 0 };
  const todo = [...checks];
  const worker = async () => {
    for (let next = todo.shift(); next; next = todo.shift()) {
      const began = performance.now();
      const [command, ...args] = next.command;
      const { code, output } = await start(command, args, { stdio: ["ignore", "pipe", "pipe"] });
      count[code === 0 ? "passed" : "failed"] += 1;
      if (code !== 0) process.stderr.write(output);
      say(`${code === 0 ? "ok    " : "FAILED"} ${next.name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(checks.length, availableParallelism()) }, worker));
  return count;
}

/** The tests; their counts come from `tools/last-line.ts` through a file, since their output belongs to the reader. */
async function test(args) {
  say("tests");
  mkdirSync(join(root, ".cache"), { recursive: true });
  const file = join(root, ".cache", `counts-${process.pid}.json`);
  const { code, output } = await start("vitest", ["run", ...args], { extraEnv: { KITEX_TS_COUNTS: file } });
  if (output) process.stderr.write(output);
  const count = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  rmSync(file, { force: true });
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

async function buildAndPack() {
  const built = await check("build", [buildCheck]);
  if (built.failed > 0) return built;
  const packed = await check("packed packages", [packCheck]);
  return { passed: built.passed + packed.passed, failed: packed.failed };
}

/** The closing line, and the exit code that agrees with it. */
function finish(...counts) {
  const sum = (key) => counts.reduce((total, count) => total + (count[key] ?? 0), 0);
  const skipped = sum("skipped");
  process.stdout.write(
    `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
  );
  process.exitCode = sum("failed") === 0 ? 0 : 1;
}

const suite = (name) => become("vitest", ["run", "--config", "interop/vitest.config.ts", "--project", name, ...rest]);

switch (task) {
  case "x": {
    if (rest.length === 0) fail("which tool? For instance: npm run x -- vitest run --project core");
    const kept = ["fix", "noemit", "parseable", "project", "write"].filter(
      (key) => process.env[`npm_config_${key}`] === "true",
    );
    if (kept.length > 0)
      say(
        `npm kept an option (${kept.join(", ")}) for itself; it passes on what comes after --: npm run x -- <tool> …`,
      );
    const { code, output } = await start(rest[0], rest.slice(1));
    if (output) process.stderr.write(output);
    linkCommand();
    process.exit(code);
    break;
  }
  case "demo":
    await install();
    await become("node", [source, "proxyless-test/demo/main.ts", ...rest]);
    break;
  case "bench":
    await install();
    await become("node", [source, "bench/main.ts", ...rest]);
    break;
  case "fuzz":
    await install();
    await become("node", [source, "fuzz/main.ts", ...rest]);
    break;
  case "test:go":
  case "test:istio":
  case "test:apache":
    await install();
    await suite(task.slice("test:".length));
    break;
  case "lint":
    await install();
    finish(await check("lint", lintChecks));
    break;
  case "typecheck":
    await install();
    finish(await check("type check", typeChecks));
    break;
  case "build":
    await install();
    finish(await check("build", [buildCheck]));
    break;
  case "test":
    await install();
    finish(
      await check("lint", lintChecks),
      await check("type check", typeChecks),
      await test(rest),
      await buildAndPack(),
    );
    break;
  default:
    fail(
      `unknown task ${task ?? "(none)"}: demo, test, test:go, test:istio, test:apache, bench, fuzz, lint, typecheck, build, x`,
    );
}
