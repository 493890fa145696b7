import { RPCError } from "@kitex-ts/core";
import type { Logger, TimerSource } from "@kitex-ts/core/spi";
import { ADSClient } from "../ads/ads-client.ts";
import { type ConnectionStatus, describeOutage } from "../ads/connection-status.ts";
import type { ADSTransport } from "../ads/transport.ts";
import type { BootstrapConfig } from "../bootstrap/bootstrap-config.ts";
import { ClusterRegistry } from "./cluster-registry.ts";
import { ResourceStore } from "./resource-store.ts";
import { TargetWatch } from "./target-watch.ts";
import { Waiters } from "./waiters.ts";

/** What a manager is made of. */
export interface ManagerOptions {
  readonly bootstrap: BootstrapConfig;
  readonly transport: ADSTransport;
  readonly fetchTimeoutMs: number;
  readonly logger: Logger;
  readonly clock: TimerSource;
  /** In [0, 1). */
  readonly random: () => number;
}

/** A target or a failed lookup that no call has used for this long is forgotten; the next call looks it up again. */
const idleMs = 30 * 60_000;
const closedText = "the xDS resource manager is closed";
/** Destinations watched at a time. */
const maxTargets = 10_000;

/**
 * One control plane's view of the mesh: the stream to it, the resources it sent, and a ready-made snapshot for every destination that is called.
 * Shared by all clients given to it. Close it when the program is done with calls: its connection keeps the process alive.
 *
 * @example
 * await using manager = await xds.init();
 */
export class XDSResourceManager implements AsyncDisposable {
  readonly #options: ManagerOptions;
  readonly #ads: ADSClient;
  readonly #store: ResourceStore;
  readonly #clusters: ClusterRegistry;
  readonly #targets = new Map<string, TargetWatch>();
  readonly #firstConfig = new Waiters<undefined>();
  #sweepTimer: unknown = undefined;
  #closedError: RPCError | undefined = undefined;

  /** @internal Made by `xds.init`. */
  constructor(options: ManagerOptions) {
    this.#options = options;
    const { bootstrap, clock, logger, random, transport } = options;
    this.#store = new ResourceStore(bootstrap.dialect, clock, logger, (type, wanted) =>
      this.#ads.subscribe(type, wanted),
    );
    this.#clusters = new ClusterRegistry(this.#store, random);
    this.#ads = new ADSClient({
      transport,
      node: bootstrap.node,
      clock,
      random,
      logger,
      handler: {
        onResponse: async (response) => {
          const problems = await this.#store.apply(response);
          this.#firstConfig.resolve(undefined);
          return problems;
        },
        onRequested: (type, names) => this.#store.requested(type, names),
        onStatus: (status) => this.#onStatus(status),
      },
    });
    this.#store.start();
    this.#ads.start();
    this.#scheduleSweep();
  }

  /** How the connection to the control plane is doing. */
  get status(): ConnectionStatus {
    return this.#ads.status;
  }

  get isClosed(): boolean {
    return this.#closedError !== undefined;
  }

  /** @internal Resolves with the first good answer of the control plane, rejects with `service_discovery` after `timeoutMs`. */
  async answered(timeoutMs: number): Promise<void> {
    if (this.status.state === "connected") return;
    await this.#firstConfig.wait(performance.now() + timeoutMs, undefined, () => {
      const outage = describeOutage(this.status) ?? `control plane ${this.status.address} has sent nothing usable`;
      return new RPCError("service_discovery", `${outage} (waited ${timeoutMs} ms)`);
    });
  }

  /** @internal The destination's routes, watched from the first call on. @throws RPCError when it is malformed or the manager is closed */
  target(destination: string): TargetWatch {
    const known = this.#targets.get(destination);
    if (known !== undefined) {
      known.isUsed = true;
      return known;
    }
    if (this.#closedError !== undefined) throw this.#closedError;
    this.#makeRoom();
    const { bootstrap, clock, fetchTimeoutMs } = this.#options;
    const target = new TargetWatch(destination, {
      store: this.#store,
      clusters: this.#clusters,
      dialect: bootstrap.dialect,
      place: bootstrap,
      fetchTimeoutMs,
      outage: () => describeOutage(this.status),
      clock,
    });
    this.#targets.set(destination, target);
    return target;
  }

  /** @internal The clusters that calls go to. @throws RPCError when the manager is closed */
  get clusters(): ClusterRegistry {
    if (this.#closedError !== undefined) throw this.#closedError;
    return this.#clusters;
  }

  /** Ends the stream and forgets everything; calls that still come fail. Closing twice is fine. */
  close(): Promise<void> {
    if (this.#closedError === undefined) {
      this.#closedError = new RPCError("service_discovery", closedText);
      this.#options.clock.clearTimeout(this.#sweepTimer);
      this.#ads.close();
      for (const target of this.#targets.values()) target.close(this.#closedError);
      this.#targets.clear();
      this.#firstConfig.reject(this.#closedError);
      this.#clusters.close(closedText);
      this.#store.close();
    }
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Destinations may come from outside, in a gateway for instance: those that lead nowhere go first. */
  #makeRoom(): void {
    if (this.#targets.size < maxTargets) return;
    for (const [destination, target] of this.#targets)
      if (target.current === undefined) this.#forget(destination, target);
    if (this.#targets.size < maxTargets) return;
    throw new RPCError("service_discovery", `more than ${maxTargets} destinations are in use at the same time`);
  }

  #forget(destination: string, target: TargetWatch): void {
    this.#targets.delete(destination);
    target.close(new RPCError("service_discovery", `${destination}: no longer watched`));
  }

  #onStatus(status: ConnectionStatus): void {
    if (status.state === "connected") for (const target of this.#targets.values()) target.onConnected();
    else this.#store.disconnected();
  }

  #scheduleSweep(): void {
    this.#sweepTimer = this.#options.clock.setTimeout(() => {
      for (const [destination, target] of this.#targets) {
        if (target.isUsed) target.isUsed = false;
        else this.#forget(destination, target);
      }
      this.#scheduleSweep();
    }, idleMs);
  }
}
