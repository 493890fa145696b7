import type { Middleware, TransportProtocol } from "@kitex-ts/core";
import type { CallMiddleware, LoadBalancer, Resolver, Security, Sourced } from "@kitex-ts/core/spi";
import { sourced } from "@kitex-ts/core/spi";
import { DEFAULT_MAX_MESSAGE_BYTES, type PayloadValidator, type TransportProfile } from "@kitex-ts/transport";

/** What can be set of a pool. */
export const poolFields = [
  "maxIdlePerAddress",
  "maxIdleGlobal",
  "maxIdleTimeoutMs",
  "minIdlePerAddress",
  "maxConnectionsPerAddress",
] as const;

/** How connections are kept; see `withLongConnection`, `withMuxConnection`, `withShortConnection`. */
export type ConnectionSettings = Partial<Pick<TransportProfile, (typeof poolFields)[number]>> & {
  readonly connection: TransportProfile["connection"];
};

/** When silent peers are asked whether they are there; see `withKeepalive`. gRPC: `keepalive.ClientParameters`. */
export interface KeepaliveSettings {
  /** Milliseconds without a byte from the peer. Default 10,000; 0 for never. gRPC: `Time`. */
  readonly timeMs?: number;
  /** Milliseconds that it has for an answer. Default 10,000. gRPC: `Timeout`. */
  readonly timeoutMs?: number;
}

/** What a client admits before it spends memory on it. */
export interface ClientLimits {
  /** Calls in flight on one connection, and calls that wait for a connection to one address; further ones fail with `overlimit`. Default 65,536 each. */
  readonly maxPendingCalls: number;
  /** Bytes of requests that wait on one connection for the peer to read them; further calls fail with `overlimit`. Default 256 MiB. */
  readonly maxPendingBytes: number;
  /** Bytes of the variable part of an answer's TTHeader. Default 262,140, as many as it can have. */
  readonly maxHeaderBytes: number;
}

export const limitNames: readonly string[] = ["maxPendingCalls", "maxPendingBytes", "maxHeaderBytes"];

/** Everything a client can be told, while options are applied. */
export interface ClientSettings {
  caller: string;
  rpcTimeoutMs: Sourced<number>;
  connectTimeoutMs: Sourced<number>;
  transportProtocol: TransportProtocol;
  connection: ConnectionSettings;
  keepalive: KeepaliveSettings;
  limits: Partial<ClientLimits>;
  maxMessageBytes: number;
  payloadValidators: readonly PayloadValidator[];
  security: Security | undefined;
  tags: Map<string, string>;
  hostPorts: readonly string[];
  resolver: Resolver | undefined;
  loadBalancer: LoadBalancer | undefined;
  routerMiddleware: CallMiddleware | undefined;
  middlewares: Middleware[];
  instanceMiddlewares: Middleware[];
}

/** What a client does unless told otherwise; each option says its own default. */
export const defaultSettings = (): ClientSettings => ({
  caller: "",
  rpcTimeoutMs: sourced(0, "default"),
  connectTimeoutMs: sourced(500, "default"),
  transportProtocol: "TTHeader",
  connection: { connection: "auto" },
  keepalive: {},
  limits: {},
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  payloadValidators: [],
  security: undefined,
  tags: new Map(),
  hostPorts: [],
  resolver: undefined,
  loadBalancer: undefined,
  routerMiddleware: undefined,
  middlewares: [],
  instanceMiddlewares: [],
});
