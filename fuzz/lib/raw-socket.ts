import { connect, type Socket } from "node:net";

/** A socket that sends bytes as they are, and keeps what comes back. */
export class RawSocket {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #length = 0;
  #changed: () => void = () => undefined;
  isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received.push(chunk);
      this.#length += chunk.length;
      this.#changed();
    });
    // A connection that is cut off is part of the game; `close` follows.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.#changed();
    });
  }

  static async open(address: string): Promise<RawSocket> {
    const [host = "", port = ""] = address.split(":");
    const socket = connect({ host, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new RawSocket(socket);
  }

  /** Sends in pieces of the given sizes; the peer mostly reads them singly. */
  async send(bytes: Buffer, sizeOf: () => number): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isClosed; ) {
      const size = sizeOf();
      this.#socket.write(bytes.subarray(at, at + size));
      at += size;
      if (at < bytes.length) await new Promise(setImmediate);
    }
  }

  /** Everything that has come since the last `take`. */
  get received(): Buffer {
    return Buffer.concat(this.#received, this.#length);
  }

  take(): void {
    this.#received = [];
    this.#length = 0;
  }

  /** Waits until `holds`, or until the connection has closed. */
  async until(holds: () => boolean): Promise<void> {
    while (!this.isClosed && !holds()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Sends no more; what the peer does then is its affair. */
  end(): void {
    this.#socket.end();
  }

  /** Without the farewell that leaves a port waiting for minutes. */
  abort(): void {
    this.#socket.resetAndDestroy();
  }
}
