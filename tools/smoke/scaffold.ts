import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { npmInstall, type Tarballs, writeProject } from "./packed.ts";
import { run } from "./run.ts";

export interface ScaffoldOptions {
  readonly folder: string;
  readonly tarballs: Tarballs;
  readonly env: Readonly<Record<string, string>>;
  readonly check: (name: string, work: () => Promise<unknown>) => Promise<void>;
}

/** Waits for a line that matches; the server says where it listens. */
const waitForLine = async (child: ChildProcess, pattern: RegExp, timeoutMs: number): Promise<string> => {
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
      if (pattern.test(line)) return line;
    throw new Error(`the server ended without a line like ${pattern}`);
  } finally {
    clearTimeout(timer);
  }
};

/** `kitex-ts create` outside the repository, then what the README it wrote says: install, start, call, and tests of the generated code. */
export const scaffoldChecks = async ({ folder, tarballs, env, check }: ScaffoldOptions): Promise<void> => {
  await writeProject(folder, tarballs, ["kitex-ts", "@kitex-ts/cli"]);
  const project = join(folder, "hello");
  await check("npm install of the command", () => npmInstall(folder));
  await check("kitex-ts create hello", () =>
    run("npx", ["kitex-ts", "create", "hello"], { cwd: folder, timeoutMs: 60_000, env }),
  );
  await check("npm install in the created project", async () => {
    // The versions it asks for are in no registry yet: the tarballs stand in for them, all else is as the user gets it.
    const manifestPath = join(project, "package.json");
    const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as Record<string, Record<string, string>>;
    const specs = new Map([...tarballs].map(([name, file]) => [name, `file:${file}`]));
    for (const section of ["dependencies", "devDependencies"]) {
      for (const name of Object.keys(manifest[section] ?? {})) {
        const spec = specs.get(name);
        if (spec !== undefined) (manifest[section] as Record<string, string>)[name] = spec;
        specs.delete(name);
      }
    }
    await writeFile(manifestPath, JSON.stringify({ ...manifest, overrides: Object.fromEntries(specs) }, undefined, 2));
    await npmInstall(project);
  });
  await check("the created server answers the created client", async () => {
    const server = spawn("npm", ["start"], {
      cwd: project,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const broken = once(server, "error").then(([error]) => Promise.reject(error as Error));
    try {
      await Promise.race([broken, waitForLine(server, /listen|READY|:8888/i, 30_000)]);
      await run("npm", ["run", "call"], { cwd: project, timeoutMs: 30_000, env });
    } finally {
      // The group: npm does not pass signals on.
      if (server.exitCode === null && server.pid !== undefined) {
        process.kill(-server.pid, "SIGTERM");
        await once(server, "exit");
      }
    }
  });
  await check("the created project type-checks", () =>
    run("npm", ["run", "typecheck"], { cwd: project, timeoutMs: 120_000, env }),
  );
  await check("generated code is fresh", () =>
    run("npm", ["run", "generate", "--", "--check"], { cwd: project, timeoutMs: 60_000, env }),
  );
};
