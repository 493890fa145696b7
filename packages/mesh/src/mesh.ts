import type { MeshAddress } from "./ads/ads-server.ts";
import { EmbeddedMesh } from "./embedded-mesh.ts";
import type { Problem } from "./errors.ts";
import type { MeshClient, MeshEventName, MeshEvents } from "./events.ts";
import type { RunningEndpoint } from "./model/running-endpoint.ts";
import type { MeshOptions, ResolvedMeshOptions } from "./options.ts";

/** What came of a source. */
export interface ApplyResult {
  /** For instance `VirtualService default/kitex-server`. */
  readonly objects: readonly string[];
  /** Parts of it that have no effect here. {@link Mesh.warnings} has them too, and what does not fit to other objects. */
  readonly warnings: readonly Problem[];
}

/**
 * A control plane in this process: serves Kubernetes and Istio objects as xDS over ADS, with the resources that istiod
 * makes of them. For demos, development and tests; in production the mesh is Istio.
 *
 * Later calls see what earlier ones did. What was applied wins over what is watched when both have an object.
 */
export interface Mesh extends AsyncDisposable {
  readonly options: ResolvedMeshOptions;
  /** Where it listens; `undefined` before {@link Mesh.listen}. */
  readonly address: MeshAddress | undefined;
  /** What of the state in force has no effect, and references in it that lead nowhere. */
  readonly warnings: readonly Problem[];
  /** Connected clients. */
  readonly clients: readonly MeshClient[];

  /**
   * Opens the ADS port, in plaintext like istiod's 15010.
   *
   * @param at default: a free port on 127.0.0.1.
   * @throws MeshError `listen` when the address cannot be bound or the mesh listens already.
   */
  listen(at?: { readonly host?: string; readonly port?: number }): Promise<MeshAddress>;

  /**
   * Adds or replaces objects, like `kubectl apply`.
   *
   * @param source a manifest file, a folder of them, a kustomize folder, or YAML itself (recognised by a line break).
   * @throws MeshConfigError with all problems; nothing has changed then.
   */
  apply(source: string): Promise<ApplyResult>;

  /**
   * Removes objects that were applied before, like `kubectl delete`. Objects that are not there are passed over; watched
   * ones stay as long as their file has them.
   *
   * @param source as for {@link Mesh.apply}; only kinds and names count.
   */
  delete(source: string): Promise<ApplyResult>;

  /**
   * Serves a file or folder and follows its changes, additions and removals. A change that cannot be used is an `error`
   * event, and the last good state stays.
   *
   * @throws MeshConfigError when it cannot be used now.
   */
  watch(path: string): Promise<ApplyResult>;

  /**
   * Says which processes stand for the pods of the manifests; replaces the list given before.
   *
   * @throws MeshConfigError when one of them is not understood.
   */
  setEndpoints(endpoints: readonly RunningEndpoint[]): void;

  /**
   * Reads such a list from a YAML or JSON file, `{ endpoints: [...] }`, and follows its changes. It comes in addition to the
   * list given from code.
   *
   * @throws MeshConfigError when it cannot be used now.
   */
  watchEndpoints(path: string): Promise<void>;

  /**
   * Waits until every client has the newest state and answered everything it was sent. Clients that refused something have
   * answered too: see the `nack` event.
   *
   * @param timeoutMs default 5000.
   * @throws MeshError `timeout`, naming those who have not.
   */
  synced(timeoutMs?: number): Promise<void>;

  /** Listens to an event. The result ends that. */
  on<Name extends MeshEventName>(name: Name, listener: (event: MeshEvents[Name]) => void): () => void;

  /** Ends all streams, stops watching. Closing twice is fine. */
  close(): Promise<void>;
}

/**
 * Makes a control plane. It serves nothing until objects are applied or watched, and opens no port until
 * {@link Mesh.listen}.
 *
 * @throws MeshConfigError for options that are unknown or cannot be.
 *
 * @example
 * await using mesh = createMesh();
 * await mesh.apply("k8s/base");
 * mesh.setEndpoints([{ deployment: "kitex-server-v1", address: "127.0.0.1:18888" }]);
 * const { port } = await mesh.listen();
 */
export const createMesh = (options?: MeshOptions): Mesh => new EmbeddedMesh(options);
