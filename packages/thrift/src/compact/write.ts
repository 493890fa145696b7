import { ByteWriter } from "@kitex-ts/core/spi";
import { unfit } from "../runtime/unfit.ts";
import { putVarint, putZigzagHalves } from "./varint.ts";

// Each writes at `at`, where room must be, and answers where it ends.

const scratch = new DataView(new ArrayBuffer(8));

export const putSafeI64 = (buffer: Buffer, value: unknown, at: number): number => {
  if (!Number.isSafeInteger(value)) unfit();
  const number = value as number;
  // The second takes the low 32 bits, of negative numbers too.
  return putZigzagHalves(buffer, Math.floor(number / 4294967296), number | 0, at);
};

/** A bigint of 64 bits or a safe integer. */
export const putI64 = (buffer: Buffer, value: unknown, at: number): number => {
  if (typeof value !== "bigint") return putSafeI64(buffer, value, at);
  if (BigInt.asIntN(64, value) !== value) unfit();
  scratch.setBigInt64(0, value);
  return putZigzagHalves(buffer, scratch.getInt32(0), scratch.getInt32(4), at);
};

/** As many characters have a length of one byte, whatever they are. */
const SHORT = 42;

export const putText = (buffer: Buffer, text: string, at: number): number => {
  if (text.length > SHORT) {
    return ByteWriter.utf8(buffer, text, putVarint(buffer, Buffer.byteLength(text), at));
  }
  const end = ByteWriter.utf8(buffer, text, at + 1);
  buffer[at] = end - at - 1;
  return end;
};

/** The header of a field behind the one with id `previous`, 0 for none. Up to four bytes. */
export const putFieldHead = (buffer: Buffer, ctype: number, id: number, previous: number, at: number): number => {
  const delta = id - previous;
  if (delta > 0 && delta < 16) {
    buffer[at] = (delta << 4) | ctype;
    return at + 1;
  }
  buffer[at] = ctype;
  return putVarint(buffer, (id << 1) ^ (id >> 31), at + 1);
};

/** The header of a list or set. Up to six bytes. */
export const putSequenceHead = (buffer: Buffer, element: number, count: number, at: number): number => {
  if (count < 15) {
    buffer[at] = (count << 4) | element;
    return at + 1;
  }
  buffer[at] = 0xf0 | element;
  return putVarint(buffer, count, at + 1);
};

/** The header of a map. Up to six bytes. */
export const putMapHead = (buffer: Buffer, key: number, value: number, count: number, at: number): number => {
  const end = putVarint(buffer, count, at);
  if (count === 0) return end;
  buffer[end] = (key << 4) | value;
  return end + 1;
};
