/** Thrift Binary by hand, right or wrong as wanted: nothing of ours stands between a test's bytes and the peer. */
export const u8 = (value: number): Buffer => Buffer.from([value & 0xff]);
export const i16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff]);
export const i32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};
export const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([i32(bytes.length), bytes]);
};

export const T = { bool: 2, i16: 6, i32: 8, i64: 10, string: 11, struct: 12, map: 13, set: 14, list: 15 } as const;

export const field = (type: number, id: number, ...value: readonly Buffer[]): Buffer =>
  Buffer.concat([u8(type), i16(id), ...value]);
export const struct = (...fields: readonly Buffer[]): Buffer => Buffer.concat([...fields, u8(0)]);
export const list = (type: number, count: number, ...elements: readonly Buffer[]): Buffer =>
  Buffer.concat([u8(type), i32(count), ...elements]);
export const map = (key: number, value: number, count: number, ...entries: readonly Buffer[]): Buffer =>
  Buffer.concat([u8(key), u8(value), i32(count), ...entries]);

export const message = (type: number, method: string, sequenceId: number, body: Buffer): Buffer =>
  Buffer.concat([i32(0x80010000 | type), text(method), i32(sequenceId), body]);

/** A Thrift value as JSON can show it: structs by field id, text as it is in UTF-8, or as hex when it is none. */
export type Value = string | number | boolean | readonly Value[] | { readonly [id: string]: Value };

/** Reads values from the start of `bytes`; a RangeError when they end before the value does. */
export class ThriftReader {
  offset: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.offset = offset;
  }

  i32(): number {
    this.offset += 4;
    return this.#bytes.readInt32BE(this.offset - 4);
  }

  binary(): Buffer {
    const length = this.i32();
    if (this.offset + length > this.#bytes.length) throw new RangeError("a string ends behind the bytes");
    this.offset += length;
    return this.#bytes.subarray(this.offset - length, this.offset);
  }

  struct(): { readonly [id: string]: Value } {
    const fields: Record<string, Value> = {};
    for (;;) {
      const type = this.#u8();
      if (type === 0) return fields;
      this.offset += 2;
      const id = this.#bytes.readInt16BE(this.offset - 2);
      fields[id] = this.value(type);
    }
  }

  value(type: number): Value {
    switch (type) {
      case T.bool:
        return this.#u8() === 1;
      case 3:
        return this.#u8();
      case 4:
        this.offset += 8;
        return this.#bytes.readDoubleBE(this.offset - 8);
      case T.i16:
        this.offset += 2;
        return this.#bytes.readInt16BE(this.offset - 2);
      case T.i32:
        return this.i32();
      case T.i64:
        this.offset += 8;
        return String(this.#bytes.readBigInt64BE(this.offset - 8));
      case T.string: {
        const bytes = this.binary();
        const string = bytes.toString();
        return bytes.equals(Buffer.from(string)) ? string : `0x${bytes.toString("hex")}`;
      }
      case T.struct:
        return this.struct();
      case T.set:
      case T.list: {
        const of = this.#u8();
        return Array.from({ length: this.i32() }, () => this.value(of));
      }
      case T.map: {
        const [key, value] = [this.#u8(), this.#u8()];
        return Array.from({ length: this.i32() }, () => [this.value(key), this.value(value)]);
      }
      default:
        throw new Error(`type ${type} is not known`);
    }
  }

  #u8(): number {
    return this.#bytes.readUInt8(this.offset++);
  }
}
