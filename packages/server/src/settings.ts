import type { Middleware } from "@kitex-ts/core";
import type { Logger } from "@kitex-ts/core/spi";
import { stderrLogger } from "@kitex-ts/core/spi";
import {
  DEFAULT_MAX_HEADER_BYTES,
  DEFAULT_MAX_MESSAGE_BYTES,
  DEFAULT_MAX_PENDING_BYTES,
  DEFAULT_MAX_REQUESTS_IN_FLIGHT,
  type PayloadValidator,
  type ServerSecurity,
} from "@kitex-ts/transport";

/** What a server admits before it spends memory or work. */
export interface ServerLimits {
  /** Open connections; further ones are closed at once. Default: none. Kitex: `limit.Option.MaxConnections`. */
  readonly maxConnections: number;
  /** Requests of one connection that run at the same time; the connection is read no further until one ends. Default 10,000. */
  readonly maxRequestsPerConnection: number;
  /** Bytes of one message, header included; at most 2,147,483,647. Default 64 MiB. */
  readonly maxMessageBytes: number;
  /** Bytes of a TTHeader's variable part. Default 262,140, as many as it can have. */
  readonly maxHeaderBytes: number;
  /** Bytes of answers that wait on one connection for the peer to read them; beyond it the connection is closed. Default 256 MiB. */
  readonly maxPendingBytes: number;
}

const defaultLimits: ServerLimits = {
  maxConnections: Infinity,
  maxRequestsPerConnection: DEFAULT_MAX_REQUESTS_IN_FLIGHT,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  maxHeaderBytes: DEFAULT_MAX_HEADER_BYTES,
  maxPendingBytes: DEFAULT_MAX_PENDING_BYTES,
};

export const limitNames: readonly string[] = Object.keys(defaultLimits);

/** Everything a server can be told, while options are applied. */
export interface ServerSettings {
  address: string;
  middlewares: Middleware[];
  limits: ServerLimits;
  readTimeoutMs: number;
  exitWaitMs: number;
  handleSignals: boolean;
  payloadValidators: readonly PayloadValidator[];
  security: ServerSecurity | undefined;
  logger: Logger;
}

/** What a server does unless told otherwise; each option says its own default. */
export const defaultSettings = (): ServerSettings => ({
  address: "0.0.0.0:8888",
  middlewares: [],
  limits: defaultLimits,
  readTimeoutMs: 5000,
  exitWaitMs: 5000,
  handleSignals: true,
  payloadValidators: [],
  security: undefined,
  logger: stderrLogger,
});
