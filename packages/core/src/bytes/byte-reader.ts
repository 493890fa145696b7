import { ProtocolException } from "../errors.ts";
import { asciiDecoders } from "./ascii-decoders.ts";

interface FastBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
}

const BYTE_LOOP_MAX = 24;

const EMPTY: Buffer = Buffer.alloc(0);
const EMPTY_VIEW: DataView = new DataView(EMPTY.buffer, EMPTY.byteOffset, 0);

/**
 * Reads big-endian values from a stretch of bytes that it does not own. What outlives the call is copied: strings are copies anyway, `readBytes`
 * copies. Every read checks the end first, so that a length from the wire never allocates more than was received.
 */
export class ByteReader {
  buffer: Buffer = EMPTY;
  view: DataView = EMPTY_VIEW;
  /** Where the next byte is read. */
  offset = 0;
  /** Offset behind the last readable byte. */
  end = 0;

  /** Points the reader at `buffer[start, end)`. `view` must be over the same memory with the same origin. */
  attach(buffer: Buffer, view: DataView, start: number, end: number): void {
    // Most messages share a chunk with the one before, and storing what is new into what is old is not free.
    if (this.buffer !== buffer || this.view !== view) {
      this.buffer = buffer;
      this.view = view;
    }
    this.offset = start;
    this.end = end;
  }

  /** A reader over all of `bytes`. */
  static of(bytes: Uint8Array): ByteReader {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader = new ByteReader();
    reader.attach(buffer, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.byteLength);
    return reader;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** @throws ProtocolException `invalid_data` when fewer than `bytes` bytes are left */
  need(bytes: number): void {
    if (this.offset + bytes > this.end) this.#truncated(bytes);
  }

  #truncated(bytes: number): never {
    throw new ProtocolException(
      "invalid_data",
      `message ends too early: ${bytes} bytes wanted at offset ${this.offset}, ${this.end - this.offset} left`,
    );
  }

  skip(bytes: number): void {
    this.need(bytes);
    this.offset += bytes;
  }

  readU8(): number {
    this.need(1);
    return this.buffer[this.offset++] as number;
  }

  readI8(): number {
    this.need(1);
    return this.view.getInt8(this.offset++);
  }

  readI16(): number {
    this.need(2);
    const value = this.view.getInt16(this.offset);
    this.offset += 2;
    return value;
  }

  readU16(): number {
    this.need(2);
    const value = this.view.getUint16(this.offset);
    this.offset += 2;
    return value;
  }

  readI32(): number {
    this.need(4);
    const value = this.view.getInt32(this.offset);
    this.offset += 4;
    return value;
  }

  readU32(): number {
    this.need(4);
    const value = this.view.getUint32(this.offset);
    this.offset += 4;
    return value;
  }

  readI64(): bigint {
    this.need(8);
    const value = this.view.getBigInt64(this.offset);
    this.offset += 8;
    return value;
  }

  readDouble(): number {
    this.need(8);
    const value = this.view.getFloat64(this.offset);
    this.offset += 8;
    return value;
  }

  /** A copy of the next `length` bytes. */
  readBytes(length: number): Uint8Array {
    this.need(length);
    const start = this.offset;
    this.offset = start + length;
    return ByteReader.bytes(this.buffer, start, length);
  }

  /** Bytes behind a 32-bit length, as UTF-8. */
  readString(): string {
    const length = this.readI32();
    if (length < 0)
      throw new ProtocolException("negative_size", `string length ${length} at offset ${this.offset - 4}`);
    return this.readUtf8(length);
  }

  /** Bytes behind a 16-bit length, as UTF-8. */
  readShortString(): string {
    return this.readUtf8(this.readU16());
  }

  /** The next `length` bytes as UTF-8; invalid bytes become U+FFFD. */
  readUtf8(length: number): string {
    this.need(length);
    const start = this.offset;
    this.offset = start + length;
    return ByteReader.utf8(this.buffer, start, length);
  }

  /** The `length` bytes of `buffer` at `start`, which the caller has checked to be there, as UTF-8. */
  static utf8(buffer: Buffer, start: number, length: number): string {
    return length < asciiDecoders.length
      ? (asciiDecoders[length] as (typeof asciiDecoders)[number])(buffer, start)
      : (buffer as FastBuffer).utf8Slice(start, start + length);
  }

  /** A copy of the `length` bytes of `buffer` at `start`, which the caller has checked to be there. */
  static bytes(buffer: Buffer, start: number, length: number): Uint8Array {
    const copy = new Uint8Array(length);
    // Making a view to copy from costs more than copying a few bytes (bench/codec/strings.ts).
    if (length > BYTE_LOOP_MAX) copy.set(buffer.subarray(start, start + length));
    else for (let index = 0; index < length; index++) copy[index] = buffer[start + index] as number;
    return copy;
  }
}
