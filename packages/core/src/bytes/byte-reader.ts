import { ProtocolException } from "../errors.ts";

interface FastBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
}

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
    this.buffer = buffer;
    this.view = view;
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
    return Uint8Array.prototype.slice.call(this.buffer, start, this.offset);
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
    return length <= 12 ? this.#shortAscii(start, length) : (this.buffer as FastBuffer).utf8Slice(start, this.offset);
  }

  /** One `fromCharCode` call makes a flat string and beats the call into C++ up to 12 bytes (bench/strings). */
  #shortAscii(start: number, length: number): string {
    const b = this.buffer;
    let bits = 0;
    for (let index = start; index < start + length; index++) bits |= b[index] as number;
    if (bits > 0x7f) return (b as FastBuffer).utf8Slice(start, start + length);
    switch (length) {
      case 0:
        return "";
      case 1:
        return String.fromCharCode(b[start] as number);
      case 2:
        return String.fromCharCode(b[start] as number, b[start + 1] as number);
      case 3:
        return String.fromCharCode(b[start] as number, b[start + 1] as number, b[start + 2] as number);
      case 4:
        return String.fromCharCode(
          b[start] as number,
          b[start + 1] as number,
          b[start + 2] as number,
          b[start + 3] as number,
        );
      default:
        return fromCharCodes(b, start, length);
    }
  }
}

const at = (b: Buffer, index: number): number => b[index] as number;

/** Five to twelve ASCII bytes. Codes past `length` would be wrong, hence one arity per length. */
const fromCharCodes = (b: Buffer, s: number, length: number): string => {
  const f = String.fromCharCode;
  switch (length) {
    case 5:
      return f(at(b, s), at(b, s + 1), at(b, s + 2), at(b, s + 3), at(b, s + 4));
    case 6:
      return f(at(b, s), at(b, s + 1), at(b, s + 2), at(b, s + 3), at(b, s + 4), at(b, s + 5));
    case 7:
      return f(at(b, s), at(b, s + 1), at(b, s + 2), at(b, s + 3), at(b, s + 4), at(b, s + 5), at(b, s + 6));
    case 8:
      return f(
        at(b, s),
        at(b, s + 1),
        at(b, s + 2),
        at(b, s + 3),
        at(b, s + 4),
        at(b, s + 5),
        at(b, s + 6),
        at(b, s + 7),
      );
    case 9:
      return f(
        at(b, s),
        at(b, s + 1),
        at(b, s + 2),
        at(b, s + 3),
        at(b, s + 4),
        at(b, s + 5),
        at(b, s + 6),
        at(b, s + 7),
        at(b, s + 8),
      );
    case 10:
      return f(
        at(b, s),
        at(b, s + 1),
        at(b, s + 2),
        at(b, s + 3),
        at(b, s + 4),
        at(b, s + 5),
        at(b, s + 6),
        at(b, s + 7),
        at(b, s + 8),
        at(b, s + 9),
      );
    case 11:
      return f(
        at(b, s),
        at(b, s + 1),
        at(b, s + 2),
        at(b, s + 3),
        at(b, s + 4),
        at(b, s + 5),
        at(b, s + 6),
        at(b, s + 7),
        at(b, s + 8),
        at(b, s + 9),
        at(b, s + 10),
      );
    case 12:
      return f(
        at(b, s),
        at(b, s + 1),
        at(b, s + 2),
        at(b, s + 3),
        at(b, s + 4),
        at(b, s + 5),
        at(b, s + 6),
        at(b, s + 7),
        at(b, s + 8),
        at(b, s + 9),
        at(b, s + 10),
        at(b, s + 11),
      );
    default:
      return (b as FastBuffer).utf8Slice(s, s + length);
  }
};
