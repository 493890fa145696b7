import { ProtocolException } from "@kitex-ts/core";
import type { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { depthExceeded, unknownType } from "../runtime/skip.ts";
import { type Keeping, keeping } from "../runtime/unknown-fields.ts";
import { CType } from "./ctype.ts";
import { getI16, getLength } from "./read.ts";
import { putVarint, readVarint, skipVarint, VARINT16_MAX, zigzag } from "./varint.ts";

/** Bytes of an element of this type, or 0 where that depends on the value. */
export const elementSizeOf = (ctype: number): number => {
  switch (ctype) {
    case CType.true:
    case CType.false:
    case CType.i8:
      return 1;
    case CType.double:
      return 8;
    case CType.uuid:
      return 16;
    default:
      return 0;
  }
};

/** Is the value all in its header? */
export const isBool = (ctype: number): boolean => ctype === CType.true || ctype === CType.false;

/** Passes over the value of a field inside a struct of level `depth`. @throws ProtocolException */
export const skipCompact = (reader: ByteReader, ctype: number, depth: number): void => {
  if (!isBool(ctype)) skipElement(reader, ctype, depth);
};

/**
 * Passes over a field's value and adds the field to what has been kept, under a header that says its id in full: where the field will stand
 * behind others, distances are no longer the same.
 */
export const keepCompactField = (
  kept: Keeping,
  reader: ByteReader,
  ctype: number,
  id: number,
  depth: number,
): ByteWriter => {
  const start = reader.offset;
  skipCompact(reader, ctype, depth);
  const writer = keeping(kept);
  writer.reserve(1 + VARINT16_MAX);
  writer.writeU8(ctype);
  writer.offset = putVarint(writer.buffer, zigzag(id), writer.offset);
  writer.writeBytes(reader.buffer.subarray(start, reader.offset));
  return writer;
};

const skipElement = (reader: ByteReader, ctype: number, depth: number): void => {
  const fixed = elementSizeOf(ctype);
  if (fixed !== 0) reader.skip(fixed);
  else if (ctype === CType.binary) reader.skip(getLength(reader));
  else if (ctype >= CType.i16 && ctype <= CType.i64) skipVarint(reader);
  else {
    if (ctype < CType.list || ctype > CType.struct) throw unknownType(ctype);
    if (depth >= MAX_DEPTH) throw depthExceeded();
    if (ctype === CType.struct) skipStruct(reader, depth + 1);
    else if (ctype === CType.map) skipMap(reader, depth + 1);
    else skipSequence(reader, depth + 1);
  }
};

const skipStruct = (reader: ByteReader, depth: number): void => {
  for (;;) {
    const head = reader.readU8();
    if ((head & 15) === CType.stop) return;
    if (head < 16) getI16(reader);
    skipCompact(reader, head & 15, depth);
  }
};

const skipSequence = (reader: ByteReader, depth: number): void => {
  const { offset } = reader;
  const head = reader.readU8();
  const count = head >> 4 === 15 ? checked(readVarint(reader), offset) : head >> 4;
  if (count === 0) return;
  const size = elementSizeOf(head & 15);
  // In one step, so that a count from the wire is never looped over without bytes behind it.
  if (size !== 0) reader.skip(count * size);
  else for (let index = 0; index < count; index++) skipElement(reader, head & 15, depth);
};

const skipMap = (reader: ByteReader, depth: number): void => {
  const { offset } = reader;
  const count = checked(readVarint(reader), offset);
  if (count === 0) return;
  const types = reader.readU8();
  const size = elementSizeOf(types >> 4) * elementSizeOf(types & 15);
  if (size !== 0) {
    reader.skip(count * (elementSizeOf(types >> 4) + elementSizeOf(types & 15)));
    return;
  }
  for (let index = 0; index < count; index++) {
    skipElement(reader, types >> 4, depth);
    skipElement(reader, types & 15, depth);
  }
};

const checked = (count: number, offset: number): number => {
  if (count < 0) throw new ProtocolException("negative_size", `container size ${count} at offset ${offset}`);
  return count;
};
