import type { Tags } from "./spi/discovery.ts";
import type { TransportProtocol } from "./transport-protocol.ts";

/** Who set a value, strongest first. A value set in code locks out the dynamic sources below it. Kitex: `client.ConfigLocks`. */
export type PolicySource = "call option" | "client option" | "xds route" | "default";

/** A setting and where it came from. */
export interface Sourced<T> {
  readonly value: T;
  readonly source: PolicySource;
}

export const sourced = <T>(value: T, source: PolicySource): Sourced<T> => ({ value, source });

/** The settings of a call, client and call options applied. Frozen and shared by all calls that pass no call options. */
export interface CallSettings {
  /** One attempt's limit in milliseconds; 0: none. */
  readonly rpcTimeoutMs: Sourced<number>;
  readonly connectTimeoutMs: Sourced<number>;
  readonly transportProtocol: TransportProtocol;
  readonly tags: Tags | undefined;
  /** Dial this address, without discovery and balancing. */
  readonly hostPort: string | undefined;
}

/**
 * The limit of one attempt, given what the route says: an RPC timeout set in code keeps the route's from applying; otherwise the route's bounds
 * the whole call. 0 or absence means "no opinion".
 */
export const routeTimeoutMs = (
  settings: CallSettings,
  route: { readonly timeoutMs?: number | undefined } | undefined,
): number => (settings.rpcTimeoutMs.source === "default" ? (route?.timeoutMs ?? 0) : 0);
