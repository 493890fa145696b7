import type { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import { codeOf, minSizeOf } from "../compact/compact-type.ts";
import { CType, ttypeOf } from "../compact/ctype.ts";
import {
  getBlob,
  getDouble,
  getI16,
  getI32,
  getI64,
  getMapHead,
  getNumber64,
  getSequenceHead,
  getText,
} from "../compact/read.ts";
import { isBool, keepCompactField, skipCompact } from "../compact/skip.ts";
import { putVarint, VARINT32_MAX, VARINT64_MAX, zigzag } from "../compact/varint.ts";
import { putFieldHead, putI64, putMapHead, putSequenceHead, putText } from "../compact/write.ts";
import type { ScalarType } from "../field-type.ts";
import type { WireReader, WireWriter } from "./wire.ts";

const writeVarint = (writer: ByteWriter, value: number): void => {
  writer.reserve(VARINT32_MAX);
  writer.offset = putVarint(writer.buffer, value, writer.offset);
};

const writeScalar = (writer: ByteWriter, kind: ScalarType, value: unknown): void => {
  switch (kind) {
    case "bool":
      writer.writeU8(value === true ? CType.true : CType.false);
      break;
    case "i8":
      writer.writeU8((value as number) & 0xff);
      break;
    case "i16":
    case "i32":
    case "enum":
      writeVarint(writer, zigzag(value as number));
      break;
    case "i64":
    case "i64:number":
    case "i64:string":
      writer.reserve(VARINT64_MAX);
      writer.offset = putI64(writer.buffer, BigInt(value as bigint | number | string), writer.offset);
      break;
    case "double":
      writer.reserve(8);
      writer.view.setFloat64(writer.offset, value as number, true);
      writer.offset += 8;
      break;
    case "string":
      writer.reserveText(value as string, VARINT32_MAX);
      writer.offset = putText(writer.buffer, value as string, writer.offset);
      break;
    case "binary":
      writeVarint(writer, (value as Uint8Array).length);
      writer.writeBytes(value as Uint8Array);
  }
};

/** Most bytes of a header: of a field, list, set or map. */
const HEAD_MAX = 6;

export const compactWriter: WireWriter = {
  protocol: "compact",
  order: (plan) => plan.idOrder,
  writeHead(writer, { type, id }, previous, value) {
    writer.reserve(HEAD_MAX);
    const code = type.kind === "bool" && value === false ? CType.false : codeOf(type);
    writer.offset = putFieldHead(writer.buffer, code, id, previous, writer.offset);
    return type.kind === "bool" && typeof value === "boolean";
  },
  writeSequenceHead(writer, { element }, count) {
    writer.reserve(HEAD_MAX);
    writer.offset = putSequenceHead(writer.buffer, codeOf(element), count, writer.offset);
  },
  writeMapHead(writer, { key, value }, count) {
    writer.reserve(HEAD_MAX);
    writer.offset = putMapHead(writer.buffer, codeOf(key), codeOf(value), count, writer.offset);
  },
  writeScalar,
};

const readScalar = (reader: ByteReader, kind: ScalarType): unknown => {
  switch (kind) {
    case "bool":
      return reader.readU8() === CType.true;
    case "i8":
      return reader.readI8();
    case "i16":
      return getI16(reader);
    case "i32":
    case "enum":
      return getI32(reader);
    case "i64":
      return getI64(reader);
    case "i64:number":
      return getNumber64(reader);
    case "i64:string":
      return String(getI64(reader));
    case "double":
      return getDouble(reader);
    case "string":
      return getText(reader);
    case "binary":
      return getBlob(reader);
  }
};

export const compactReader: WireReader = {
  protocol: "compact",
  readHead(reader, head) {
    const byte = reader.readU8();
    head.code = byte & 15;
    if (head.code === CType.stop) return false;
    head.id = byte > 15 ? ((head.id + (byte >> 4)) << 16) >> 16 : getI16(reader);
    head.ttype = ttypeOf(head.code);
    head.value = isBool(head.code) ? head.code === CType.true : undefined;
    return true;
  },
  skip: (reader, { code }, _plan, depth) => skipCompact(reader, code, depth),
  keep: (kept, reader, { code, id }, _start, depth) => keepCompactField(kept, reader, code, id, depth),
  readCount(reader, type) {
    if (type.kind !== "map") return getSequenceHead(reader, codeOf(type.element), minSizeOf(type.element));
    const { key, value } = type;
    return getMapHead(reader, codeOf(key), codeOf(value), minSizeOf(key) + minSizeOf(value));
  },
  readScalar,
};
