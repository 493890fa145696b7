// The main job, end to end and for real: processes, sockets, ADS. Nothing here needs a cluster.
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Child } from "./child.ts";
import { ClientProcess, pathOf, startMesh, startServer } from "./programs.ts";
import { heading, tableOf } from "./report.ts";
import { runStep } from "./run-step.ts";
import { steps, type World } from "./steps.ts";

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Writes under another name first, so that a watcher never sees half a file. */
const putFile = async (path: string, write: (temporary: string) => Promise<void>): Promise<void> => {
  const temporary = `${path}.part`;
  await write(temporary);
  await rename(temporary, path);
};

/** The embedded control plane on the manifests of `k8s/`, two servers and a client. */
class EmbeddedWorld implements World {
  readonly #folder: string;
  readonly #servers = new Map<string, { child: Child; address: string }>();
  #mesh: { child: Child; address: string } | undefined = undefined;
  client: ClientProcess | undefined = undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get #config(): string {
    return join(this.#folder, "config");
  }

  get #endpoints(): string {
    return join(this.#folder, "endpoints.json");
  }

  async start(): Promise<void> {
    await Promise.all(["v1", "v2"].map((version) => this.startServer(version)));
    await mkdir(this.#config);
    for (const name of await readdir(pathOf("k8s/base"))) {
      if (name.endsWith(".yaml") && name !== "kustomization.yaml")
        await copyFile(pathOf(`k8s/base/${name}`), join(this.#config, name));
    }
    // In a cluster Kubernetes knows which pods run; here this file says so.
    const endpoints = [...this.#servers].map(([version, { address }]) => ({
      deployment: `kitex-server-${version}`,
      address,
    }));
    await writeFile(this.#endpoints, JSON.stringify({ endpoints }, undefined, 2));
    this.#mesh = await startMesh(this.#config, this.#endpoints, 0);
    this.client = await ClientProcess.start(this.#mesh.address, "127.0.0.1");
    for (const [version, { address }] of this.#servers) say(`   kitex-server ${version}   listens on ${address}`);
    say(`   control plane     serves ADS on ${this.#mesh.address}, from k8s/base`);
    say("   kitex-client      has joined the mesh, without a sidecar");
  }

  async applyRule(rule: string | undefined): Promise<void> {
    const path = join(this.#config, "rule.yaml");
    if (rule === undefined) return rm(path, { force: true });
    await putFile(path, (temporary) => copyFile(pathOf(`k8s/overlays/${rule}/virtual-service.yaml`), temporary));
  }

  async startServer(version: string): Promise<void> {
    const before = this.#servers.get(version);
    this.#servers.set(version, await startServer(version, before?.address ?? "127.0.0.1:0"));
  }

  async killServer(version: string): Promise<void> {
    await this.#servers.get(version)?.child.stop("SIGKILL");
  }

  async stopControlPlane(): Promise<void> {
    await this.#mesh?.child.stop();
  }

  /** At the address it had, as behind the name of a Kubernetes Service. */
  async startControlPlane(): Promise<void> {
    const port = Number(this.#mesh?.address.split(":").at(-1));
    this.#mesh = await startMesh(this.#config, this.#endpoints, port);
  }

  async stop(): Promise<void> {
    const children = [this.client?.child, this.#mesh?.child, ...[...this.#servers.values()].map(({ child }) => child)];
    await Promise.all(children.map(async (child) => child?.stop()));
  }
}

const demo = async (world: EmbeddedWorld): Promise<boolean> => {
  say(heading("kitex-ts: a service mesh without sidecars, on this machine"));
  say("Two versions of a greeting service, one client, one control plane: four processes that talk over sockets.");
  say("");
  await world.start();
  let allRight = true;
  for (const [index, step] of steps.entries()) {
    say("");
    say(heading(`${index + 1}/${steps.length} ${step.title}`));
    say(`   ${step.explain}`);
    const { client } = world;
    if (client === undefined) throw new Error("the client did not start");
    const rows = await runStep(step, world, (job) => client.run(job));
    say(tableOf(rows));
    for (const row of rows) {
      if (row.isRight) continue;
      allRight = false;
      if (row.result.firstError !== undefined) say(`   one of the failures: ${row.result.firstError}`);
    }
  }
  say("");
  say(heading(allRight ? "All steps went as they should." : "Some steps went wrong, see above."));
  return allRight;
};

const folder = await mkdtemp(join(tmpdir(), "kitex-ts-demo-"));
const world = new EmbeddedWorld(folder);
let stopping: Promise<void> | undefined;
const end = async (exitCode: number): Promise<void> => {
  stopping ??= world.stop().then(() => rm(folder, { recursive: true, force: true }));
  await stopping;
  process.exit(exitCode);
};
process.on("SIGINT", () => void end(130));
process.on("SIGTERM", () => void end(143));
try {
  await end((await demo(world)) ? 0 : 1);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  await end(1);
}
