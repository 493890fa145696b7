import { createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type ApplicationException, type RPCError, TransportError } from "@kitex-ts/core";
import { stderrLogger } from "@kitex-ts/core/spi";
import { formatAddress } from "../connection/address.ts";
import { DEFAULT_MAX_MESSAGE_BYTES, DEFAULT_MAX_PENDING_BYTES, DEFAULT_MAX_REQUESTS_IN_FLIGHT } from "../limits.ts";
import { looksLikeTLS, refusePlaintext, TLSAcceptor } from "../tls/tls-acceptor.ts";
import { MAX_HEADER_BYTES } from "../ttheader/codec.ts";
import { RequestHeaderReader } from "../ttheader/request-header-reader.ts";
import { bind } from "./bind.ts";
import { CertificateWatch, type SecuredConnection } from "./certificate-watch.ts";
import { Departure } from "./departure.ts";
import type { ListenerOptions, MethodEntry, ServerEntry } from "./entry.ts";
import { messageProtocol } from "./message-connection.ts";
import {
  type ConnectionHost,
  DRAIN_GRACE_MS,
  type Farewell,
  type ProtocolHandler,
  type ServedConnection,
} from "./protocol-handler.ts";
import { ReportLimit } from "./report-limit.ts";

/** A protocol is added by one line here, before the one that takes all the rest. */
const protocols: readonly ProtocolHandler[] = [messageProtocol];

/** How often a draining listener looks whether it is done. */
const DRAIN_LOOK_MS = 20;

/** An accepted connection is closed unused no sooner: its client may be slow to see that it is open. */
const FIRST_REQUEST_MS = 1000;

/** Of oneway calls that are dropped; the next report says how many there were besides. */
const DROP_REPORTS_PER_SECOND = 10;
const MAX_REPORTED_NAME = 200;

/** A port or a unix socket that answers calls. */
export interface Listener {
  /**
   * Begins to accept at `host:port`, `:port` (all interfaces; port 0 for any free one) or `unix:/path`. Resolves with the address that was bound.
   * Rejects with a `TransportError` that says what is in the way.
   */
  listen(address: string): Promise<string>;
  /**
   * Stops accepting, tells clients to go, waits for running calls, closes what is idle. Where clients open connections all the time, the port
   * stays open until those have been told, for a second at most. Resolves when no connection is left, or after `timeoutMs`: then the rest is cut
   * off, and `aborted` says how many calls that has cost.
   */
  drain(timeoutMs: number): Promise<{ readonly aborted: number }>;
  /** Cuts everything off at once. Closing twice is fine. */
  close(): void;
  /** Connections and running calls, for diagnosis. */
  readonly connectionCount: number;
  readonly runningCalls: number;
}

const defaultOptions: ListenerOptions = {
  maxConnections: 0,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  maxHeaderBytes: MAX_HEADER_BYTES,
  maxRequestsInFlight: DEFAULT_MAX_REQUESTS_IN_FLIGHT,
  maxPendingBytes: DEFAULT_MAX_PENDING_BYTES,
  readTimeoutMs: 5000,
  payloadValidators: [],
  security: undefined,
  logger: stderrLogger,
};

class SocketListener implements Listener {
  readonly #entry: ServerEntry;
  readonly #options: ListenerOptions;
  readonly #headers: RequestHeaderReader;
  readonly #server: Server;
  readonly #departure: Departure;
  readonly #tls: TLSAcceptor | undefined;
  /** Every socket that was accepted and is not closed. */
  readonly #sockets = new Set<Socket>();
  /** Those of which not enough has come to tell whether they speak TLS, and since when. */
  readonly #undecided = new Map<Socket, number>();
  readonly #connections = new Set<AcceptedConnection>();
  readonly #watch: CertificateWatch | undefined;
  readonly #dropReports = new ReportLimit(DROP_REPORTS_PER_SECOND);
  #farewell: Farewell = "none";

  constructor(entry: ServerEntry, options: ListenerOptions) {
    this.#entry = entry;
    this.#options = options;
    this.#headers = new RequestHeaderReader(options.maxHeaderBytes);
    this.#tls =
      options.security === undefined
        ? undefined
        : new TLSAcceptor(
            options.security,
            (socket, identity) => this.#serve(socket, identity),
            (error, socket) => this.#report(error, addressOf(socket)),
          );
    this.#watch =
      options.security === undefined
        ? undefined
        : new CertificateWatch(options.security, () => [...this.#connections].filter(({ isSecure }) => isSecure));
    this.#server = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 },
      (socket) => this.#accept(socket),
    );
    this.#departure = new Departure(this.#server);
  }

  get connectionCount(): number {
    return this.#sockets.size;
  }

  get runningCalls(): number {
    let count = 0;
    for (const connection of this.#connections) count += connection.runningCalls;
    return count;
  }

  async listen(address: string): Promise<string> {
    const bound = await bind(this.#server, address);
    // Accepting can fail later, when descriptors run out: no reason for the process to end.
    this.#server.on("error", (cause) => {
      this.#report(new TransportError("accept_failed", cause.message, { address: bound, cause }), bound);
    });
    this.#watch?.start();
    return bound;
  }

  #accept(socket: Socket): void {
    this.#departure.onArrival();
    const { maxConnections } = this.#options;
    if (maxConnections > 0 && this.#sockets.size >= maxConnections) {
      const peerAddress = addressOf(socket);
      this.#report(
        new TransportError("too_many_connections", `${maxConnections} connections are open, one more was refused`, {
          kind: "overlimit",
          address: peerAddress,
        }),
        peerAddress,
      );
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#tls === undefined) this.#serve(socket, undefined);
    else this.#awaitFirstBytes(socket, this.#tls);
  }

  /** Finds out whether the peer speaks TLS. */
  #awaitFirstBytes(socket: Socket, tls: TLSAcceptor): void {
    this.#undecided.set(socket, performance.now());
    let first: Buffer | undefined;
    const onEnd = (): void => void socket.destroy();
    const onData = (chunk: Buffer): void => {
      first = first === undefined ? chunk : Buffer.concat([first, chunk]);
      const isTLS = looksLikeTLS(first);
      if (isTLS === "more") return;
      this.#undecided.delete(socket);
      socket.removeListener("data", onData).removeListener("end", onEnd).pause();
      if (isTLS === "yes") tls.accept(socket, first);
      else if (this.#options.security?.mode === "permissive") {
        this.#serve(socket, undefined);
        socket.unshift(first);
        socket.resume();
      } else this.#refusePlaintext(socket, first);
    };
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("error", () => {});
    socket.once("close", () => this.#undecided.delete(socket));
  }

  #refusePlaintext(socket: Socket, first: Buffer): void {
    const start = first.toString("hex", 0, 8);
    const detail = `plaintext (first bytes 0x${start}) on a port that takes TLS only; see client.withTLS, or mode "permissive"`;
    this.#report(new TransportError("plaintext_refused", detail), addressOf(socket));
    refusePlaintext(socket);
  }

  #serve(socket: Socket, peerIdentity: string | undefined): void {
    const peerAddress = addressOf(socket);
    const phase = { farewell: this.#farewell };
    const host: ConnectionHost = {
      entry: this.#entry,
      options: this.#options,
      headers: this.#headers,
      phase,
      peerAddress,
      peerIdentity,
      onError: (error) => this.#report(error, peerAddress),
      onDropped: (methodName, reason) => this.#reportDropped(methodName, reason, peerAddress),
      onFailure: (error, entry) => this.#reportFailure(error, entry, peerAddress),
    };
    const connection = new AcceptedConnection(socket, host, phase, () => {
      this.#connections.delete(connection);
      if (connection.canBeTold) this.#departure.onLeft();
    });
    this.#connections.add(connection);
  }

  #report(error: RPCError, peerAddress: string): void {
    this.#safely(() => {
      this.#options.logger.warn({ peer: peerAddress, error }, "connection error");
      this.#entry.onConnectionError?.(error, peerAddress);
    });
  }

  #reportDropped(methodName: string, reason: ApplicationException, peerAddress: string): void {
    const suppressed = this.#dropReports.admit(performance.now());
    if (suppressed === undefined) return;
    const detail = `a oneway call of "${methodName.slice(0, MAX_REPORTED_NAME)}" was dropped: ${reason.remoteMessage}`;
    const fields = { peer: peerAddress, method: methodName.slice(0, MAX_REPORTED_NAME), suppressed };
    this.#safely(() => {
      const error = new TransportError("oneway_dropped", detail, { cause: reason });
      this.#options.logger.warn({ ...fields, error }, "oneway call dropped");
      this.#entry.onConnectionError?.(error, peerAddress);
    });
  }

  #reportFailure(error: unknown, { service, method }: MethodEntry, peerAddress: string): void {
    const fields = { service: service.serviceName, method: method.name, peer: peerAddress, error };
    this.#safely(() => this.#options.logger.error(fields, "handler failed"));
  }

  /** A logger that throws must not end the connection, nor the process. */
  #safely(log: () => void): void {
    try {
      log();
    } catch (error) {
      stderrLogger.error({ error }, "the logger failed");
    }
  }

  async drain(timeoutMs: number): Promise<{ readonly aborted: number }> {
    const deadline = performance.now() + timeoutMs;
    this.#watch?.stop();
    this.#farewell = "in order";
    if (this.#departure.isBusy) {
      for (const connection of this.#connections) connection.tellIfNew();
      await this.#departure.quiet(timeoutMs);
    }
    await this.#departure.close();
    this.#farewell = "all";
    for (const connection of this.#connections) connection.beginDrain();
    while (this.#sockets.size > 0) {
      const now = performance.now();
      if (now >= deadline) break;
      for (const connection of this.#connections) connection.closeIfIdle(now);
      for (const [socket, since] of this.#undecided) if (now - since >= DRAIN_GRACE_MS) socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, Math.min(DRAIN_LOOK_MS, deadline - now)));
    }
    const aborted = this.runningCalls;
    this.close();
    return { aborted };
  }

  close(): void {
    if (this.#server.listening) this.#server.close();
    this.#watch?.stop();
    // Those of TLS first, which take their sockets with them.
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}

const addressOf = (socket: Socket): string => formatAddress(socket.remoteAddress, socket.remotePort);

/** A socket until its first bytes tell the protocol, and the line between both from then on. */
class AcceptedConnection implements SecuredConnection {
  readonly isSecure: boolean;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #phase: { farewell: Farewell };
  readonly #acceptedAt: number = performance.now();
  #served: ServedConnection | undefined = undefined;
  #first: Buffer | undefined = undefined;
  #activeAt: number = this.#acceptedAt;
  /** What had come when {@link closeIfQuiet} was asked last. */
  #bytesSeen = -1;

  constructor(socket: Socket, host: ConnectionHost, phase: { farewell: Farewell }, onClosed: () => void) {
    this.#socket = socket;
    this.#host = host;
    this.#phase = phase;
    this.isSecure = socket instanceof TLSSocket;
    socket.on("data", (chunk: Buffer) => {
      if (this.#served === undefined) this.#detect(chunk);
      else this.#served.onBytes(chunk);
    });
    socket.on("end", () => {
      if (this.#served === undefined) socket.end();
      else this.#served.onEnd();
    });
    socket.on("drain", () => this.#served?.onDrain());
    // `close` follows, and a peer that has gone is no news.
    socket.on("error", () => {});
    socket.on("close", () => {
      onClosed();
      this.#served?.onClose();
    });
  }

  get runningCalls(): number {
    return this.#served?.runningCalls ?? 0;
  }

  get canBeTold(): boolean {
    return this.#served?.canBeTold === true;
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  #detect(chunk: Buffer): void {
    const first = this.#first === undefined ? chunk : Buffer.concat([this.#first, chunk]);
    for (const protocol of protocols) {
      const answer = protocol.matches(first);
      if (answer === "no") continue;
      if (answer === "more") {
        this.#first = first;
        return;
      }
      this.#first = undefined;
      this.#served = protocol.serve(this.#socket, this.#host);
      if (this.#host.phase.farewell === "all") this.#served.beginDrain();
      this.#served.onBytes(first);
      return;
    }
  }

  /** A connection that was opened a moment ago may be one of a single call. */
  tellIfNew(): void {
    const isNew = performance.now() - this.#acceptedAt < DRAIN_GRACE_MS;
    if (isNew && this.#phase.farewell === "none") this.#phase.farewell = "in order";
  }

  beginDrain(): void {
    this.#phase.farewell = "all";
    this.#activeAt = performance.now();
    this.#served?.beginDrain();
  }

  closeIfIdle(now: number): void {
    if (this.#served?.isBusy === true) this.#activeAt = now;
    const idleMs = now - this.#activeAt;
    if (this.#served !== undefined) this.#served.closeIfIdle(idleMs);
    // Its first request may be on the way.
    else if (idleMs >= DRAIN_GRACE_MS && now - this.#acceptedAt >= FIRST_REQUEST_MS) this.#socket.destroy();
  }

  closeIfQuiet(now: number): void {
    const { bytesRead } = this.#socket;
    if (bytesRead !== this.#bytesSeen) {
      this.#bytesSeen = bytesRead;
      this.#activeAt = now;
    } else this.closeIfIdle(now);
  }

  cutOff(): void {
    const calls = this.runningCalls;
    if (calls > 0) {
      const detail = `the connection's certificates were replaced, and ${calls} of its calls have not ended within drainTimeoutMs`;
      this.#host.onError(new TransportError("certificates_replaced", detail));
    }
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** A listener for what `entry` answers. `options` override the defaults named at {@link ListenerOptions}. */
export const createListener = (entry: ServerEntry, options: Partial<ListenerOptions> = {}): Listener =>
  new SocketListener(entry, { ...defaultOptions, ...options });
