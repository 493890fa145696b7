import {
  ApplicationException,
  ApplicationExceptionType,
  type MethodInfo,
  RPCError,
  type ServiceInfo,
} from "@kitex-ts/core";
import { ByteReader, ByteWriter, type MessageHead } from "@kitex-ts/core/spi";

/** Writes a message with one end's codec and reads it with the other's, as a socket between them would have it. */
const transfer = (
  service: ServiceInfo,
  write: (writer: ByteWriter) => void,
  read: (reader: ByteReader) => unknown,
): unknown => {
  const writer = new ByteWriter();
  write(writer);
  const reader = ByteReader.of(writer.buffer.subarray(0, writer.offset));
  const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };
  service.payloadCodec.readHead(reader, head);
  return read(reader);
};

const SEQUENCE_ID = 1;

/** `request` as a server would receive it: values of the declared types, defaults filled in. @throws what encoding throws */
export const receivedRequest = (service: ServiceInfo, { codec }: MethodInfo, request: unknown): unknown =>
  transfer(
    service,
    (writer) => codec.writeRequest(writer, SEQUENCE_ID, request),
    (reader) => codec.readRequest(reader),
  );

/** `response` as a client would receive it. @throws what encoding throws */
export const receivedResponse = (service: ServiceInfo, { codec }: MethodInfo, response: unknown): unknown =>
  transfer(
    service,
    (writer) => codec.writeResponse(writer, SEQUENCE_ID, response),
    (reader) => codec.readResponse(reader),
  );

/**
 * `error`, thrown by a handler, as a client would receive it, with one exception: an `RPCError` stays what it is, so that a test can have any
 * kind of failure.
 */
export const receivedError = (service: ServiceInfo, { codec }: MethodInfo, error: unknown): unknown => {
  if (error instanceof RPCError) return error;
  let isDeclared = false;
  try {
    transfer(
      service,
      (writer) => {
        isDeclared = codec.writeDeclaredException(writer, SEQUENCE_ID, error);
        // Something has to be there to be read.
        if (!isDeclared) codec.writeEmptyResponse(writer, SEQUENCE_ID);
      },
      (reader) => (isDeclared ? codec.readResponse(reader) : undefined),
    );
  } catch (declared) {
    return declared;
  }
  const text = error instanceof Error ? error.message : String(error);
  return new ApplicationException(ApplicationExceptionType.internalError, `biz error: ${text}`, { cause: error });
};
