import { ApplicationException, ApplicationExceptionType } from "@kitex-ts/core";
import { type ByteReader, type ByteWriter, MessageType } from "@kitex-ts/core/spi";
import { CType } from "../compact/ctype.ts";
import { putVarint, VARINT32_MAX, zigzag } from "../compact/varint.ts";
import { putFieldHead, putText } from "../compact/write.ts";
import type { StructDescriptor } from "../descriptor.ts";
import { structDescriptor } from "../struct-descriptor.ts";
import { writeCompactEnvelope } from "./compact-envelope.ts";
import { writeEnvelope } from "./envelope.ts";

interface Body {
  message: string;
  type: number;
}

/** Exactly these two, and always both: Go's reader stumbles over any other string in this struct. */
const Body: StructDescriptor<Body> = /*@__PURE__*/ structDescriptor("ApplicationException", [
  [1, "message", "string", 2, ""],
  [2, "type", "i32", 2, 0],
]);

/** What each id means, for peers that send no text. Kitex: `defaultApplicationExceptionMessage`. */
const defaultTexts: Readonly<Record<number, string>> = {
  [ApplicationExceptionType.unknown]: "unknown application exception",
  [ApplicationExceptionType.unknownMethod]: "unknown method",
  [ApplicationExceptionType.invalidMessageType]: "invalid message type",
  [ApplicationExceptionType.wrongMethodName]: "wrong method name",
  [ApplicationExceptionType.badSequenceID]: "bad sequence ID",
  [ApplicationExceptionType.missingResult]: "missing result",
  [ApplicationExceptionType.internalError]: "unknown internal error",
  [ApplicationExceptionType.protocolError]: "unknown protocol error",
  [ApplicationExceptionType.invalidTransform]: "Invalid transform",
  [ApplicationExceptionType.invalidProtocol]: "Invalid protocol",
  [ApplicationExceptionType.unsupportedClientType]: "Unsupported client type",
  [ApplicationExceptionType.unknownService]: "unknown service",
};

export const writeApplicationException = (
  writer: ByteWriter,
  methodName: string,
  sequenceId: number,
  typeId: number,
  message: string,
): void => {
  writeEnvelope(writer, MessageType.exception, methodName, sequenceId);
  writer.writeU8(11);
  writer.writeI16(1);
  writer.writeString(message);
  writer.writeU8(8);
  writer.writeI16(2);
  writer.writeI32(typeId);
  writer.writeU8(0);
};

export const readApplicationException = (reader: ByteReader): ApplicationException =>
  toException(Body.codec.read(reader) as Body);

export const writeCompactApplicationException = (
  writer: ByteWriter,
  methodName: string,
  sequenceId: number,
  typeId: number,
  message: string,
): void => {
  writeCompactEnvelope(writer, MessageType.exception, methodName, sequenceId);
  writer.reserveText(message, 3 + 2 * VARINT32_MAX);
  const { buffer, offset } = writer;
  let at = putText(buffer, message, putFieldHead(buffer, CType.binary, 1, 0, offset));
  at = putVarint(buffer, zigzag(typeId), putFieldHead(buffer, CType.i32, 2, 1, at));
  buffer[at] = CType.stop;
  writer.offset = at + 1;
};

export const readCompactApplicationException = (reader: ByteReader): ApplicationException =>
  toException(Body.codec.compact.read(reader) as Body);

const toException = ({ message, type }: Body): ApplicationException =>
  new ApplicationException(type, message === "" ? (defaultTexts[type] ?? `unknown exception type [${type}]`) : message);
