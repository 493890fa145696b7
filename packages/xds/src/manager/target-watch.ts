import { RPCError } from "@kitex-ts/core";
import type { CancelSlot, TimerSource } from "@kitex-ts/core/spi";
import type { TypeName } from "../ads/type-urls.ts";
import type { Dialect } from "../bootstrap/bootstrap-config.ts";
import type { ClusterRuntime } from "../cluster/cluster-runtime.ts";
import { nameTableName } from "../resource/name-table.ts";
import type { ClusterRegistry } from "./cluster-registry.ts";
import type { ConfigReader, Place } from "./config-reader.ts";
import { type Destination, parseDestination } from "./destination.ts";
import { planGRPC } from "./plan-grpc.ts";
import { planSidecar } from "./plan-sidecar.ts";
import type { ResourceStore } from "./resource-store.ts";
import type { PlanResult, RoutingPlan } from "./routing-plan.ts";
import { clusterNames, type TargetSnapshot, targetSnapshot } from "./target-snapshot.ts";
import type { ResourceWatcher } from "./type-cache.ts";
import { Waiters } from "./waiters.ts";

/** What a target needs of its manager. */
export interface TargetSurroundings {
  readonly store: ResourceStore;
  readonly clusters: ClusterRegistry;
  readonly dialect: Dialect;
  readonly place: Place;
  /** How long a call waits for what has not come yet. */
  readonly fetchTimeoutMs: number;
  /** Why nothing may be coming; undefined when the control plane answers. */
  outage(): string | undefined;
  readonly clock: TimerSource;
}

/** How long working routes stay when new ones lead to a cluster that is not there: it may be on its way. */
const tearGraceMs = 2_000;

/**
 * A destination being watched: LDS, RDS, CDS and EDS of it become a snapshot, off the way of calls. A new snapshot appears when all of it is
 * there; until then, and when the new state cannot be used, the old one stays.
 */
export class TargetWatch implements ResourceWatcher {
  readonly rank = 1;
  /** Set by every call; whoever cleans up looks whether it was. */
  isUsed = true;
  readonly #name: string;
  readonly #destination: Destination;
  readonly #around: TargetSurroundings;
  readonly #waiters = new Waiters<TargetSnapshot>();
  /** `LDS 10.96.0.10_80`, what the last plan was made from. */
  #dependencies = new Set<string>();
  /** Of the current snapshot, and of the next one while it is not complete. */
  #clusters: ReadonlyMap<string, ClusterRuntime> = new Map();
  #nextClusters: ReadonlyMap<string, ClusterRuntime> = new Map();
  #plan: RoutingPlan | undefined = undefined;
  #current: TargetSnapshot | undefined = undefined;
  #waitingFor = "";
  /** Why calls fail at once, as long as nothing changes. */
  #failure: (() => string) | undefined = undefined;
  #waitingSince: number | undefined = undefined;
  #graceTimer: unknown = undefined;
  /** New routes have waited long enough for their clusters. */
  #isGraceOver = false;
  #isClosed = false;

  /** @throws RPCError when the destination is malformed */
  constructor(destination: string, around: TargetSurroundings) {
    this.#name = destination;
    this.#destination = parseDestination(destination);
    this.#around = around;
    this.#refresh();
  }

  /** Present once the target is known. */
  get current(): TargetSnapshot | undefined {
    return this.#current;
  }

  /** What else is wrong, beside what fails a call: the newest state cannot be used, or the control plane is away. undefined: nothing. */
  get note(): string | undefined {
    const notes = [this.#failure?.(), this.#around.outage()].filter((note) => note !== undefined);
    return notes.length === 0 ? undefined : notes.join("; ");
  }

  /** Waits for the first snapshot, no longer than `deadline`. Rejects with `service_discovery`. */
  ready(deadline: number, cancel: CancelSlot | undefined): Promise<TargetSnapshot> {
    if (this.#current !== undefined) return Promise.resolve(this.#current);
    if (this.#failure !== undefined) return Promise.reject(this.#error(this.#failure()));
    const now = performance.now();
    this.#waitingSince ??= now;
    const fullWait = this.#waitingSince + this.#around.fetchTimeoutMs;
    // A call with little time says nothing about the target; one that waited in full does.
    const isFull = fullWait <= deadline;
    return this.#waiters.wait(isFull ? fullWait : deadline, cancel, () => this.#timedOut(now, isFull));
  }

  onResourceChange(): void {
    this.#refresh();
  }

  /** The control plane answers again: what was given up may be worth waiting for. */
  onConnected(): void {
    if (this.#waitingFor !== "") this.#failure = undefined;
    this.#waitingSince = undefined;
  }

  close(error: RPCError): void {
    this.#isClosed = true;
    this.#stopGrace();
    for (const dependency of this.#dependencies) this.#unwatch(dependency);
    this.#dependencies.clear();
    this.#release(this.#clusters);
    this.#release(this.#nextClusters);
    this.#clusters = new Map();
    this.#nextClusters = new Map();
    this.#waiters.reject(error);
  }

  #error(detail: string): RPCError {
    return new RPCError("service_discovery", `${this.#name}: ${detail}`, { service: this.#name });
  }

  #timedOut(startedAt: number, isFull: boolean): RPCError {
    const detail = this.#around.outage() ?? `the control plane has not sent ${this.#waitingFor}`;
    if (isFull) {
      // Those who come later need not wait again for what did not come in all this time.
      this.#failure = () => detail;
      this.#waitingSince = undefined;
    }
    return this.#error(`${detail} (waited ${Math.round(performance.now() - startedAt)} ms)`);
  }

  readonly #onClusterChange = (): void => this.#refresh();

  #refresh(): void {
    if (this.#isClosed) return;
    const result = this.#makePlan();
    switch (result.kind) {
      case "plan":
        this.#adopt(result.plan);
        break;
      case "pending":
        this.#waitFor(result.waitingFor);
        break;
      case "failed":
        this.#fail(result.reason);
        break;
    }
  }

  #waitFor(waitingFor: string): void {
    this.#waitingFor = waitingFor;
    this.#failure = undefined;
  }

  #fail(reason: () => string): void {
    this.#waitingFor = "";
    this.#failure = reason;
    this.#waitingSince = undefined;
    this.#release(this.#nextClusters);
    this.#nextClusters = new Map();
    if (this.#waiters.size > 0) this.#waiters.reject(this.#error(reason()));
  }

  /** Reads the configuration anew, and watches exactly what was read. */
  #makePlan(): PlanResult {
    const { store, dialect, place } = this.#around;
    const read = new Set<string>();
    const reading = <T extends TypeName>(type: T, name: string): ReturnType<typeof store.read<T>> => {
      const dependency = `${type} ${name}`;
      read.add(dependency);
      // Watched before it is read: an unknown name is asked for by being watched.
      store.watch(type, name, this);
      return store.read(type, name);
    };
    const reader: ConfigReader = {
      nameTable: () => reading("NDS", nameTableName),
      listener: (name) => reading("LDS", name),
      routeConfig: (name) => reading("RDS", name),
      cluster: (name) => reading("CDS", name),
      clusterNames: () => store.knownNames("CDS"),
    };
    const plan = dialect === "grpc" ? planGRPC : planSidecar;
    const result = plan(this.#destination, place, reader);
    for (const dependency of this.#dependencies) if (!read.has(dependency)) this.#unwatch(dependency);
    this.#dependencies = read;
    return result;
  }

  #unwatch(dependency: string): void {
    const space = dependency.indexOf(" ");
    this.#around.store.unwatch(dependency.slice(0, space) as TypeName, dependency.slice(space + 1), this);
  }

  /** Publishes the plan when every cluster it may lead to is ready or will not be. */
  #adopt(plan: RoutingPlan): void {
    const next = this.#acquire(clusterNames(plan.virtualHost));
    this.#release(this.#nextClusters);
    this.#nextClusters = next;
    for (const { state } of next.values()) {
      if (state.kind === "pending") {
        this.#waitFor(state.waitingFor);
        return;
      }
    }
    if (this.#isTorn(next)) return;
    this.#stopGrace();
    this.#waitingFor = "";
    this.#failure = undefined;
    this.#waitingSince = undefined;
    const isSame = this.#plan?.virtualHost === plan.virtualHost && this.#plan.authority === plan.authority;
    this.#release(this.#clusters);
    this.#clusters = next;
    this.#nextClusters = new Map();
    if (!isSame || this.#current === undefined) this.#current = targetSnapshot(plan, next);
    this.#plan = plan;
    this.#waiters.resolve(this.#current);
  }

  /** New routes whose clusters have not come yet must not replace routes that work; for a while. */
  #isTorn(clusters: ReadonlyMap<string, ClusterRuntime>): boolean {
    if (this.#current === undefined || this.#isGraceOver) return false;
    const isMissing = ([name, { state }]: readonly [string, ClusterRuntime]): boolean =>
      state.kind === "failed" && !state.isWanted && !this.#clusters.has(name);
    if (![...clusters].some(isMissing)) return false;
    this.#graceTimer ??= this.#around.clock.setTimeout(() => {
      this.#graceTimer = undefined;
      this.#isGraceOver = true;
      this.#refresh();
    }, tearGraceMs);
    return true;
  }

  #stopGrace(): void {
    if (this.#graceTimer !== undefined) this.#around.clock.clearTimeout(this.#graceTimer);
    this.#graceTimer = undefined;
    this.#isGraceOver = false;
  }

  #acquire(names: ReadonlySet<string>): ReadonlyMap<string, ClusterRuntime> {
    const clusters = new Map<string, ClusterRuntime>();
    for (const name of names) clusters.set(name, this.#around.clusters.acquire(name, this.#onClusterChange));
    return clusters;
  }

  #release(clusters: ReadonlyMap<string, ClusterRuntime>): void {
    for (const name of clusters.keys()) this.#around.clusters.release(name, this.#onClusterChange);
  }
}
