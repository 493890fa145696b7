import type { ApplicationException, MethodInfo, RPCError, ServiceInfo } from "@kitex-ts/core";
import type { Logger, PayloadCodec, ServerCall } from "@kitex-ts/core/spi";
import type { ServerSecurity } from "../tls/server-security.ts";
import type { PayloadValidator } from "../ttheader/payload-validation.ts";

/** A method that a server answers. */
export interface MethodEntry {
  readonly service: ServiceInfo;
  readonly method: MethodInfo;
  /** Runs the chain and the handler. Whatever it throws or rejects with is sent as the reply. */
  invoke(request: unknown, call: ServerCall): unknown;
  /** The method in payload codecs beside the service's own. */
  readonly inOtherCodecs?: readonly MethodEntry[] | undefined;
}

/** What a listener needs of the server above it. */
export interface ServerEntry {
  readonly codecs: readonly PayloadCodec[];
  /** `serviceName` is what the caller sent, if it did; an `ApplicationException` is sent as the answer. */
  find(serviceName: string | undefined, methodName: string): MethodEntry | ApplicationException;
  /** A connection was given up, or a message: unreadable bytes, a limit, a peer that went silent inside a message or does not read. */
  onConnectionError?(error: RPCError, peerAddress: string): void;
}

/** Limits of a listener; bytes, counts, milliseconds. */
export interface ListenerOptions {
  /** Further connections are closed at once; 0, the default, for no limit. Kitex: `limit.Option.MaxConnections`. */
  readonly maxConnections: number;
  /** Limit of a message in either direction, 64 MiB. */
  readonly maxMessageBytes: number;
  /** Limit of a TTHeader's variable part, 262,140. */
  readonly maxHeaderBytes: number;
  /** Requests of one connection that run at the same time, 10,000; beyond it nothing more is read from it until some have ended. */
  readonly maxRequestsInFlight: number;
  /** Answers that wait on one connection for the peer to read, 256 MiB; beyond it the connection is closed. */
  readonly maxPendingBytes: number;
  /**
   * A message that has begun must go on arriving, 16 KiB in this time, and a peer for which answers wait must go on reading (a few 100 KiB, as the
   * system's buffers hide less), or the connection is closed. 5,000; 0 for no limit. Kitex: `WithReadWriteTimeout`.
   */
  readonly readTimeoutMs: number;
  /** Run over requests and answers with a TTHeader; none by default. */
  readonly payloadValidators: readonly PayloadValidator[];
  /** Undefined, the default, for plaintext. */
  readonly security: ServerSecurity | undefined;
  /** Hears of broken connections, and of handlers that fail. */
  readonly logger: Logger;
}
