import { AdsServer, type MeshAddress } from "./ads/ads-server.ts";
import { createSnapshot, type Snapshot } from "./ads/snapshot.ts";
import { readEndpoints, readEndpointsFile } from "./endpoints.ts";
import { MeshConfigError, MeshError, type Problem } from "./errors.ts";
import { EventHub, type MeshClient, type MeshEventName, type MeshEvents } from "./events.ts";
import { buildModel } from "./model/mesh-model.ts";
import type { ProcessEndpoint, RunningEndpoint } from "./model/running-endpoint.ts";
import { type MeshOptions, type ResolvedMeshOptions, resolveOptions } from "./options.ts";
import { allWarnings, type LoadedObject, type LoadedSource, loadSource, readAny } from "./source.ts";
import { Watcher } from "./watcher.ts";
import { readSource } from "./yaml/read.ts";

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

const SYNC_POLL_MS = 5;
const DEFAULT_SYNC_TIMEOUT_MS = 5000;

class EmbeddedMesh implements Mesh {
  readonly options: ResolvedMeshOptions;
  readonly #events = new EventHub();
  readonly #startedAt = new Date().toISOString();
  readonly #watched = new Map<string, LoadedSource>();
  readonly #watchers: Watcher[] = [];
  readonly #applied = new Map<string, LoadedObject>();
  #processes: readonly ProcessEndpoint[] = [];
  readonly #processFiles = new Map<string, readonly ProcessEndpoint[]>();
  #revision = 0;
  #snapshot: Snapshot;
  #warnings: readonly Problem[] = [];
  #server: AdsServer | undefined;
  #address: MeshAddress | undefined;
  #isClosed = false;
  /** Changes are made one after the other, in the order of the calls. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: MeshOptions | undefined) {
    this.options = resolveOptions(options);
    this.#snapshot = this.#build();
  }

  get address(): MeshAddress | undefined {
    return this.#address;
  }

  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  get clients(): readonly MeshClient[] {
    return this.#server?.clients ?? [];
  }

  async listen(at: { readonly host?: string; readonly port?: number } = {}): Promise<MeshAddress> {
    this.#assertOpen();
    if (this.#server !== undefined) throw new MeshError("listen", "this mesh listens already: make another one");
    const server = new AdsServer(this.#events, this.options.debounceMs, this.#snapshot);
    this.#server = server;
    try {
      this.#address = await server.listen(at.host ?? "127.0.0.1", at.port ?? 0);
      return this.#address;
    } catch (error) {
      this.#server = undefined;
      server.close();
      throw error;
    }
  }

  apply(source: string): Promise<ApplyResult> {
    return this.#enqueue(async () => {
      const loaded = loadSource(await readAny(source));
      for (const [key, object] of loaded.objects) this.#applied.set(key, object);
      this.#publish();
      return toResult(loaded);
    });
  }

  delete(source: string): Promise<ApplyResult> {
    return this.#enqueue(async () => {
      const loaded = loadSource(await readAny(source));
      for (const key of loaded.objects.keys()) this.#applied.delete(key);
      this.#publish();
      return toResult(loaded);
    });
  }

  watch(path: string): Promise<ApplyResult> {
    return this.#enqueue(async () => {
      if (this.#watched.has(path)) throw configError(path, "is watched already");
      const content = await readSource(path);
      const loaded = loadSource(content);
      this.#watched.set(path, loaded);
      this.#publish();
      this.#follow(content.inputs, () => this.#reload(path));
      return toResult(loaded);
    });
  }

  setEndpoints(endpoints: readonly RunningEndpoint[]): void {
    this.#assertOpen();
    this.#processes = readEndpoints(endpoints);
    this.#publish();
  }

  watchEndpoints(path: string): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#processFiles.has(path)) throw configError(path, "is watched already");
      const { endpoints, inputs, problems } = await readEndpointsFile(path);
      if (problems !== undefined) throw problems;
      this.#processFiles.set(path, endpoints);
      this.#publish();
      this.#follow(inputs, () => this.#reloadEndpoints(path));
    });
  }

  async synced(timeoutMs: number = DEFAULT_SYNC_TIMEOUT_MS): Promise<void> {
    await this.#queue;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const laggards = this.#server?.laggards ?? [];
      if (laggards.length === 0) return;
      if (performance.now() > deadline) {
        const pods = laggards.map(({ pod }) => pod).join(", ");
        throw new MeshError("timeout", `no answer within ${timeoutMs} ms from ${pods}`);
      }
      await new Promise((resolve) => setTimeout(resolve, SYNC_POLL_MS));
    }
  }

  on<Name extends MeshEventName>(name: Name, listener: (event: MeshEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const watcher of this.#watchers) watcher.close();
    this.#server?.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #follow(inputs: ReadonlyMap<string, string>, reload: () => Promise<ReadonlyMap<string, string>>): void {
    let seen = inputs;
    const watcher = new Watcher(this.options.pollIntervalMs, async () => {
      try {
        seen = await this.#enqueue(reload);
      } catch (error) {
        // Closing ends the watching too; everything else is reported.
        if (!this.#isClosed) this.#events.emit("error", { error: toMeshError(error) });
      }
      return seen;
    });
    this.#watchers.push(watcher);
    watcher.start(inputs);
  }

  async #reload(path: string): Promise<ReadonlyMap<string, string>> {
    const content = await readSource(path);
    try {
      this.#watched.set(path, loadSource(content));
      this.#publish();
    } catch (error) {
      this.#events.emit("error", { error: toMeshError(error) });
    }
    return content.inputs;
  }

  async #reloadEndpoints(path: string): Promise<ReadonlyMap<string, string>> {
    const { endpoints, inputs, problems } = await readEndpointsFile(path);
    if (problems !== undefined) this.#events.emit("error", { error: problems });
    else {
      this.#processFiles.set(path, endpoints);
      this.#publish();
    }
    return inputs;
  }

  #enqueue<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      this.#assertOpen();
      return action();
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Puts the sources together; what was applied comes last and wins. */
  #build(): Snapshot {
    const objects = new Map<string, LoadedObject>();
    const sources = [...this.#watched.values()];
    for (const loaded of [...sources.map((source) => source.objects), this.#applied]) {
      for (const [key, object] of loaded) objects.set(key, object);
    }
    const all = [...objects.values()];
    const processes = [...this.#processes, ...[...this.#processFiles.values()].flat()];
    const model = buildModel(
      all.map(({ object }) => object),
      processes,
      this.options.domain,
    );
    this.#warnings = [
      ...sources.flatMap(({ warnings }) => warnings),
      ...all.flatMap(({ warnings }) => warnings),
      ...model.warnings,
    ];
    return createSnapshot(model, `${this.#startedAt}/${this.#revision}`);
  }

  #publish(): void {
    this.#revision += 1;
    this.#snapshot = this.#build();
    const { version, model } = this.#snapshot;
    this.#events.emit("change", { version, services: [...model.services.keys()], warnings: this.#warnings });
    this.#server?.update(this.#snapshot);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new MeshError("closed", "the mesh is closed");
  }
}

const toResult = (loaded: LoadedSource): ApplyResult => ({ objects: loaded.names, warnings: allWarnings(loaded) });

const toMeshError = (error: unknown): MeshError =>
  error instanceof MeshError
    ? error
    : new MeshError("internal", error instanceof Error ? error.message : String(error), { cause: error });

const configError = (file: string, message: string): MeshConfigError =>
  new MeshConfigError([{ severity: "error", file, message }]);

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
