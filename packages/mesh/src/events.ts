import type { MeshError, Problem } from "./errors.ts";
import type { ResourceTypeName } from "./resources/generator.ts";

/** A client of the control plane: one ADS stream. */
export interface MeshClient {
  /** Node id, for instance `sidecar~127.0.0.1~kitex-client-0.default~default.svc.cluster.local`. */
  readonly nodeId: string;
  /** `name.namespace` of its pod. */
  readonly pod: string;
  readonly dialect: "sidecar" | "grpc";
  /** Address it connected from. */
  readonly peer: string;
}

/** What a mesh reports; see {@link Mesh.on}. */
export interface MeshEvents {
  /** A new state is in force; it is sent to the clients within the debounce time. */
  readonly change: {
    readonly version: string;
    readonly services: readonly string[];
    readonly warnings: readonly Problem[];
  };
  /** A stream sent its first request. */
  readonly connect: { readonly client: MeshClient };
  readonly disconnect: { readonly client: MeshClient };
  /** A response was sent, asked for or not. */
  readonly push: {
    readonly client: MeshClient;
    readonly type: ResourceTypeName;
    readonly version: string;
    readonly resources: readonly string[];
  };
  /** A client refused a response; `message` is its reason. */
  readonly nack: {
    readonly client: MeshClient;
    readonly type: ResourceTypeName;
    readonly version: string;
    readonly message: string;
  };
  /** A watched source cannot be used: the last good state stays. Or a client that cannot be served. */
  readonly error: { readonly error: MeshError };
}

/** Name of an event. */
export type MeshEventName = keyof MeshEvents;

type Listener<Name extends MeshEventName> = (event: MeshEvents[Name]) => void;

/** Hands events to listeners. A listener that throws becomes a process warning; the others still get the event. */
export class EventHub {
  readonly #listeners = new Map<MeshEventName, Set<Listener<never>>>();

  on<Name extends MeshEventName>(name: Name, listener: Listener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends MeshEventName>(name: Name, event: MeshEvents[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as Listener<Name>)(event);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
}
