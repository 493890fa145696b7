import { RPCError } from "@kitex-ts/core";
import type { Attempt, Call, Resolver, Snapshot, Subscription } from "@kitex-ts/core/spi";
import type { ClusterState } from "../cluster/cluster-runtime.ts";
import type { ClusterRegistry } from "../manager/cluster-registry.ts";
import { currentManager } from "../manager/default-manager.ts";
import { Waiters } from "../manager/waiters.ts";
import type { XDSResourceManager } from "../manager/xds-resource-manager.ts";

/** Finds the endpoints of the cluster that the router chose, with the cluster's own balancer. Kitex: `xdssuite.NewXDSResolver`. */
export class XDSResolver implements Resolver {
  readonly name = "xds";
  readonly #manager: XDSResourceManager | undefined;

  /** @param manager the process default at the time of a call when left out */
  constructor(manager?: XDSResourceManager) {
    this.#manager = manager;
  }

  target(call: Call): string {
    if (call.route === undefined) {
      throw new RPCError(
        "service_discovery",
        `${call.target.destination}: the xDS resolver has no route to follow; use it together with the xDS router, as xds.clientSuite() does`,
        { service: call.target.destination, method: call.target.method.name },
      );
    }
    return call.route.cluster;
  }

  open(target: string): Subscription {
    return new ClusterSubscription(target, (this.#manager ?? currentManager()).clusters);
  }
}

class ClusterSubscription implements Subscription {
  readonly #name: string;
  readonly #clusters: ClusterRegistry;
  readonly #waiters = new Waiters<Snapshot>();
  #state: ClusterState;

  constructor(name: string, clusters: ClusterRegistry) {
    this.#name = name;
    this.#clusters = clusters;
    this.#state = clusters.acquire(name, this.#onChange).state;
  }

  readonly #onChange = (state: ClusterState): void => {
    this.#state = state;
    if (state.kind === "ready") this.#waiters.resolve(state.snapshot);
    else if (state.kind === "failed") this.#waiters.reject(this.#error(state.reason));
  };

  get current(): Snapshot | undefined {
    return this.#state.kind === "ready" ? this.#state.snapshot : undefined;
  }

  get isClosed(): boolean {
    return this.#clusters.isClosed;
  }

  ready(attempt: Attempt): Promise<Snapshot> {
    const state = this.#state;
    if (state.kind === "ready") return Promise.resolve(state.snapshot);
    if (state.kind === "failed") return Promise.reject(this.#error(state.reason));
    const { waitingFor } = state;
    return this.#waiters.wait(attempt.deadline, attempt.cancelSlot, () =>
      this.#error(`the control plane has not sent ${waitingFor}`),
    );
  }

  close(): void {
    this.#clusters.release(this.#name, this.#onChange);
    this.#waiters.reject(this.#error("no longer watched"));
  }

  #error(detail: string): RPCError {
    return new RPCError("service_discovery", `${this.#name}: ${detail}`, { service: this.#name });
  }
}
