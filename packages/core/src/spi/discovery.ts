import type { Attempt, Call } from "../call.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import type { Security } from "./security.ts";

export type Tags = ReadonlyMap<string, string>;

/** One place that serves a target. Kitex: `discovery.Instance`. */
export interface Instance {
  /** `host:port`, `[v6]:port`, or `unix:/path`. */
  readonly address: string;
  /** Relative share of calls; 0 gets none as long as another instance has more. Kitex' default is 10. */
  readonly weight: number;
  readonly tags: Tags;
  /** How to connect to it; wins over what the client was told (`client.withTLS`). */
  readonly security?: Security | undefined;
}

/** The instances of a target at one moment. Immutable; a change makes a new one. Kitex: `discovery.Result`. */
export interface Snapshot {
  /** Differs from any other snapshot's of the same target. */
  readonly version: string;
  readonly instances: readonly Instance[];
  /** A snapshot may bring its own balancer (an xDS cluster does); one set in code wins over it. */
  readonly balancer?: LoadBalancer | undefined;
}

/** A target being watched. */
export interface Subscription {
  /** The newest snapshot; present once the target is known, which makes resolving synchronous. */
  readonly current: Snapshot | undefined;
  /** Waits for the first snapshot, no longer than the call's deadline. Rejects with `service_discovery`. */
  ready(attempt: Attempt): Promise<Snapshot>;
  /** True once nothing will ever come any more, because what fed it was closed: the target is then opened anew for the next call. */
  readonly isClosed?: boolean;
  close(): void;
}

/** Finds the instances of a service. Kitex: `discovery.Resolver`, with `watch` built in. */
export interface Resolver {
  readonly name: string;
  /** What to look up for this call; it may depend on the route. Calls with equal targets share a subscription. */
  target(call: Call): string;
  /** Begins to watch. Called once per target; the caller closes it. */
  open(target: string): Subscription;
}
