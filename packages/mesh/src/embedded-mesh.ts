import { ADSServer, type MeshAddress } from "./ads/ads-server.ts";
import { createSnapshot, type Snapshot } from "./ads/snapshot.ts";
import { readEndpoints, readEndpointsFile } from "./endpoints.ts";
import { MeshConfigError, MeshError, type Problem } from "./errors.ts";
import { EventHub, type MeshClient, type MeshEventName, type MeshEvents } from "./events.ts";
import type { ApplyResult, Mesh } from "./mesh.ts";
import type { RunningEndpoint } from "./model/running-endpoint.ts";
import { type MeshOptions, type ResolvedMeshOptions, resolveOptions } from "./options.ts";
import { allWarnings, type LoadedSource, loadSource, readAny } from "./source.ts";
import { MeshState } from "./state.ts";
import { Watcher } from "./watcher.ts";
import { readSource } from "./yaml/read.ts";

const SYNC_POLL_MS = 5;
const DEFAULT_SYNC_TIMEOUT_MS = 5000;

/** What {@link createMesh} makes: the state, those who watch files for it, and the server that sends it. */
export class EmbeddedMesh implements Mesh {
  readonly options: ResolvedMeshOptions;
  readonly #events = new EventHub();
  readonly #startedAt = new Date().toISOString();
  readonly #state = new MeshState();
  readonly #watchers: Watcher[] = [];
  #revision = 0;
  #snapshot: Snapshot;
  #warnings: readonly Problem[] = [];
  #server: ADSServer | undefined;
  #address: MeshAddress | undefined;
  #isClosed = false;
  /** Changes are made one after the other, in the order of the calls. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: MeshOptions | undefined) {
    this.options = resolveOptions(options);
    this.#snapshot = this.#assemble();
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
    const server = new ADSServer(this.#events, this.options.debounceMs, this.#snapshot);
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
      for (const [key, object] of loaded.objects) this.#state.applied.set(key, object);
      this.#publish();
      return toResult(loaded);
    });
  }

  delete(source: string): Promise<ApplyResult> {
    return this.#enqueue(async () => {
      const loaded = loadSource(await readAny(source));
      for (const key of loaded.objects.keys()) this.#state.applied.delete(key);
      this.#publish();
      return toResult(loaded);
    });
  }

  watch(path: string): Promise<ApplyResult> {
    return this.#enqueue(async () => {
      if (this.#state.watched.has(path)) throw configError(path, "is watched already");
      const content = await readSource(path);
      const loaded = loadSource(content);
      this.#state.watched.set(path, loaded);
      this.#publish();
      this.#follow(content.inputs, () => this.#reload(path));
      return toResult(loaded);
    });
  }

  setEndpoints(endpoints: readonly RunningEndpoint[]): void {
    this.#assertOpen();
    this.#state.processes = readEndpoints(endpoints);
    this.#publish();
  }

  watchEndpoints(path: string): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#state.processFiles.has(path)) throw configError(path, "is watched already");
      const { endpoints, inputs, problems } = await readEndpointsFile(path);
      if (problems !== undefined) throw problems;
      this.#state.processFiles.set(path, endpoints);
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
      this.#state.watched.set(path, loadSource(content));
      this.#publish();
    } catch (error) {
      if (this.#isClosed) throw error;
      this.#events.emit("error", { error: toMeshError(error) });
    }
    return content.inputs;
  }

  async #reloadEndpoints(path: string): Promise<ReadonlyMap<string, string>> {
    const { endpoints, inputs, problems } = await readEndpointsFile(path);
    if (problems !== undefined) this.#events.emit("error", { error: problems });
    else {
      this.#state.processFiles.set(path, endpoints);
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

  #assemble(): Snapshot {
    const { model, warnings } = this.#state.assemble(this.options.domain);
    this.#warnings = warnings;
    return createSnapshot(model, `${this.#startedAt}/${this.#revision}`);
  }

  #publish(): void {
    this.#assertOpen();
    this.#revision += 1;
    this.#snapshot = this.#assemble();
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
