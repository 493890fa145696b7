import { type ClusterListener, ClusterRuntime } from "../cluster/cluster-runtime.ts";
import type { ResourceStore } from "./resource-store.ts";

interface Held {
  readonly runtime: ClusterRuntime;
  /** How often each listener holds it: a target may hold a cluster for its old and for its new routes. */
  readonly holders: Map<ClusterListener, number>;
}

/** The clusters in use, one for all who call them, kept as long as somebody does. */
export class ClusterRegistry {
  readonly #store: ResourceStore;
  readonly #random: () => number;
  readonly #held = new Map<string, Held>();
  #isClosed = false;

  constructor(store: ResourceStore, random: () => number) {
    this.#store = store;
    this.#random = random;
  }

  /** Holds a cluster; `listener` is told of changes. Every `acquire` needs a `release`. */
  acquire(name: string, listener: ClusterListener): ClusterRuntime {
    let held = this.#held.get(name);
    if (held === undefined) {
      held = { runtime: new ClusterRuntime(name, this.#store, this.#random), holders: new Map() };
      this.#held.set(name, held);
    }
    const count = held.holders.get(listener) ?? 0;
    held.holders.set(listener, count + 1);
    if (count === 0) held.runtime.addListener(listener);
    return held.runtime;
  }

  release(name: string, listener: ClusterListener): void {
    const held = this.#held.get(name);
    const count = held?.holders.get(listener);
    if (held === undefined || count === undefined) return;
    if (count > 1) {
      held.holders.set(listener, count - 1);
      return;
    }
    held.holders.delete(listener);
    held.runtime.removeListener(listener);
    if (held.holders.size > 0) return;
    held.runtime.close();
    this.#held.delete(name);
  }

  /** Nothing will be told any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Tells those who still hold a cluster that nothing more comes, for this reason. */
  close(reason: string): void {
    this.#isClosed = true;
    for (const { runtime } of this.#held.values()) runtime.end(reason);
    this.#held.clear();
  }
}
