import type { Socket } from "node:net";

/** Output of one turn of the event loop goes out as one write: the best that plain `net` can do. */
export class TurnWriter {
  readonly #socket: Socket;
  #buffer = Buffer.allocUnsafeSlow(256 * 1024);
  #length = 0;
  #isScheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  frame(bytes: Uint8Array): void {
    if (this.#length + 4 + bytes.length > this.#buffer.length) this.#flush();
    this.#buffer.writeUInt32BE(bytes.length, this.#length);
    this.#buffer.set(bytes, this.#length + 4);
    this.#length += 4 + bytes.length;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#length === 0) return;
    this.#socket.write(this.#buffer.subarray(0, this.#length));
    if (this.#socket.writableLength > 0) this.#buffer = Buffer.allocUnsafeSlow(256 * 1024);
    this.#length = 0;
  }
}

/** Calls `onFrame` for every length-prefixed frame that arrives. */
export const readFrames = (socket: Socket, onFrame: (frame: Uint8Array) => void): void => {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let offset = 0;
    while (bytes.length - offset >= 4) {
      const end = offset + 4 + bytes.readUInt32BE(offset);
      if (end > bytes.length) break;
      onFrame(bytes.subarray(offset + 4, end));
      offset = end;
    }
    rest = bytes.subarray(offset);
  });
};
