import { fileURLToPath } from "node:url";
import type { Job, JobResult } from "../src/job.ts";
import { Child } from "./child.ts";

const root = new URL("../../", import.meta.url);
export const pathOf = (relative: string): string => fileURLToPath(new URL(relative, root));

const node = (script: string, ...args: readonly string[]): [string, string[]] => [
  process.execPath,
  ["--conditions=@kitex-ts/source", "--no-warnings", pathOf(script), ...args],
];

/** A kitex-server process of one version. */
export const startServer = async (version: string, address: string): Promise<{ child: Child; address: string }> => {
  const [command, args] = node("proxyless-test/src/main.ts");
  const env = { MY_SERVICE_NAME: "kitex-server", VERSION: version, SERVICE_ADDR: address };
  const { child, ready } = await Child.start(`kitex-server ${version}`, command, args, env);
  return { child, address: ready };
};

/** The kitex-client process, taking jobs. */
export class ClientProcess {
  readonly child: Child;

  private constructor(child: Child) {
    this.child = child;
  }

  /** @param controlPlane `host:port` of the control plane's ADS server */
  static async start(controlPlane: string, ip: string): Promise<ClientProcess> {
    const [command, args] = node("proxyless-test/src/main.ts");
    const { child } = await Child.start("kitex-client", command, args, {
      MY_SERVICE_NAME: "kitex-client",
      JOBS: "stdin",
      POD_NAMESPACE: "default",
      POD_NAME: "kitex-client-6d5f8c7b9-x2x7k",
      INSTANCE_IP: ip,
      KITEX_XDS_ISTIO_ADDR: controlPlane,
      KITEX_XDS_METAS: JSON.stringify({ CLUSTER_ID: "Kubernetes", NAMESPACE: "default", INSTANCE_IPS: ip }),
    });
    return new ClientProcess(child);
  }

  async run(job: Job): Promise<JobResult> {
    this.child.send(JSON.stringify(job));
    return JSON.parse(await this.child.line(60_000)) as JobResult;
  }
}

/** `kitex-ts mesh serve` as a process. Answers its address. */
export const startMesh = async (
  folder: string,
  endpoints: string,
  port: number,
): Promise<{ child: Child; address: string }> => {
  const [command, args] = node(
    "packages/cli/src/bin.ts",
    "mesh",
    "serve",
    folder,
    "--endpoints",
    endpoints,
    "--port",
    String(port),
  );
  const { child, ready } = await Child.start("kitex-ts mesh serve", command, args);
  return { child, address: ready };
};
