import type { Snapshot } from "@kitex-ts/core/spi";
import type { ResourceStore } from "../manager/resource-store.ts";
import type { ResourceWatcher } from "../manager/type-cache.ts";
import type { ClusterResource } from "../resource/cluster.ts";
import type { EndpointsResource } from "../resource/endpoints.ts";
import { clusterBalancer } from "./cluster-picker.ts";
import { hostSet } from "./host-set.ts";
import type { ClusterInstance } from "./instance.ts";

/** A cluster that can be called, or why not. */
export type ClusterState =
  | {
      readonly kind: "ready";
      readonly snapshot: Snapshot;
      /** Why there is nobody to call; undefined while there is. */
      readonly problem: string | undefined;
    }
  /** The control plane has not said everything yet; what is missing. */
  | { readonly kind: "pending"; readonly waitingFor: string }
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** The control plane wants it so: what worked before does not go on. Otherwise something is missing or broken, and it does. */
      readonly isWanted: boolean;
    };

/** Told about every change of a cluster. */
export type ClusterListener = (state: ClusterState) => void;

/**
 * A cluster with its endpoints, shared by everything that calls it. Once ready it stays so: a deleted or rejected cluster keeps its last good
 * state, and new settings without endpoints yet wait beside the old ones.
 */
export class ClusterRuntime implements ResourceWatcher {
  readonly name: string;
  readonly rank = 0;
  readonly #store: ResourceStore;
  readonly #random: () => number;
  readonly #listeners = new Set<ClusterListener>();
  #state: ClusterState = { kind: "pending", waitingFor: "its first look at the resources" };
  #serviceName: string | undefined = undefined;
  #cluster: ClusterResource | undefined = undefined;
  #endpoints: EndpointsResource | undefined = undefined;
  #instances: ReadonlyMap<string, ClusterInstance> = new Map();
  #version = 0;

  constructor(name: string, store: ResourceStore, random: () => number) {
    this.name = name;
    this.#store = store;
    this.#random = random;
    store.watch("CDS", name, this);
    this.#state = this.#evaluate();
  }

  get state(): ClusterState {
    return this.#state;
  }

  /** Tells about every change of `state`. */
  addListener(listener: ClusterListener): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: ClusterListener): void {
    this.#listeners.delete(listener);
  }

  onResourceChange(): void {
    const next = this.#evaluate();
    // Make before break: what works goes on working until something better is complete.
    const isBetter = next.kind === "ready" || (next.kind === "failed" && next.isWanted);
    if (next === this.#state || (this.#state.kind === "ready" && !isBetter)) return;
    this.#state = next;
    for (const listener of [...this.#listeners]) listener(next);
  }

  /** Closes it under those who hold it: what they know must not go on, since nobody will correct it. */
  end(reason: string): void {
    this.#state = { kind: "failed", reason, isWanted: true };
    for (const listener of [...this.#listeners]) listener(this.#state);
    this.close();
  }

  close(): void {
    this.#store.unwatch("CDS", this.name, this);
    this.#watchEndpoints(undefined);
    this.#listeners.clear();
  }

  #watchEndpoints(serviceName: string | undefined): void {
    if (serviceName === this.#serviceName) return;
    if (serviceName !== undefined) this.#store.watch("EDS", serviceName, this);
    if (this.#serviceName !== undefined) this.#store.unwatch("EDS", this.#serviceName, this);
    this.#serviceName = serviceName;
  }

  #evaluate(): ClusterState {
    const found = this.#store.read("CDS", this.name);
    // A cluster that is gone keeps the endpoints it had coming.
    const cluster = found.state === "ready" ? found.value : this.#cluster;
    if (cluster === undefined) {
      if (found.state === "pending") return { kind: "pending", waitingFor: `cluster ${this.name}` };
      const reason = found.state === "rejected" ? `cannot be used: ${found.error}` : "does not exist";
      return { kind: "failed", reason: `cluster ${this.name} ${reason}`, isWanted: false };
    }
    const { discovery } = cluster;
    this.#watchEndpoints(discovery.kind === "eds" ? discovery.serviceName : undefined);
    switch (discovery.kind) {
      case "unsupported":
        this.#cluster = cluster;
        return { kind: "failed", reason: `cluster ${this.name}: ${discovery.reason}`, isWanted: true };
      case "static":
        return this.#ready(cluster, discovery.endpoints);
      case "eds": {
        const endpoints = this.#store.read("EDS", discovery.serviceName);
        if (endpoints.state === "ready") return this.#ready(cluster, endpoints.value);
        const what = `endpoints of cluster ${this.name}`;
        if (endpoints.state === "pending") return { kind: "pending", waitingFor: what };
        return {
          kind: "failed",
          reason:
            endpoints.state === "rejected" ? `${what} cannot be used: ${endpoints.error}` : `${what} are not there`,
          isWanted: false,
        };
      }
    }
  }

  #ready(cluster: ClusterResource, endpoints: EndpointsResource): ClusterState {
    if (this.#state.kind === "ready" && cluster === this.#cluster && endpoints === this.#endpoints) return this.#state;
    this.#cluster = cluster;
    this.#endpoints = endpoints;
    const hosts = hostSet(cluster, endpoints, this.#instances);
    this.#instances = new Map(hosts.instances.map((instance) => [instance.address, instance]));
    const snapshot: Snapshot = {
      version: `${this.name}@${++this.#version}`,
      instances: hosts.instances,
      balancer: clusterBalancer(hosts, cluster.loadBalancing, this.#random),
    };
    return { kind: "ready", snapshot, problem: hosts.problem };
  }
}
