// What a user gets from the registry must work outside this repository: packs every package, installs the tarballs in an empty folder, and runs them
// there on every supported Node, imported and required; then scaffolds a service and follows its README.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, packAll, writeProject } from "./packed.ts";
import { run } from "./run.ts";
import { scaffoldChecks } from "./scaffold.ts";

// Plain JavaScript, because it runs before anything is installed; hence its type here.
const { nodeOfLine } = (await import(new URL("../toolchain.mjs", import.meta.url).href)) as {
  nodeOfLine(line: string, say: (text: string) => void, fail: (text: string) => never): string;
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let passed = 0;
let failed = 0;

/** Runs one check and says how it went. */
const check = async (name: string, work: () => Promise<unknown>): Promise<void> => {
  const startedAt = performance.now();
  try {
    await work();
    passed++;
    say(`ok      ${name} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    say(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const folder = await mkdtemp(join(tmpdir(), "kitex-ts-smoke-"));
try {
  const nodeOf = (line: string): string =>
    nodeOfLine(line, say, (text) => {
      throw new Error(text);
    });
  const nodes = { "20": nodeOf("20"), "22": nodeOf("22"), "24": nodeOf("24"), "26": nodeOf("26") };
  const tarballs = await packAll(root, join(folder, "tarballs"));
  say(`packed ${tarballs.size} packages`);

  const consumer = join(folder, "consumer");
  await writeProject(consumer, tarballs, ["kitex-ts", "@kitex-ts/xds", "@kitex-ts/mesh"]);
  await cp(join(root, "tools/smoke/consumer"), consumer, { recursive: true });
  await check("npm install of the tarballs", () => npmInstall(consumer));
  for (const [line, node] of Object.entries(nodes)) {
    for (const script of ["esm.mjs", "cjs.cjs"]) {
      await check(`client, server and xds against mesh, ${script}, Node ${line}`, () =>
        run(node, [script], { cwd: consumer, timeoutMs: 60_000 }),
      );
    }
    // Without that flag, `require` and `import` give one and the same copy.
    await check(`errors of another copy, Node ${line}`, () =>
      run(node, ["--no-experimental-require-module", "mixed.mjs"], { cwd: consumer, timeoutMs: 60_000 }),
    );
  }
  await check("the command without @kitex-ts/cli says how to get it", async () => {
    const answer = run("npx", ["kitex-ts", "gen"], { cwd: consumer, timeoutMs: 60_000 });
    const text = await answer.then(
      () => "",
      (error: Error) => error.message,
    );
    if (!text.includes("npm install --save-dev @kitex-ts/cli")) throw new Error(text);
  });
  await scaffoldChecks({ root, folder: join(folder, "scaffold"), tarballs, nodes, check });
} finally {
  await rm(folder, { recursive: true, force: true });
}
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
