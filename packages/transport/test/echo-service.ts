// A payload codec of three methods, small enough to be checked by eye against the hex vectors: Thrift Binary for
//   exception Refused { 1: string reason }
//   service Echo { Resp echo(1: Req req) throws (1: Refused refused), oneway void ping(1: string s) }
import { ApplicationException, type MethodInfo, ProtocolException, type ServiceInfo } from "@kitex-ts/core";
import {
  type ByteReader,
  type ByteWriter,
  type MessageHead,
  MessageType,
  type MethodCodec,
  type PayloadCodec,
  type ScanState,
} from "@kitex-ts/core/spi";

export class Refused extends Error {}

const VERSION = 0x8001_0000;

const writeHead = (writer: ByteWriter, type: number, method: string, sequenceId: number): void => {
  writer.writeI32(VERSION | type);
  writer.writeString(method);
  writer.writeI32(sequenceId);
};

const fixedSize: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 };

/** End of the struct at `at`, -1 when it has not arrived whole. */
const endOfStruct = (reader: ByteReader, start: number, depth: number): number => {
  if (depth > 64) throw new ProtocolException("depth_limit", "nested too deep");
  for (let at = start; ; ) {
    if (at + 1 > reader.end) return -1;
    const type = reader.view.getUint8(at);
    if (type === 0) return at + 1;
    at += 3;
    if (at > reader.end) return -1;
    const size = fixedSize[type];
    if (size !== undefined) at += size;
    else if (type === 11) {
      if (at + 4 > reader.end) return -1;
      const length = reader.view.getInt32(at);
      if (length < 0) throw new ProtocolException("negative_size", `string of ${length} bytes`);
      at += 4 + length;
    } else if (type === 12) {
      at = endOfStruct(reader, at, depth + 1);
      if (at < 0) return -1;
    } else throw new ProtocolException("invalid_data", `unknown data type ${type}`);
    if (at > reader.end) return -1;
  }
};

/** The string field 1 of the struct that follows, other fields skipped. */
const readStringField = (reader: ByteReader): string | undefined => {
  let value: string | undefined;
  for (;;) {
    const type = reader.readU8();
    if (type === 0) return value;
    const id = reader.readI16();
    if (id === 1 && type === 11) value = reader.readString();
    else if (type === 11) reader.skip(reader.readI32());
    else if (type === 12) reader.offset = Math.max(endOfStruct(reader, reader.offset, 0), reader.offset);
    else reader.skip(fixedSize[type] ?? 0);
  }
};

export const echoPayload: PayloadCodec = {
  name: "test thrift",
  matches: (word) => (word & 0xffff_0000) >>> 0 === VERSION >>> 0 || word >>> 16 === 0x8001,
  readHead(reader: ByteReader, into: MessageHead): void {
    into.type = reader.readU32() & 0xffff;
    into.methodName = reader.readString();
    into.sequenceId = reader.readI32();
  },
  writeException(writer, methodName, sequenceId, typeId, message): void {
    writeHead(writer, MessageType.exception, methodName, sequenceId);
    writer.writeU8(11);
    writer.writeI16(1);
    writer.writeString(message);
    writer.writeU8(8);
    writer.writeI16(2);
    writer.writeI32(typeId);
    writer.writeU8(0);
  },
  readException(reader): ApplicationException {
    let message = "";
    let typeId = 0;
    for (;;) {
      const type = reader.readU8();
      if (type === 0) return new ApplicationException(typeId, message);
      reader.readI16();
      if (type === 11) message = reader.readString();
      else typeId = reader.readI32();
    }
  },
  scan(reader: ByteReader, _state: ScanState): number {
    if (reader.remaining < 12) return -1;
    const nameLength = reader.view.getInt32(reader.offset + 4);
    if (nameLength < 0) throw new ProtocolException("negative_size", `method name of ${nameLength} bytes`);
    const end = endOfStruct(reader, reader.offset + 12 + nameLength, 0);
    return end < 0 ? -1 : end - reader.offset;
  },
};

const wrap = (writer: ByteWriter, fieldId: number, message: string): void => {
  writer.writeU8(12);
  writer.writeI16(fieldId);
  writer.writeU8(11);
  writer.writeI16(1);
  writer.writeString(message);
  writer.writeU8(0);
  writer.writeU8(0);
};

export interface Message {
  readonly msg: string;
}

export const echoCodec: MethodCodec = {
  writeRequest(writer, sequenceId, request): void {
    writeHead(writer, MessageType.call, "echo", sequenceId);
    const { msg } = request as Message;
    if (typeof msg !== "string") throw new TypeError("req.msg: a string is expected");
    wrap(writer, 1, msg);
  },
  readRequest(reader): Message {
    if (reader.readU8() !== 12) throw new ProtocolException("invalid_data", "required field req is not set");
    reader.skip(2);
    return { msg: readStringField(reader) ?? "" };
  },
  writeResponse(writer, sequenceId, response): void {
    writeHead(writer, MessageType.reply, "echo", sequenceId);
    const { msg } = response as Message;
    if (typeof msg !== "string") throw new TypeError("resp.msg: a string is expected");
    wrap(writer, 0, msg);
  },
  writeEmptyResponse(writer, sequenceId): void {
    writeHead(writer, MessageType.reply, "echo", sequenceId);
    writer.writeU8(0);
  },
  writeDeclaredException(writer, sequenceId, error): boolean {
    if (!(error instanceof Refused)) return false;
    writeHead(writer, MessageType.reply, "echo", sequenceId);
    wrap(writer, 1, error.message);
    return true;
  },
  readResponse(reader): Message | undefined {
    if (reader.readU8() === 0) return undefined;
    const fieldId = reader.readI16();
    const text = readStringField(reader) ?? "";
    if (fieldId !== 0) throw new Refused(text);
    return { msg: text };
  },
};

const pingCodec: MethodCodec = {
  ...echoCodec,
  writeRequest(writer, sequenceId, request): void {
    writeHead(writer, MessageType.oneway, "ping", sequenceId);
    writer.writeU8(11);
    writer.writeI16(1);
    writer.writeString(request as string);
    writer.writeU8(0);
  },
  readRequest: (reader) => readStringField(reader) ?? "",
};

const method = (name: string, oneway: boolean, codec: MethodCodec): MethodInfo => ({
  name,
  property: name,
  argumentNames: ["req"],
  oneway,
  streaming: "unary",
  codec,
});

export const echo: MethodInfo = method("echo", false, echoCodec);
export const ping: MethodInfo = method("ping", true, pingCodec);

export const echoService: ServiceInfo = {
  serviceName: "Echo",
  packageName: "",
  payloadCodec: echoPayload,
  methods: [echo, ping],
};
