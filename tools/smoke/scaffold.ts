import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { npmInstall, type Tarballs, writeProject } from "./packed.ts";
import { run } from "./run.ts";

export interface ScaffoldOptions {
  /** Of the checkout. */
  readonly root: string;
  readonly folder: string;
  readonly tarballs: Tarballs;
  /** The `node` program of each line. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly check: (name: string, work: () => Promise<unknown>) => Promise<void>;
}

type Env = Readonly<Record<string, string>>;

/** What makes npm and its scripts run on a certain Node. */
const pathTo = (node: string): Env => ({ PATH: [dirname(node), process.env["PATH"] ?? ""].join(delimiter) });

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

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
};

/** `npm start` and, beside it, `npm run call`, as the README says. */
const startAndCall = async (project: string, env: Env): Promise<void> => {
  // Not the README's 8888, which somebody may be using.
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn("npm", ["start"], {
    cwd: project,
    env: { ...process.env, ...env, SERVICE_ADDR: address },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const broken = once(server, "error").then(([error]) => Promise.reject(error as Error));
  try {
    await Promise.race([broken, waitForLine(server, /^serving GreetService on /, 60_000)]);
    const answer = await run("npm", ["run", "call"], {
      cwd: project,
      timeoutMs: 60_000,
      env: { ...env, DESTINATION: address },
    });
    if (!answer.includes("{ message: 'Hello Kitex' }")) throw new Error(`an unexpected answer:\n${answer}`);
  } finally {
    // The group: npm does not pass signals on.
    if (server.exitCode === null && server.pid !== undefined) {
      process.kill(-server.pid, "SIGTERM");
      await once(server, "exit");
    }
  }
};

/** Lets the tarballs stand in for versions that are in no registry yet; all else is as the user gets it. */
const pointAtTarballs = async (project: string, tarballs: Tarballs): Promise<void> => {
  const path = join(project, "package.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as Record<string, Record<string, string>>;
  const specs = new Map([...tarballs].map(([name, file]) => [name, `file:${file}`]));
  for (const section of ["dependencies", "devDependencies"]) {
    for (const name of Object.keys(manifest[section] ?? {})) {
      const spec = specs.get(name);
      if (spec !== undefined) (manifest[section] as Record<string, string>)[name] = spec;
      specs.delete(name);
    }
  }
  await writeFile(path, JSON.stringify({ ...manifest, overrides: Object.fromEntries(specs) }, undefined, 2));
};

const addMethod = async (project: string): Promise<void> => {
  const path = join(project, "idl", "greet.thrift");
  const idl = await readFile(path, "utf8");
  await writeFile(path, idl.replace("service GreetService {", "service GreetService {\n  void Wave()"));
};

/** `kitex-ts create` outside the repository and inside, then what the README it wrote says: install, start, call, change. */
export const scaffoldChecks = async ({ root, folder, tarballs, nodes, check }: ScaffoldOptions): Promise<void> => {
  const env = pathTo(nodes["24"] ?? process.execPath);
  await writeProject(folder, tarballs, ["kitex-ts", "@kitex-ts/cli"]);
  const project = join(folder, "hello");
  await check("npm install of the command", () => npmInstall(folder));
  await check("kitex-ts create hello", () =>
    run("npx", ["kitex-ts", "create", "hello"], { cwd: folder, timeoutMs: 60_000, env }),
  );
  await check("npm install in the created project", async () => {
    await pointAtTarballs(project, tarballs);
    await npmInstall(project);
  });
  for (const [line, node] of Object.entries(nodes)) {
    await check(`the created server answers the created client, Node ${line}`, () =>
      startAndCall(project, pathTo(node)),
    );
  }
  await check("npm run check is content with the created project", () =>
    run("npm", ["run", "check"], { cwd: project, timeoutMs: 120_000, env }),
  );
  await check("npm run generate adds a handler for a new method", async () => {
    await addMethod(project);
    await run("npm", ["run", "generate"], { cwd: project, timeoutMs: 60_000, env });
    await run("npm", ["run", "check"], { cwd: project, timeoutMs: 120_000, env });
    await readFile(join(project, "handlers", "wave.ts"));
  });

  const inside = join(folder, "from-checkout");
  await check("kitex-ts create from the checkout, called elsewhere", () =>
    run(join(root, "node_modules", ".bin", "kitex-ts"), ["create", "from-checkout"], {
      cwd: folder,
      timeoutMs: 300_000,
      env,
    }),
  );
  await check("the service created from the checkout runs", async () => {
    await npmInstall(inside);
    await startAndCall(inside, env);
  });
};
