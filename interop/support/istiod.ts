import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bin } from "../build.ts";
import { Program } from "./program.ts";

const startMs = 60_000;
/** istiod looks at the folder ten times a second. */
const applyMs = 20_000;

export interface IstiodOptions {
  /** Kubernetes and Istio objects, YAML documents with `---` between them. Each has a namespace. */
  readonly config: string;
  /** MeshConfig; default: what the Helm chart of Istio installs. */
  readonly mesh?: string;
  /** The port of plaintext ADS. Default: any free one. */
  readonly grpcPort?: number;
  /** Istio feature flags, for instance PILOT_ENABLE_PERSISTENT_SESSION_FILTER. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Istio's own control plane in a process, on loopback. */
export interface Istiod extends AsyncDisposable {
  /** host:port of ADS in plaintext. */
  readonly grpc: string;
  /** host:port of ADS and certificate signing over TLS; the server name is `istiod.istio-system.svc`. */
  readonly tls: string;
  /** host:port of `/ready` and `/debug`. */
  readonly http: string;
  /** The file with the root certificate of `tls`. */
  readonly rootCert: string;
  /**
   * Replaces the whole configuration and waits until it is in the API server; pushes follow within 100 ms or so.
   *
   * @returns what changed, such as `update VirtualService default/kitex-server`.
   * @throws what istiod's validation says; the old configuration stays.
   */
  apply(config: string): Promise<readonly string[]>;
  /** Ends it with SIGTERM and answers how it ended. */
  stop(): Promise<string>;
}

export async function startIstiod(options: IstiodOptions): Promise<Istiod> {
  const home = await mkdtemp(join(tmpdir(), "kitex-istiod-"));
  const file = join(home, "config.yaml");
  const mesh =
    options.mesh === undefined ? fileURLToPath(new URL("../istiod/mesh.yaml", import.meta.url)) : join(home, "mesh");
  if (options.mesh !== undefined) await writeFile(mesh, options.mesh);
  await writeFile(file, options.config);

  const rootCert = join(home, "root.pem");
  const ports = ["-grpc", String(options.grpcPort ?? 0), "-tls", "0", "-http", "0"];
  const args = ["-with-stdin", "-dir", home, "-mesh", mesh, ...ports, "-root-cert", rootCert];
  const program = new Program(join(bin, "istiod"), args, options.env);
  const stop = async (): Promise<string> => {
    const how = await program.stop();
    await rm(home, { recursive: true, force: true });
    return how;
  };
  /** Waits for an event of this name, or throws what an ERROR says. */
  const expect = async (event: string, timeoutMs: number): Promise<Record<string, unknown>> => {
    const [name, body] = await program.next(event, timeoutMs, (line) => {
      const [, found, json] = /^([A-Z]+) (\{.*\})$/.exec(line) ?? [];
      return found === event || found === "ERROR" ? ([found, JSON.parse(json ?? "{}")] as const) : undefined;
    });
    if (name === "ERROR") throw new Error(`istiod: ${String(body.error)}`);
    return body;
  };

  let applied = options.config;
  try {
    const { grpc, tls, http } = await expect("READY", startMs);
    return {
      grpc: String(grpc),
      tls: String(tls),
      http: String(http),
      rootCert,
      apply: async (config) => {
        // Nothing is reported when the folder is, or comes back to, what is applied.
        const isNew = config !== applied;
        await writeFile(`${file}.next`, config);
        await rename(`${file}.next`, file);
        if (!isNew) return [];
        const { changes } = await expect("APPLIED", applyMs);
        applied = config;
        return changes as readonly string[];
      },
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
