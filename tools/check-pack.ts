// Packs the package in the current folder as it would be published, and has publint and attw look at the tarball.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

function run(command: string, ...args: string[]): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) console.error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return status === 0;
}

const folder = mkdtempSync(join(tmpdir(), "kitex-ts-pack-"));
try {
  // pnpm, because npm would leave workspace:^ in the manifest.
  let ok = run("pnpm", "pack", "--pack-destination", folder);
  for (const name of readdirSync(folder)) {
    const tarball = join(folder, name);
    const isPublishable = run("publint", "run", tarball, "--strict");
    // Packages need Node 20: the resolution of Node 10, which knows no exports, is not asked.
    const hasTypes = run("attw", tarball, "--profile", "node16", "--no-color", "--no-emoji");
    ok = ok && isPublishable && hasTypes;
  }
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
