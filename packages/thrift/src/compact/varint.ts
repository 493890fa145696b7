import { ProtocolException } from "@kitex-ts/core";
import type { ByteReader } from "@kitex-ts/core/spi";

// ULEB128: seven bits a byte, the lowest first, and the top bit set on all bytes but the last. Signed numbers are zigzagged before, which moves
// the sign to the lowest bit: 0, -1, 1, -2 become 0, 1, 2, 3.

/** Most bytes of a value. */
export const VARINT16_MAX = 3;
export const VARINT32_MAX = 5;
export const VARINT64_MAX = 10;

export const zigzag = (value: number): number => (value << 1) ^ (value >> 31);
export const unzigzag = (value: number): number => (value >>> 1) ^ -(value & 1);

/** Writes the 32 bits of `value` as an unsigned number and answers where it ends. Room must be there. */
export const putVarint = (buffer: Buffer, value: number, at: number): number => {
  let position = at;
  let rest = value;
  while ((rest & ~0x7f) !== 0) {
    buffer[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[position++] = rest;
  return position;
};

/** Writes a signed 64-bit number, given as halves, zigzagged; answers where it ends. Room must be there. */
export const putZigzagHalves = (buffer: Buffer, high: number, low: number, at: number): number => {
  const sign = high >> 31;
  let restHigh = ((high << 1) | (low >>> 31)) ^ sign;
  let restLow = (low << 1) ^ sign;
  let position = at;
  while (restHigh !== 0) {
    buffer[position++] = (restLow & 0x7f) | 0x80;
    restLow = (restLow >>> 7) | (restHigh << 25);
    restHigh >>>= 7;
  }
  return putVarint(buffer, restLow, position);
};

const tooLong = (reader: ByteReader, bits: number): ProtocolException =>
  new ProtocolException("invalid_data", `integer of more than ${bits} bits at offset ${reader.offset - 1}`);

/** 32 bits, as signed number. @throws ProtocolException when there are more */
export const readVarint = (reader: ByteReader): number => {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.readU8();
    if (shift === 28 && byte > 0x0f) throw tooLong(reader, 32);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
};

/** Reads a zigzagged number of 64 bits into the first eight bytes of `into`. @throws ProtocolException when there are more bits */
export const readZigzag64 = (reader: ByteReader, into: DataView): void => {
  let low = 0;
  let high = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.readU8();
    if (shift === 63 && byte > 1) throw tooLong(reader, 64);
    const bits = byte & 0x7f;
    if (shift < 32) low |= bits << shift;
    if (shift === 28) high = bits >>> 4;
    else if (shift > 28) high |= bits << (shift - 32);
    if (byte < 0x80) break;
  }
  const sign = -(low & 1);
  into.setInt32(0, (high >>> 1) ^ sign);
  into.setInt32(4, ((low >>> 1) | (high << 31)) ^ sign);
};

/** Passes over a number of up to 64 bits. */
export const skipVarint = (reader: ByteReader): void => {
  for (let count = 1; reader.readU8() > 0x7f; count++) if (count === VARINT64_MAX) throw tooLong(reader, 64);
};
