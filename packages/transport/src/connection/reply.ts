import {
  ApplicationException,
  ApplicationExceptionType,
  ProtocolException,
  RPCError,
  TransportError,
} from "@kitex-ts/core";
import { messageOf } from "@kitex-ts/core/internal";
import { type ByteReader, type MessageHead, MessageType, STREAM_MESSAGE } from "@kitex-ts/core/spi";
import { callError, type PendingCall } from "./pending-call.ts";

/** After exceptions of these types a stock Kitex server closes the connection, and only a TTHeader can announce it. */
const closing: ReadonlySet<number> = new Set([
  ApplicationExceptionType.unknownMethod,
  ApplicationExceptionType.protocolError,
  ApplicationExceptionType.invalidProtocol,
  ApplicationExceptionType.unknownService,
]);

/**
 * Ends `call` with what the reply says. `head` has been read from `reader`, the body follows. Answers whether the peer is about to close the
 * connection, if it serves one call at a time.
 */
export const settleWithReply = (call: PendingCall, head: MessageHead, reader: ByteReader): boolean => {
  const { target } = call.attempt.call;
  const { method, service } = target;
  try {
    if (head.type === MessageType.exception) {
      // The type id is what matters here: neither the sequence id nor the method of an exception is checked, as in Kitex.
      const remote = service.payloadCodec.readException(reader);
      call.fail(new ApplicationException(remote.typeId, remote.remoteMessage, call.context(true)));
      return closing.has(remote.typeId);
    }
    if (head.type !== MessageType.reply && head.type !== STREAM_MESSAGE) {
      call.fail(
        callError(call, "invalid_message_type", `the answer is of message type ${head.type}`, { requestWritten: true }),
      );
      return false;
    }
    if (head.type === MessageType.reply && head.sequenceId !== call.sequenceId) {
      const detail = `bad sequence id, expect=${call.sequenceId}, actual=${head.sequenceId}`;
      call.fail(callError(call, "bad_sequence_id", detail, { requestWritten: true }));
      return false;
    }
    if (head.methodName !== method.name) {
      const detail = `wrong method name, expect=${method.name}, actual=${head.methodName}`;
      call.fail(callError(call, "wrong_method_name", detail, { requestWritten: true }));
      return false;
    }
    call.succeed(method.codec.readResponse(reader));
  } catch (error) {
    call.fail(decodeFailure(call, error));
  }
  return false;
};

/** A declared exception passes as it is; whatever else decoding throws is given the call it belongs to. */
export const decodeFailure = (call: PendingCall, error: unknown): Error => {
  if (error instanceof ApplicationException) {
    return new ApplicationException(error.typeId, error.remoteMessage, { ...call.context(true), cause: error });
  }
  if (error instanceof ProtocolException) {
    return new ProtocolException(error.code, `answer not understood: ${error.detail}`, {
      ...call.context(true),
      cause: error,
    });
  }
  if (error instanceof RPCError) {
    const code = error instanceof TransportError ? error.code : "malformed_answer";
    return callError(call, code, error.detail, { requestWritten: true, cause: error, kind: error.kind });
  }
  if (error instanceof RangeError || error instanceof TypeError) {
    return callError(call, "malformed_answer", `answer not understood: ${error.message}`, {
      requestWritten: true,
      cause: error,
    });
  }
  return error instanceof Error
    ? error
    : callError(call, "malformed_answer", messageOf(error), { requestWritten: true });
};
