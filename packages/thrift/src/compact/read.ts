import { ProtocolException } from "@kitex-ts/core";
import type { ByteReader } from "@kitex-ts/core/spi";
import { checkCount, safeInteger } from "../runtime/read.ts";
import { CType } from "./ctype.ts";
import { readVarint, readZigzag64, unzigzag } from "./varint.ts";

const scratch = new DataView(new ArrayBuffer(8));

export const getI32 = (reader: ByteReader): number => unzigzag(readVarint(reader));

/** A field id or a value. @throws ProtocolException when it is of more than 16 bits */
export const getI16 = (reader: ByteReader): number => {
  const value = getI32(reader);
  if ((value << 16) >> 16 !== value) {
    throw new ProtocolException("invalid_data", `i16 of value ${value} in front of offset ${reader.offset}`);
  }
  return value;
};

export const getI64 = (reader: ByteReader): bigint => {
  readZigzag64(reader, scratch);
  return scratch.getBigInt64(0);
};

/** An i64 as a number. @throws ProtocolException outside of ±(2^53 − 1) */
export const getNumber64 = (reader: ByteReader): number => {
  readZigzag64(reader, scratch);
  return safeInteger(scratch.getInt32(0), scratch.getUint32(4));
};

export const getDouble = (reader: ByteReader): number => {
  reader.need(8);
  const value = reader.view.getFloat64(reader.offset, true);
  reader.offset += 8;
  return value;
};

/** The length of a string or binary. What follows is not checked to be there. */
export const getLength = (reader: ByteReader): number => {
  const offset = reader.offset;
  const length = readVarint(reader);
  if (length < 0) throw new ProtocolException("negative_size", `length ${length} at offset ${offset}`);
  return length;
};

export const getText = (reader: ByteReader): string => reader.readUtf8(getLength(reader));

export const getBlob = (reader: ByteReader): Uint8Array => reader.readBytes(getLength(reader));

/** The count of a list or set whose elements are of type `element` and take at least `minSize` bytes. @throws ProtocolException */
export const getSequenceHead = (reader: ByteReader, element: number, minSize: number): number => {
  const { offset } = reader;
  const head = reader.readU8();
  const count = head >> 4 === 15 ? readVarint(reader) : head >> 4;
  checkCount(count, minSize, offset, reader.remaining);
  if (count > 0) checkElement(element, head & 15, offset);
  return count;
};

/** The count of a map whose keys and values are of these types and together take at least `minSize` bytes. @throws ProtocolException */
export const getMapHead = (reader: ByteReader, key: number, value: number, minSize: number): number => {
  const { offset } = reader;
  const count = readVarint(reader);
  if (count === 0) return 0;
  const types = reader.readU8();
  checkCount(count, minSize, offset, reader.remaining);
  checkElement(key, types >> 4, offset);
  checkElement(value, types & 15, offset);
  return count;
};

/** Elements of another type than the IDL says have other lengths: what was read in their place would be nonsense. */
const checkElement = (declared: number, sent: number, offset: number): void => {
  if (sent === declared || (declared === CType.true && sent === CType.false)) return;
  throw new ProtocolException(
    "invalid_data",
    `a container at offset ${offset} holds type ${sent} where the IDL has type ${declared}`,
  );
};
