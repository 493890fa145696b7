import { connect, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { TransportError } from "@kitex-ts/core";
import { CallbackTimer, timers } from "@kitex-ts/core/spi";
import { tlsFailure } from "../tls/secure-dialer.ts";
import { parseAddress, type SocketAddress } from "./address.ts";

/** Where a socket puts what it receives. A plain socket uses the memory again for the next bytes; TLS brings new memory with every chunk. */
export class ReceiveBuffer {
  buffer: Buffer;
  view: DataView;
  /** Called when `buffer[0, length)` has been filled. */
  onBytes: (length: number) => void = () => {};

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytes);
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, bytes);
  }

  /** Bytes that have come in memory of their own. */
  take(chunk: Buffer): void {
    this.buffer = chunk;
    this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    this.onBytes(chunk.length);
  }
}

/** Opens a socket; the place for other ways to reach a peer than TCP and unix sockets. */
export type Dialer = (address: SocketAddress, receiveBuffer: ReceiveBuffer) => Socket | Promise<Socket>;

/** `onread` spares a buffer for every chunk (bench: 0.2 µs a call). */
export const dialSocket = (address: SocketAddress, receiveBuffer: ReceiveBuffer): Socket =>
  connect({
    ...address,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    onread: {
      buffer: receiveBuffer.buffer,
      callback: (length) => {
        receiveBuffer.onBytes(length);
        return true;
      },
    },
  });

const RECEIVE_BYTES = 64 * 1024;

export interface DialObserver {
  onConnected(dial: Dial, socket: Socket, receiveBuffer: ReceiveBuffer): void;
  onDialFailed(dial: Dial, error: TransportError): void;
}

/** One attempt to connect. Tells its observer exactly once how it went, never before the constructor has returned. */
export class Dial {
  readonly #address: string;
  readonly #timeoutMs: number;
  readonly #observer: DialObserver;
  readonly #receiveBuffer = new ReceiveBuffer(RECEIVE_BYTES);
  readonly #timer = new CallbackTimer(() => this.#onTimeout());
  #socket: Socket | undefined = undefined;
  #isDone = false;

  /** `timeoutMs` 0: as long as the system tries. */
  constructor(address: string, timeoutMs: number, dialer: Dialer, observer: DialObserver) {
    this.#address = address;
    this.#timeoutMs = timeoutMs;
    this.#observer = observer;
    let dialed: Socket | Promise<Socket>;
    try {
      dialed = dialer(parseAddress(address), this.#receiveBuffer);
    } catch (error) {
      process.nextTick(this.#onError, error);
      return;
    }
    if (timeoutMs > 0) timers.add(this.#timer, performance.now() + timeoutMs);
    if (dialed instanceof Promise) dialed.then(this.#onSocket, this.#onError);
    else this.#onSocket(dialed);
  }

  readonly #onSocket = (socket: Socket): void => {
    this.#socket = socket;
    socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", this.#onConnect);
    socket.once("error", this.#onError);
    // Certificates may come later than anybody waits for them.
    if (this.#isDone) socket.on("error", () => {}).destroy();
  };

  /** Nobody wants the connection any more. */
  abandon(): void {
    this.#isDone = true;
    timers.remove(this.#timer);
    this.#socket?.destroy();
  }

  #onTimeout(): void {
    const detail = `connecting to ${this.#address} took longer than ${this.#timeoutMs} ms`;
    this.#fail(connectError("connect_timeout", detail, this.#address, undefined));
  }

  readonly #onConnect = (): void => {
    const socket = this.#socket as Socket;
    // Refused after the handshake: the error is on its way.
    if (this.#isDone || socket.destroyed) return;
    this.#isDone = true;
    timers.remove(this.#timer);
    socket.removeListener("error", this.#onError);
    this.#observer.onConnected(this, socket, this.#receiveBuffer);
  };

  readonly #onError = (error: Error): void => {
    if (error instanceof TransportError) {
      this.#fail(error);
      return;
    }
    const socket = this.#socket;
    const failure =
      socket === undefined
        ? `no certificates to connect to ${this.#address} with: ${error.message}`
        : socket instanceof TLSSocket && tlsFailure(error, this.#address);
    if (typeof failure === "string") {
      this.#fail(connectError("tls_failed", failure, this.#address, error));
      return;
    }
    const code = (error as NodeJS.ErrnoException).code === "ECONNREFUSED" ? "connection_refused" : "connect_failed";
    this.#fail(connectError(code, hint(error, this.#address), this.#address, error));
  };

  #fail(error: TransportError): void {
    if (this.#isDone) return;
    this.#isDone = true;
    timers.remove(this.#timer);
    // A socket that fails later, while it is being taken down, must not take the process with it.
    this.#socket?.on("error", () => {});
    this.#socket?.destroy();
    this.#observer.onDialFailed(this, error);
  }
}

const connectError = (code: string, detail: string, address: string, cause: unknown): TransportError =>
  new TransportError(code, detail, { kind: "get_connection", address, requestWritten: false, cause });

const hint = (error: Error, address: string): string => {
  // Attempts at several addresses of a name fail as one error without a text.
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  switch ((first as NodeJS.ErrnoException).code) {
    case "ECONNREFUSED":
      return `nothing listens at ${address}`;
    case "ENOTFOUND":
      return `the host name of ${address} is unknown`;
    case "ENOENT":
      return `there is no socket ${address}`;
    default:
      return `connecting to ${address}: ${first.message}`;
  }
};
