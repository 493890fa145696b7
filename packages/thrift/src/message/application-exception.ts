import { ApplicationException, ApplicationExceptionType } from "@kitex-ts/core";
import { type ByteReader, type ByteWriter, MessageType } from "@kitex-ts/core/spi";
import type { StructDescriptor } from "../descriptor.ts";
import { structDescriptor } from "../struct-descriptor.ts";
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

export const readApplicationException = (reader: ByteReader): ApplicationException => {
  const { message, type } = Body.decode(reader);
  return new ApplicationException(
    type,
    message === "" ? (defaultTexts[type] ?? `unknown exception type [${type}]`) : message,
  );
};
