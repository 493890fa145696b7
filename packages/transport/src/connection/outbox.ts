import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { ByteWriter } from "@kitex-ts/core/spi";

/** Written out before the turn ends when this much has gathered: it keeps the peer busy, and the buffer, with another message, within what is kept. */
const EARLY_FLUSH_BYTES = 56 * 1024;
/** Memory that a connection keeps from flush to flush. More is kept only while flushes need it, and no more than the second. */
const KEPT_BYTES = 64 * 1024;
const KEPT_LARGE_BYTES = 512 * 1024;
const FIRST_BYTES = 4 * 1024;
/** While the peer does not read, this much gathers before it is handed to the socket all the same. */
const BLOCKED_FLUSH_BYTES = 256 * 1024;

/** Of a write over TLS nothing can be seen until all of it has gone, so that large ones are made of pieces that even a slow peer takes in time. */
const TLS_PIECE_BYTES = 128 * 1024;

const flushOutbox = (outbox: Outbox): void => outbox.onTick();

/**
 * What a connection is going to send. Messages are encoded into `writer` one behind the other and leave together: once per turn of the event loop,
 * or earlier at 56 KiB. After each message call `commit`; to take back one that failed half-way, set `writer.offset` to where it began.
 */
export class Outbox {
  readonly writer: ByteWriter;
  /** How often bytes were handed to the socket; a message committed at count n is on its way once this is greater than n. */
  flushes = 0;
  readonly #socket: Socket;
  #isScheduled = false;
  /** What the socket took last and may not have sent yet. */
  #lent: Buffer | undefined = undefined;
  readonly #stallTimeoutMs: number;
  /** Most that the socket is given at once; it drains before the next. */
  readonly #pieceBytes: number;
  /** What is to follow in such pieces. */
  readonly #pieces: Buffer[] = [];
  #piecesBytes = 0;
  #onPiecesSent: (() => void) | undefined = undefined;

  /** `stallTimeoutMs`: the socket emits `timeout` when the peer has taken nothing for so long although bytes wait for it; 0, the default: never. */
  constructor(socket: Socket, maxMessageBytes: number, stallTimeoutMs = 0) {
    this.#socket = socket;
    this.#stallTimeoutMs = stallTimeoutMs;
    this.#pieceBytes = socket instanceof TLSSocket ? Math.max(TLS_PIECE_BYTES, socket.writableHighWaterMark) : Infinity;
    this.writer = new ByteWriter(FIRST_BYTES, maxMessageBytes + BLOCKED_FLUSH_BYTES);
  }

  /** Bytes that the peer has not taken: gathered here, or waiting in the socket. */
  get backlogBytes(): number {
    return this.writer.offset + this.#piecesBytes + this.#socket.writableLength;
  }

  /** The peer reads slower than we write: better to produce no more until the socket drains. */
  get isBlocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** So much has gathered that the next message may not fit; to be seen to by who does not `commit` each. */
  get isFull(): boolean {
    return this.writer.offset >= BLOCKED_FLUSH_BYTES;
  }

  commit(): void {
    const { offset } = this.writer;
    if (offset >= EARLY_FLUSH_BYTES && (!this.isBlocked || offset >= BLOCKED_FLUSH_BYTES)) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      process.nextTick(flushOutbox, this);
    }
  }

  /** @internal */
  onTick(): void {
    this.#isScheduled = false;
    // `drain` brings us back.
    if (!this.isBlocked) this.flush();
  }

  /** The socket has drained. */
  onDrain(): void {
    if (this.#stallTimeoutMs > 0) this.#socket.setTimeout(0);
    this.#sendPieces();
    if (!this.isBlocked) this.flush();
  }

  #sendPieces(): void {
    while (!this.isBlocked) {
      const first = this.#pieces.shift();
      if (first === undefined) break;
      if (first.length > this.#pieceBytes) this.#pieces.unshift(first.subarray(this.#pieceBytes));
      const piece = first.subarray(0, this.#pieceBytes);
      this.#piecesBytes -= piece.length;
      this.#write(piece);
    }
    if (this.#piecesBytes > 0) return;
    const onPiecesSent = this.#onPiecesSent;
    this.#onPiecesSent = undefined;
    onPiecesSent?.();
  }

  #write(bytes: Buffer): void {
    const hasRoom = this.#socket.write(bytes);
    if (!hasRoom && this.#stallTimeoutMs > 0) this.#socket.setTimeout(this.#stallTimeoutMs);
  }

  /** Hands everything to the socket, and the end behind it. `onSent` is called when the system has taken it, or the socket is gone. */
  end(onSent: () => void): void {
    this.flush();
    const end = (): void => {
      // From now on there is no `drain`, and what was written last may be too little to have begun to count.
      if (this.#stallTimeoutMs > 0) this.#socket.setTimeout(this.#stallTimeoutMs);
      this.#socket.end(onSent);
    };
    if (this.#piecesBytes === 0) end();
    else this.#onPiecesSent = end;
  }

  /** Hands everything to the socket. */
  flush(): void {
    const { writer } = this;
    const socket = this.#socket;
    const length = writer.offset;
    if (length === 0 || !socket.writable) return;
    this.flushes++;
    const written = writer.buffer;
    if (length > this.#pieceBytes || this.#piecesBytes > 0) {
      this.#pieces.push(written.subarray(0, length));
      this.#piecesBytes += length;
      writer.attach(Buffer.allocUnsafeSlow(KEPT_BYTES));
      this.#sendPieces();
      return;
    }
    const hadSentAll = socket.writableLength === 0;
    this.#write(written.subarray(0, length));
    const isWorthKeeping =
      written.length <= KEPT_BYTES || (written.length <= KEPT_LARGE_BYTES && length * 8 >= written.length);
    // Nothing left in the socket: the system has taken its copy, and the memory is ours again.
    if (socket.writableLength === 0 && isWorthKeeping) {
      writer.offset = 0;
      return;
    }
    // So is what was lent before, if the socket had sent it all by now: large messages go back and forth between two buffers.
    const spare = hadSentAll ? this.#lent : undefined;
    this.#lent = isWorthKeeping && socket.writableLength > 0 ? written : undefined;
    writer.attach(spare ?? Buffer.allocUnsafeSlow(Math.min(KEPT_BYTES, written.length)));
  }
}
