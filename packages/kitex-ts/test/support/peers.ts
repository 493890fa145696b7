import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** A server that accepts connections and does with them what the test says. */
export interface RawServer extends AsyncDisposable {
  readonly address: string;
  /** Connections accepted so far. */
  readonly sockets: readonly Socket[];
}

export const rawServer = async (onConnection: (socket: Socket) => void = () => {}): Promise<RawServer> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};

/** A port that nothing listens at: one that was free a moment ago. */
export const closedAddress = async (): Promise<string> => {
  const server = await rawServer();
  await server[Symbol.asyncDispose]();
  return server.address;
};

const stuckServer = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const server = createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    // Accepts nothing, as its event loop never turns again.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** An address where connecting neither succeeds nor fails: its queue is full and nobody empties it. */
export const blackHole = async (): Promise<AsyncDisposable & { readonly address: string }> => {
  const worker = new Worker(stuckServer, { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  const fillers: Socket[] = [];
  const pending = (): boolean => fillers.some((socket) => socket.connecting);
  // The system decides how many fit; what stays pending for a while does so for good.
  for (let quietTurns = 0; quietTurns < 10; ) {
    if (!pending()) {
      quietTurns = 0;
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      fillers.push(socket);
    } else quietTurns++;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    },
  };
};

/** A socket to a server under test. */
export class RawClient implements Disposable {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  /** Settles when the server has closed. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => {
      socket.once("close", () => resolve());
    });
  }

  static async connect(address: string): Promise<RawClient> {
    const [host = "", port] = address.split(":");
    const socket = connect({ host, port: Number(port) });
    await once(socket, "connect");
    return new RawClient(socket);
  }

  send(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Bytes as hex, with spaces where they help. */
export const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");

/** A header block that says nothing. */
export const noHeader: Buffer = bytes("00000000");

/** `Reset()` in Thrift Binary with sequence id 1. */
export const resetCall: Buffer = bytes("80010001 00000005 5265736574 00000001 00");

/**
 * A TTHeader whose header block is `header` and whose payload is `payload`; `words` is the header's length as declared. Flag 1 takes answers in
 * any order.
 */
export const ttheader = (
  header: Buffer,
  payload: Buffer,
  { words = header.length / 4, flags = 0 }: { readonly words?: number; readonly flags?: number } = {},
): Buffer => {
  const frame = Buffer.alloc(14 + header.length + payload.length);
  frame.writeUInt32BE(frame.length - 4, 0);
  frame.writeUInt16BE(0x1000, 4);
  frame.writeUInt16BE(flags, 6);
  frame.writeUInt32BE(7, 8);
  frame.writeUInt16BE(words, 12);
  header.copy(frame, 14);
  payload.copy(frame, 14 + header.length);
  return frame;
};
