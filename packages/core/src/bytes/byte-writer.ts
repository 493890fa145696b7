import { RPCError } from "../errors.ts";
import type { PreparedBytes } from "./prepared-bytes.ts";

/** Node's buffers have these fast paths; `@types/node` does not list them. */
interface FastBuffer extends Buffer {
  utf8Write(value: string, offset: number): number;
}

/** Up to this many characters a loop over the string beats the call into C++, which Node 22 made cheaper (bench/codec/strings.ts). */
const LOOP_MAX: number = Number.parseInt(process.versions.node, 10) >= 22 ? 20 : 28;

const MEASURED_FROM = 1024;

/**
 * A growing buffer that messages are encoded into, back to back, at absolute offsets. All integers are big-endian.
 *
 * `reserve(n)` once, then write up to `n` bytes; the `write…` methods reserve for themselves. After any `reserve` the fields `buffer` and `view`
 * may have been replaced: read them anew. To undo a half-written message set `offset` back to where it began.
 */
export class ByteWriter {
  buffer: Buffer;
  view: DataView;
  /** Where the next byte goes. */
  offset: number;
  /** A message that would make the buffer longer than this ends in an error before anything is allocated. */
  readonly maxBytes: number;

  constructor(initialBytes: number = 4096, maxBytes: number = 0x7fff_ffff) {
    this.buffer = Buffer.allocUnsafeSlow(initialBytes);
    this.view = viewOf(this.buffer);
    this.offset = 0;
    this.maxBytes = maxBytes;
  }

  /** Makes sure that `bytes` more bytes fit. @throws RPCError `overlimit` beyond `maxBytes` */
  reserve(bytes: number): void {
    if (this.offset + bytes > this.buffer.length) this.#grow(bytes);
  }

  /** Makes sure that `text` in UTF-8 and `besides` more bytes fit. @throws RPCError `overlimit` beyond `maxBytes` */
  reserveText(text: string, besides: number): void {
    const most = text.length * 3 + besides;
    if (this.offset + most <= this.buffer.length) return;
    // Three times a long text may be far more than it needs, so that one is measured before memory is spent on it.
    this.reserve(text.length <= MEASURED_FROM ? most : Buffer.byteLength(text) + besides);
  }

  #grow(bytes: number): void {
    const needed = this.offset + bytes;
    if (needed > this.maxBytes) {
      throw new RPCError(
        "overlimit",
        `message needs more than ${this.maxBytes} bytes; raise the limit or send less at once`,
      );
    }
    const grown = Buffer.allocUnsafeSlow(Math.min(this.maxBytes, Math.max(needed, this.buffer.length * 2)));
    this.buffer.copy(grown, 0, 0, this.offset);
    this.buffer = grown;
    this.view = viewOf(grown);
  }

  /** Replaces the memory, for owners that hand the written part away. */
  attach(buffer: Buffer): void {
    this.buffer = buffer;
    this.view = viewOf(buffer);
    this.offset = 0;
  }

  writeU8(value: number): void {
    this.reserve(1);
    this.buffer[this.offset++] = value;
  }

  writeI16(value: number): void {
    this.reserve(2);
    this.view.setInt16(this.offset, value);
    this.offset += 2;
  }

  writeI32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.offset, value);
    this.offset += 4;
  }

  writeI64(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.offset, value);
    this.offset += 8;
  }

  writeDouble(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.offset, value);
    this.offset += 8;
  }

  writeBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.offset);
    this.offset += bytes.length;
  }

  /** What is known beforehand. Up to seven bytes behind it are overwritten with zeros. */
  writePrepared({ bytes, doubles }: PreparedBytes): void {
    if (doubles.length === 0) {
      this.writeBytes(bytes);
      return;
    }
    this.reserve(doubles.length * 8);
    const { view, offset } = this;
    for (let index = 0; index < doubles.length; index++) view.setFloat64(offset + index * 8, doubles[index] as number);
    this.offset = offset + bytes.length;
  }

  /** UTF-8 bytes behind a 32-bit length. */
  writeString(value: string): void {
    this.reserveText(value, 4);
    const start = this.offset + 4;
    const end = ByteWriter.utf8(this.buffer, value, start);
    this.view.setInt32(start - 4, end - start);
    this.offset = end;
  }

  /** UTF-8 bytes behind a 16-bit length. @throws RangeError over 65,535 bytes */
  writeShortString(value: string): void {
    this.reserveText(value, 2);
    const start = this.offset + 2;
    const end = ByteWriter.utf8(this.buffer, value, start);
    if (end - start > 0xffff) throw new RangeError(`a header value holds at most 65535 bytes, got ${end - start}`);
    this.view.setUint16(start - 2, end - start);
    this.offset = end;
  }

  /** Writes `value` into `buffer` at `at` and answers where it ends. Room for its bytes must be there. */
  static utf8(buffer: Buffer, value: string, at: number): number {
    const { length } = value;
    if (length <= LOOP_MAX) {
      let position = at;
      let index = 0;
      for (; index < length; index++) {
        const code = value.charCodeAt(index);
        if (code > 0x7f) break;
        buffer[position++] = code;
      }
      if (index === length) return position;
    }
    return at + (buffer as FastBuffer).utf8Write(value, at);
  }
}

const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
