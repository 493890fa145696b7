import { ProtocolException } from "@kitex-ts/core";
import { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import { getBlob, getI16, getI32, getI64, getMapHead, getNumber64, getSequenceHead, getText } from "../compact/read.ts";
import { keepCompactField, skipCompact } from "../compact/skip.ts";
import { putVarint } from "../compact/varint.ts";
import { putI64, putMapHead, putSafeI64, putSequenceHead, putText } from "../compact/write.ts";
import { emptyStruct, missingResult } from "./absent.ts";
import { elementsOf } from "./elements.ts";
import { chargeMemory } from "./memory-budget.ts";
import { checkCount, requiredMissing, safeInteger } from "./read.ts";
import { depthExceeded, skip } from "./skip.ts";
import { unfit } from "./unfit.ts";
import { hasUnknown, keepField, withUnknown, writeUnknown } from "./unknown-fields.ts";
import { isMap, isUint8Array, parseI64, sameBytes } from "./value.ts";
import { isPlainObject, isStruct } from "./value-kind.ts";

/** Fewer than `bytes` bytes are left at `offset`. */
const short = (reader: ByteReader, offset: number, bytes: number): void => {
  reader.offset = offset;
  reader.need(bytes);
};

/** A field header close to the end of what may be read. */
const head = (reader: ByteReader, offset: number): number => {
  short(reader, offset, 1);
  const ttype = reader.buffer[offset] as number;
  if (ttype === 0) return 0;
  short(reader, offset + 1, 2);
  return (ttype << 16) | reader.view.getUint16(offset + 1);
};

const badLength = (reader: ByteReader, offset: number, length: number, kind: string): void => {
  if (length < 0) throw new ProtocolException("negative_size", `${kind} length ${length} at offset ${offset - 4}`);
  short(reader, offset, length);
};

const grow = (writer: ByteWriter, offset: number, bytes: number): Buffer => {
  writer.offset = offset;
  writer.reserve(bytes);
  return writer.buffer;
};

/** Room for a text and `besides` bytes, where three bytes a character were more than is there. */
const growForText = (writer: ByteWriter, offset: number, text: string, besides: number): Buffer => {
  writer.offset = offset;
  writer.reserveText(text, besides);
  return writer.buffer;
};

const putSafeInteger = (view: DataView, offset: number, value: unknown): void => {
  if (!Number.isSafeInteger(value)) unfit();
  view.setInt32(offset, Math.floor((value as number) / 4294967296));
  // Takes the low 32 bits, of negative numbers too.
  view.setInt32(offset + 4, value as number);
};

const toI64 = (value: unknown): bigint => (typeof value === "string" ? parseI64(value) : undefined) ?? unfit();

const isSameBinary = (value: unknown, other: unknown): boolean =>
  isUint8Array(value) && sameBytes(value, other as Uint8Array);

const mapOnly = (value: unknown): ReadonlyMap<unknown, unknown> => (isMap(value) ? value : unfit());

/** A map with string keys, for which a plain object may stand. */
const entries = (value: unknown): ReadonlyMap<unknown, unknown> => {
  if (isMap(value)) return value;
  return isPlainObject(value) ? new Map(Object.entries(value)) : unfit();
};

/** Something to iterate over that knows how many it holds. */
const sized = (value: unknown): ReturnType<typeof elementsOf> => elementsOf(value) ?? unfit();

/** A field called like something every object inherits counts only when the object has it itself. */
const own = (value: object, property: string): unknown =>
  Object.hasOwn(value, property) ? (value as Readonly<Record<string, unknown>>)[property] : undefined;

/** What printed code calls, by name; nobody else has a use for it. */
export type CodecRuntime = Readonly<Record<string, (...args: never) => unknown>>;

/** Code printed by an older release calls it too: members may be added, never changed. */
export const codecRuntime: CodecRuntime = {
  badCount: checkCount,
  badLength,
  bytes: ByteReader.bytes,
  charge: chargeMemory,
  depthExceeded,
  emptyStruct,
  entries,
  getBlob,
  getI16,
  getI32,
  getI64,
  getMapHead,
  getNumber64,
  getSequenceHead,
  getText,
  grow,
  growForText,
  hasUnknown,
  head,
  isSameBinary,
  isStruct,
  isUint8Array,
  keepCompactField,
  keepField,
  mapOnly,
  missingResult,
  own,
  putI64,
  putMapHead,
  putSafeI64,
  putSafeInteger,
  putSequenceHead,
  putText,
  putUtf8: ByteWriter.utf8,
  putVarint,
  requiredMissing,
  safeInteger,
  short,
  sized,
  skip,
  skipCompact,
  toI64,
  unfit,
  utf8: ByteReader.utf8,
  withUnknown,
  writeUnknown,
};
