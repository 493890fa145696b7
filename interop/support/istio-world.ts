import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseAllDocuments, stringify } from "yaml";
import type { Child } from "../../proxyless-test/demo/child.ts";
import { ClientProcess, startServer } from "../../proxyless-test/demo/programs.ts";
import type { World } from "../../proxyless-test/demo/steps.ts";
import { type Istiod, startIstiod } from "./istiod.ts";

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
  readonly spec: Record<string, unknown>;
}

/** Where the pod of each Deployment is. istiod knows a client by the address in its node id, so each pod has one of its own. */
const podIPs: Readonly<Record<string, string>> = {
  "kitex-server-v1": "127.0.0.11",
  "kitex-server-v2": "127.0.0.13",
  "kitex-client": "127.0.0.1",
};
const SERVER_PORT = 8888;

const manifest = (path: string): string => fileURLToPath(new URL(`../../k8s/${path}`, import.meta.url));

const objectsOf = async (file: string): Promise<KubernetesObject[]> =>
  parseAllDocuments(await readFile(file, "utf8")).map((document) => document.toJS() as KubernetesObject);

const inDefault = (object: KubernetesObject): object => ({
  ...object,
  metadata: { ...object.metadata, namespace: "default" },
});

/** The pod that the Deployment's controller would make: the in-memory API server runs no controllers. */
const podOf = (deployment: KubernetesObject): object => {
  const { name } = deployment.metadata;
  const { template } = deployment.spec as { template: { metadata: { labels: Record<string, string> } } };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: template.metadata.labels },
    spec: { serviceAccountName: "default", containers: [{ name: "main", image: "main" }] },
    status: { phase: "Running", podIP: podIPs[name], conditions: [{ type: "Ready", status: "True" }] },
  };
};

/** The slice that the Service's controller would make. */
const endpointSlice = (): object => ({
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: {
    name: "kitex-server-1",
    namespace: "default",
    labels: { "kubernetes.io/service-name": "kitex-server" },
  },
  addressType: "IPv4",
  ports: [{ port: SERVER_PORT, protocol: "TCP" }],
  endpoints: ["kitex-server-v1", "kitex-server-v2"].map((name) => ({
    addresses: [podIPs[name]],
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { kind: "Pod", name, namespace: "default" },
  })),
});

/** `k8s/base` as a cluster holds it once its controllers have run, and a rule of `k8s/overlays` when one is named. */
const clusterState = async (rule: string | undefined): Promise<string> => {
  const files = (await readdir(manifest("base"))).filter(
    (name) => name.endsWith(".yaml") && name !== "kustomization.yaml",
  );
  const objects = (await Promise.all(files.map((name) => objectsOf(manifest(`base/${name}`))))).flat();
  if (rule !== undefined) objects.push(...(await objectsOf(manifest(`overlays/${rule}/virtual-service.yaml`))));
  const state: object[] = objects.map((object) => {
    if (object.kind === "Deployment") return podOf(object);
    if (object.kind === "Service") return inDefault({ ...object, spec: { clusterIP: "10.96.0.10", ...object.spec } });
    return inDefault(object);
  });
  return [...state, endpointSlice()].map((object) => stringify(object)).join("---\n");
};

/** The demo's processes, unchanged, with istiod for a control plane. */
export class IstioWorld implements World, AsyncDisposable {
  readonly #servers = new Map<string, Child>();
  #istiod: Istiod;
  #isAway = false;
  #rule: string | undefined = undefined;
  readonly client: ClientProcess;

  private constructor(istiod: Istiod, client: ClientProcess) {
    this.#istiod = istiod;
    this.client = client;
  }

  static async start(): Promise<IstioWorld> {
    const istiod = await startIstiod({ config: await clusterState(undefined) });
    const world = new IstioWorld(istiod, await ClientProcess.start(istiod.grpc, podIPs["kitex-client"] ?? ""));
    for (const version of ["v1", "v2"]) await world.startServer(version);
    return world;
  }

  async applyRule(rule: string | undefined): Promise<void> {
    this.#rule = rule;
    // While istiod is away the rule waits in the cluster, so to speak.
    if (!this.#isAway) await this.#istiod.apply(await clusterState(rule));
  }

  async startServer(version: string): Promise<void> {
    const { child } = await startServer(version, `${podIPs[`kitex-server-${version}`]}:${SERVER_PORT}`);
    this.#servers.set(version, child);
  }

  async killServer(version: string): Promise<void> {
    await this.#servers.get(version)?.stop("SIGKILL");
  }

  async stopControlPlane(): Promise<void> {
    this.#isAway = true;
    await this.#istiod.stop();
  }

  /** At the port it had, as behind the name of a Kubernetes Service. */
  async startControlPlane(): Promise<void> {
    const grpcPort = Number(this.#istiod.grpc.split(":").at(-1));
    this.#istiod = await startIstiod({ config: await clusterState(this.#rule), grpcPort });
    this.#isAway = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.client.child.stop(),
      ...[...this.#servers.values()].map((child) => child.stop()),
      this.#istiod.stop(),
    ]);
  }
}
