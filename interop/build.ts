// Builds the Go programs that the suites and the benchmark run against, when their sources changed: `node interop/build.ts [kitex] [istiod] [bench]`.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where the programs are: `kitex-server`, `kitex-client`, `tls-relay`, `istiod` and `kitex-bench`. */
export const bin: string = join(here, ".bin");

const oldestGo = [1, 26] as const;
const goHint =
  "the Go peers need Go 1.26 or newer on PATH: see interop/README.md, or let `. interop/ensure-go.sh && ensure_go` fetch it";

interface Part {
  /** The Go module. */
  readonly folder: string;
  /** Its name. */
  readonly module: string;
  readonly programs: readonly string[];
  /** Files outside the module that it is made from. */
  readonly idl: readonly string[];
  /** What to expect of the first build, for the reader who waits. */
  readonly firstTime: string;
  readonly build: readonly string[];
}

const parts = {
  kitex: {
    folder: join(here, "kitex"),
    module: "kitex-interop",
    programs: ["kitex-server", "kitex-client", "tls-relay"],
    idl: [
      join(here, "idl", "base.thrift"),
      join(here, "idl", "interop.thrift"),
      join(here, "idl", "newer.thrift"),
      join(here, "../proxyless-test/idl/proxyless.thrift"),
    ],
    firstTime: "about 1.5 minutes",
    build: ["./cmd/kitex-server", "./cmd/kitex-client", "./cmd/tls-relay"],
  },
  istiod: {
    folder: join(here, "istiod"),
    module: "istiod",
    programs: ["istiod"],
    idl: [],
    firstTime: "about 5 minutes, 3 GiB of disk",
    // Istio's own release tags; without them the build takes longer.
    build: ["-tags", "vtprotobuf,disable_pgv", "."],
  },
  bench: {
    folder: join(here, "../bench/peers/go-kitex"),
    module: "kitex-bench",
    programs: ["kitex-bench"],
    idl: [join(here, "../bench/idl/bench.thrift")],
    firstTime: "about 1.5 minutes",
    build: ["."],
  },
} as const satisfies Record<string, Part>;

export type PartName = keyof typeof parts;

/** Builds one part unless it is up to date. Progress goes to stderr. */
export async function build(name: PartName): Promise<void> {
  const part: Part = parts[name];
  const version = await goVersion(part.folder);
  const stamp = join(bin, `${name}.sources`);
  const sources = hashOf(part, version);
  const isThere = part.programs.every((program) => existsSync(join(bin, program)));
  if (isThere && existsSync(stamp) && readFileSync(stamp, "utf8") === sources) {
    say(`${name}: up to date`);
    return;
  }
  say(`${name}: building with ${version} (the first time: ${part.firstTime})`);
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  const progress = setInterval(() => say(`${name}: still building, ${seconds()}`), 20_000);
  try {
    await mkdir(bin, { recursive: true });
    for (const stale of [stamp, ...part.programs.map((program) => join(bin, program))]) rmSync(stale, { force: true });
    if (part.idl.length > 0) await generate(part);
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", `${bin}/`];
    await go(["build", ...flags, ...part.build], part.folder);
    writeFileSync(stamp, sources);
  } finally {
    clearInterval(progress);
  }
  say(`${name}: built in ${seconds()}`);
}

/** Kitex's own code generator, from the tool line of the module, on our IDL. */
async function generate(part: Part): Promise<void> {
  rmSync(join(part.folder, "generated"), { recursive: true, force: true });
  for (const idl of part.idl) {
    say(`generating Go from ${basename(idl)}`);
    await go(["tool", "kitex", "-module", part.module, "-gen-path", "generated", idl], part.folder);
  }
}

async function goVersion(folder: string): Promise<string> {
  let version: string;
  try {
    version = (await go(["env", "GOVERSION"], folder)).trim();
  } catch (error) {
    throw new Error(`${goHint} (${error instanceof Error ? error.message : String(error)})`);
  }
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  const isNewEnough = Number(major) > oldestGo[0] || (Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1]);
  if (!isNewEnough) throw new Error(`${goHint}; the one there is ${version}`);
  return version;
}

/** Runs `go` and answers what it printed; when it fails, that is in the error. */
function go(args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CGO_ENABLED: "0" };
    const child = spawn("go", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`go ${args.join(" ")} in ${basename(cwd)} ended with ${code}:\n${stderr.slice(-8000)}`));
    });
  });
}

function hashOf(part: Part, version: string): string {
  const hash = createHash("sha256").update(`${version} ${part.build.join(" ")}\n`);
  const isSource = (path: string): boolean =>
    [".go", ".mod", ".sum"].includes(extname(path)) && !path.endsWith("_test.go") && !path.startsWith("generated/");
  const names = readdirSync(part.folder, { recursive: true, encoding: "utf8" }).filter(isSource).sort();
  for (const path of [...names.map((name) => join(part.folder, name)), ...part.idl]) {
    hash.update(`${basename(path)}\n`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

function say(line: string): void {
  process.stderr.write(`interop: ${line}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  const isPart = (name: string): name is PartName => Object.hasOwn(parts, name);
  const unknown = names.find((name) => !isPart(name));
  try {
    if (unknown !== undefined) throw new Error(`no part "${unknown}": ${Object.keys(parts).join(", ")}`);
    for (const name of names.length > 0 ? names.filter(isPart) : (Object.keys(parts) as PartName[])) await build(name);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
