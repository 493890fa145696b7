import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { MessageSplitter } from "../src/framing/message-splitter.ts";
import { echoPayload } from "./echo-service.ts";

/** A socket to a server under test, with what it sent. */
export class RawClient {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  isClosed = false;
  #changed: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.#changed();
    });
    socket.on("error", () => {});
    const closed = (): void => {
      this.isClosed = true;
      this.#changed();
    };
    socket.on("end", closed);
    socket.on("close", closed);
  }

  static async connect(address: string, allowHalfOpen = false): Promise<RawClient> {
    const [host, port] = address.split(":");
    const socket = connect({ host: host as string, port: Number(port), allowHalfOpen });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** Waits until `count` bytes have come, or the connection has closed, and takes them. */
  async take(count: number): Promise<Buffer> {
    while (this.received.length < count && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    const taken = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return taken;
  }

  /** Waits for the end of the connection and answers all that came. */
  async rest(): Promise<Buffer> {
    return this.take(Number.MAX_SAFE_INTEGER);
  }

  /** One TTHeader unit. */
  async unit(): Promise<Buffer> {
    const length = await this.take(4);
    return length.length < 4 ? length : Buffer.concat([length, await this.take(length.readUInt32BE())]);
  }
}

export interface RawServer {
  readonly address: string;
  readonly sockets: readonly Socket[];
  /** How many connections there have been. */
  readonly accepted: number;
  close(): void;
}

/** A server that does with each whole message what the test says. */
export const rawServer = async (
  onMessage: (socket: Socket, message: Buffer, carrier: string) => void,
  onConnection: (socket: Socket) => void = () => {},
): Promise<RawServer> => {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    onConnection(socket);
    const splitter = new MessageSplitter([echoPayload], 1 << 26);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      splitter.feed(chunk, new DataView(chunk.buffer, chunk.byteOffset, chunk.length), chunk.length);
      while (splitter.next()) {
        onMessage(socket, Buffer.from(splitter.buffer.subarray(splitter.start, splitter.end)), splitter.carrier);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const bound = server.address() as { port: number };
  return {
    address: `127.0.0.1:${bound.port}`,
    sockets,
    get accepted() {
      return sockets.length;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};

/** What a Go server without handlers answers to a TTHeader request, whatever flags it had: an empty header and the same text. */
export const goReply = (request: Buffer, text = "hi", options: { flags?: number; crrst?: boolean } = {}): Buffer => {
  const body = Buffer.from(text);
  const header = Buffer.from(
    options.crrst === true ? "0000010001000563727273740001310000" + "000000" : "00000000",
    "hex",
  );
  const reply = Buffer.concat([
    Buffer.from(request.subarray(0, 12)),
    Buffer.from([0, header.length / 4]),
    header,
    Buffer.from("80010002000000046563686f", "hex"),
    request.subarray(8, 12),
    Buffer.from("0c00000b0001", "hex"),
    Buffer.from([0, 0, 0, body.length]),
    body,
    Buffer.from([0, 0]),
  ]);
  reply.writeUInt32BE(reply.length - 4, 0);
  reply.writeUInt16BE(options.flags ?? 0, 6);
  return reply;
};
