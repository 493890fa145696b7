import type { Socket } from "node:net";
import type { ApplicationException, RPCError } from "@kitex-ts/core";
import type { RequestHeaderReader } from "../ttheader/request-header-reader.ts";
import type { ListenerOptions, MethodEntry, ServerEntry } from "./entry.ts";

/** A draining server waits so long for requests that may be on their way from a client which cannot be told. */
export const DRAIN_GRACE_MS = 100;

/**
 * Who is told in answers to go: all, when the connection is to end, since the server stops or its certificates were replaced; before that, while
 * the server still accepts, those that take answers in order and have come a moment ago: they may come again with the next call.
 */
export type Farewell = "none" | "in order" | "all";

/** What a protocol gets from the listener that accepted the connection. */
export interface ConnectionHost {
  readonly entry: ServerEntry;
  readonly options: ListenerOptions;
  readonly headers: RequestHeaderReader;
  /** `host:port`, from the socket. */
  readonly peerAddress: string;
  /** The URI in the peer's certificate, proven by the connection. */
  readonly peerIdentity: string | undefined;
  /** Replies say so where the protocol can. */
  readonly phase: { readonly farewell: Farewell };
  /** Reports why a connection has to be closed, or a message left out. */
  onError(error: RPCError): void;
  /** Reports that a oneway call was not served: nobody else hears of it. */
  onDropped(methodName: string, reason: ApplicationException): void;
  /** Reports what a handler failed with, as its caller cannot do anything about it, or does not hear of it. */
  onFailure(error: unknown, entry: MethodEntry): void;
}

/** A connection in the hands of its protocol. */
export interface ServedConnection {
  /** Requests that run. */
  readonly runningCalls: number;
  /** Requests run, or the peer has not taken all answers yet. */
  readonly isBusy: boolean;
  /** Answers can say that the connection is to end. */
  readonly canBeTold: boolean;
  onBytes(chunk: Buffer): void;
  /** The peer sends no more. */
  onEnd(): void;
  onDrain(): void;
  /** The socket is gone. */
  onClose(): void;
  /** The server is stopping: tells the peer, if there is a way. */
  beginDrain(): void;
  /** Closes if the peer loses nothing by it; `idleMs`: time since the draining began or something happened here last. */
  closeIfIdle(idleMs: number): void;
}

/** A protocol that a port may speak. The first bytes of a connection choose one, once. */
export interface ProtocolHandler {
  readonly name: string;
  /** `more`: too few bytes to say. */
  matches(firstBytes: Buffer): "yes" | "no" | "more";
  serve(socket: Socket, host: ConnectionHost): ServedConnection;
}
