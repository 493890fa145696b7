import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a client and a server, passes bytes on, and does to them what the test says. */
export class Relay implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isSilent = false;
  /** Bytes on their way to the server, and back. */
  onRequest: (bytes: Buffer) => Buffer = (bytes) => bytes;
  onReply: (bytes: Buffer) => Buffer = (bytes) => bytes;
  /** How long to rest after each piece of up to 64 KiB, in milliseconds. */
  restMs = 0;
  /** Connections so far. */
  accepted = 0;

  private constructor(target: string) {
    const [host = "", port] = target.split(":");
    this.#server = createServer({ noDelay: true }, (near) => {
      this.accepted++;
      const far = connect({ host, port: Number(port), noDelay: true });
      this.#join(near, far, (bytes) => this.onRequest(bytes));
      this.#join(far, near, (bytes) => this.onReply(bytes));
    });
  }

  static async to(target: string): Promise<Relay> {
    const relay = new Relay(target);
    relay.#server.listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #join(from: Socket, to: Socket, change: (bytes: Buffer) => Buffer): void {
    this.#sockets.add(from);
    from.on("error", () => {});
    from.on("data", (bytes: Buffer) => {
      if (this.#isSilent) return;
      to.write(change(bytes));
      if (this.restMs === 0) return;
      from.pause();
      setTimeout(() => from.resume(), this.restMs);
    });
    from.on("close", () => {
      this.#sockets.delete(from);
      // What has come is passed on first.
      if (!this.#isSilent) to.destroySoon();
    });
  }

  /** From here on nothing gets through, and nobody is told: as when a cable is cut, or a machine loses power. */
  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Closes all connections, as servers do with idle ones: the end is on its way to the client when this returns. */
  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** New connections get through again; the old ones stay as they are. */
  recover(): void {
    for (const socket of this.#sockets) socket.pause();
    this.#isSilent = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Puts `changed` wherever `text` stands; they are of one length. */
export const replacing =
  (text: string, changed: string) =>
  (bytes: Buffer): Buffer => {
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text)) bytes.write(changed, at);
    return bytes;
  };
