import { ProtocolException } from "@kitex-ts/core";
import type { ByteReader } from "@kitex-ts/core/spi";
import { TType } from "../ttype.ts";
import { MAX_DEPTH } from "./limits.ts";

/** Bytes of a value of this type code, or 0 where that depends on the value. */
export const fixedSizeOf = (ttype: number): number => {
  switch (ttype) {
    case TType.bool:
    case TType.byte:
      return 1;
    case TType.i16:
      return 2;
    case TType.i32:
      return 4;
    case TType.i64:
    case TType.double:
      return 8;
    default:
      return 0;
  }
};

export const depthExceeded = (): ProtocolException =>
  new ProtocolException("depth_limit", `depth limit exceeded: values are nested deeper than ${MAX_DEPTH} levels`);

export const unknownType = (ttype: number): ProtocolException =>
  new ProtocolException("invalid_data", `unknown data type ${ttype}`);

/** Passes over one value inside a struct or container of level `depth`. @throws ProtocolException */
export const skip = (reader: ByteReader, ttype: number, depth: number): void => {
  const fixed = fixedSizeOf(ttype);
  if (fixed !== 0) {
    reader.skip(fixed);
  } else if (ttype === TType.string) {
    reader.skip(readLength(reader));
  } else {
    if (ttype < TType.struct || ttype > TType.list) throw unknownType(ttype);
    if (depth >= MAX_DEPTH) throw depthExceeded();
    if (ttype === TType.struct) skipStruct(reader, depth + 1);
    else skipContainer(reader, ttype, depth + 1);
  }
};

const skipStruct = (reader: ByteReader, depth: number): void => {
  for (;;) {
    const ttype = reader.readU8();
    if (ttype === TType.stop) return;
    reader.skip(2);
    skip(reader, ttype, depth);
  }
};

const skipContainer = (reader: ByteReader, ttype: number, depth: number): void => {
  const isMap = ttype === TType.map;
  reader.need(isMap ? 6 : 5);
  const first = reader.readU8();
  const second = isMap ? reader.readU8() : NONE;
  skipElements(reader, readLength(reader), first, second, depth);
};

/** In place of a second type: lists and sets have one. */
const NONE = -1;

/** Elements of fixed size are passed in one step, so that a count from the wire is never looped over without bytes behind it. */
const skipElements = (reader: ByteReader, count: number, first: number, second: number, depth: number): void => {
  if (count === 0) return;
  const firstSize = fixedSizeOf(first);
  const secondSize = fixedSizeOf(second);
  if (firstSize !== 0 && (second === NONE || secondSize !== 0)) {
    reader.skip(count * (firstSize + secondSize));
    return;
  }
  for (let index = 0; index < count; index++) {
    skip(reader, first, depth);
    if (second !== NONE) skip(reader, second, depth);
  }
};

const readLength = (reader: ByteReader): number => {
  const length = reader.readI32();
  if (length < 0) throw new ProtocolException("negative_size", `length ${length} at offset ${reader.offset - 4}`);
  return length;
};
