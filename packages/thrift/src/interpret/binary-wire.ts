import type { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import type { ScalarType } from "../field-type.ts";
import { VOID_RESULT } from "../runtime/absent.ts";
import { readBinary, readCount, readSafeInteger } from "../runtime/read.ts";
import { skip } from "../runtime/skip.ts";
import { keepField } from "../runtime/unknown-fields.ts";
import { TType } from "../ttype.ts";
import type { WireReader, WireWriter } from "./wire.ts";

const writeScalar = (writer: ByteWriter, kind: ScalarType, value: unknown): void => {
  switch (kind) {
    case "bool":
      writer.writeU8(value === true ? 1 : 0);
      break;
    case "i8":
      writer.writeU8((value as number) & 0xff);
      break;
    case "i16":
      writer.writeI16(value as number);
      break;
    case "i32":
    case "enum":
      writer.writeI32(value as number);
      break;
    case "i64":
    case "i64:number":
    case "i64:string":
      writer.writeI64(BigInt(value as bigint | number | string));
      break;
    case "double":
      writer.writeDouble(value as number);
      break;
    case "string":
      writer.writeString(value as string);
      break;
    case "binary":
      writer.writeI32((value as Uint8Array).length);
      writer.writeBytes(value as Uint8Array);
  }
};

export const binaryWriter: WireWriter = {
  protocol: "binary",
  order: (plan) => plan.wireOrder,
  writeHead(writer, { head }) {
    writer.writeU8(head >> 16);
    writer.writeI16((head << 16) >> 16);
    return false;
  },
  writeSequenceHead(writer, { element }, count) {
    writer.writeU8(element.ttype);
    writer.writeI32(count);
  },
  writeMapHead(writer, { key, value }, count) {
    writer.writeU8(key.ttype);
    writer.writeU8(value.ttype);
    writer.writeI32(count);
  },
  writeScalar,
};

const readScalar = (reader: ByteReader, kind: ScalarType): unknown => {
  switch (kind) {
    case "bool":
      // Only 1 is true, as in Go.
      return reader.readU8() === 1;
    case "i8":
      return reader.readI8();
    case "i16":
      return reader.readI16();
    case "i32":
    case "enum":
      return reader.readI32();
    case "i64":
      return reader.readI64();
    case "i64:number":
      return readSafeInteger(reader);
    case "i64:string":
      return String(reader.readI64());
    case "double":
      return reader.readDouble();
    case "string":
      return reader.readString();
    case "binary":
      return readBinary(reader);
  }
};

export const binaryReader: WireReader = {
  protocol: "binary",
  readHead(reader, head) {
    head.code = reader.readU8();
    if (head.code === TType.stop) return false;
    head.ttype = head.code;
    head.id = reader.readI16();
    return true;
  },
  skip(reader, { code, id }, plan, depth) {
    const isVoid = plan.shape === "result" && code === VOID_RESULT >> 16 && id === 0;
    skip(reader, isVoid ? TType.struct : code, depth);
  },
  keep(kept, reader, { code }, start, depth) {
    skip(reader, code, depth);
    return keepField(kept, reader, start);
  },
  readCount(reader, type) {
    if (type.kind === "map") {
      reader.need(6);
      reader.readI16();
      return readCount(reader, type.key.minSize + type.value.minSize);
    }
    reader.need(5);
    reader.readU8();
    return readCount(reader, type.element.minSize);
  },
  readScalar,
};
