import {
  ApplicationException,
  ApplicationExceptionType,
  BizStatusError,
  RPCError,
  type TransportProtocol,
} from "@kitex-ts/core";
import { messageOf } from "@kitex-ts/core/internal";
import type { ByteWriter, MethodCodec, PayloadCodec } from "@kitex-ts/core/spi";
import { beginFrame, endFrame, hasTTHeader, isFramed } from "../framing/frame.ts";
import { MAGIC, patchLength, writeHeader } from "../ttheader/codec.ts";
import { IntKey, StringKey } from "../ttheader/keys.ts";
import { type PayloadValidator, sealPayload } from "../ttheader/payload-validation.ts";
import { PLAIN_REPLY_BYTES, writePlainReplyWords } from "../ttheader/reply-header.ts";

/** Where an answer goes: it mirrors its request. */
export interface ReplyTarget {
  readonly transportProtocol: TransportProtocol;
  readonly sequenceId: number;
  readonly methodName: string;
  readonly codec: PayloadCodec;
  /** Of the reply's TTHeader. */
  readonly flags: number;
  /** Ask the peer to send no more on this connection. */
  readonly isReset: boolean;
  /** What the handler sends back beside the result. */
  readonly backwardValues: ReadonlyMap<string, string> | undefined;
  /** Run over the payload of a reply with a TTHeader. */
  readonly validators: readonly PayloadValidator[];
}

// From the outcome of a call to the bytes of its answer:
//
//   a value                   reply with the result
//   BizStatusError            reply without result + biz-* in the header; without a header an exception 6, since Kitex' empty reply would hide it
//   declared in the IDL       reply with the exception
//   ApplicationException      exception with its type id and text
//   refused before the        exception 6 with the error's own text (request forbidden, over limit, panic)
//     handler, or a panic
//   anything else             exception 6, "biz error: " and the text

/** Kinds whose text says itself what it is: what Kitex writes for ACL, limits and panics. */
const plainKinds: readonly string[] = ["acl", "overlimit", "panic"];

/** Appends the reply with a result. When the result cannot be encoded, the answer is an exception that says so. */
export const writeResult = (
  writer: ByteWriter,
  target: ReplyTarget,
  codec: MethodCodec,
  result: unknown,
  maxBytes: number,
): void => {
  const start = writer.offset;
  try {
    const frame = beginMessage(writer, target, "2", undefined);
    codec.writeResponse(writer, target.sequenceId, result);
    endMessage(writer, target, start, frame, maxBytes);
  } catch (error) {
    writeRefusal(writer, target, start, error);
  }
};

/** Appends what `error`, thrown by the chain or the handler, becomes on the wire. */
export const writeError = (
  writer: ByteWriter,
  target: ReplyTarget,
  codec: MethodCodec,
  error: unknown,
  maxBytes: number,
): void => {
  const start = writer.offset;
  try {
    if (error instanceof BizStatusError) writeBusinessError(writer, target, codec, error, maxBytes);
    else if (writeDeclared(writer, target, codec, error, maxBytes)) return;
    else if (error instanceof ApplicationException) writeException(writer, target, error.typeId, error.remoteMessage);
    else writeException(writer, target, ApplicationExceptionType.internalError, textOf(error));
  } catch (failure) {
    writeRefusal(writer, target, start, failure);
  }
};

const textOf = (error: unknown): string => {
  if (error instanceof RPCError && plainKinds.includes(error.kind)) return error.message;
  return `biz error: ${messageOf(error)}`;
};

const writeBusinessError = (
  writer: ByteWriter,
  target: ReplyTarget,
  codec: MethodCodec,
  error: BizStatusError,
  maxBytes: number,
): void => {
  if (!hasTTHeader(target.transportProtocol)) {
    writeException(writer, target, ApplicationExceptionType.internalError, error.message);
    return;
  }
  const start = writer.offset;
  const frame = beginMessage(writer, target, "2", error);
  codec.writeEmptyResponse(writer, target.sequenceId);
  endMessage(writer, target, start, frame, maxBytes);
};

const writeDeclared = (
  writer: ByteWriter,
  target: ReplyTarget,
  codec: MethodCodec,
  error: unknown,
  maxBytes: number,
): boolean => {
  const start = writer.offset;
  const frame = beginMessage(writer, target, "2", undefined);
  const isDeclared = codec.writeDeclaredException(writer, target.sequenceId, error);
  if (isDeclared) endMessage(writer, target, start, frame, maxBytes);
  else writer.offset = start;
  return isDeclared;
};

/** Appends a message of type exception. */
export const writeException = (writer: ByteWriter, target: ReplyTarget, typeId: number, message: string): void => {
  const start = writer.offset;
  const frame = beginMessage(writer, target, "3", undefined);
  target.codec.writeException(writer, target.methodName, target.sequenceId, typeId, message);
  endMessage(writer, target, start, frame, Infinity);
};

/** Takes back what was written of the reply that began at `start`; an exception says why. */
const writeRefusal = (writer: ByteWriter, target: ReplyTarget, start: number, error: unknown): void => {
  writer.offset = start;
  const bare: ReplyTarget = {
    transportProtocol: target.transportProtocol,
    sequenceId: target.sequenceId,
    methodName: target.methodName,
    codec: target.codec,
    flags: target.flags,
    isReset: target.isReset,
    backwardValues: undefined,
    validators: target.validators,
  };
  const text = `reply cannot be encoded: ${messageOf(error)}`;
  writeException(writer, bare, ApplicationExceptionType.internalError, text);
};

/** Writes what stands before the payload; answers where the frame begins, -1 without one. */
const beginMessage = (
  writer: ByteWriter,
  target: ReplyTarget,
  messageType: "2" | "3",
  business: BizStatusError | undefined,
): number => {
  if (hasTTHeader(target.transportProtocol)) writeReplyHeader(writer, target, messageType, business);
  return isFramed(target.transportProtocol) ? beginFrame(writer) : -1;
};

const endMessage = (writer: ByteWriter, target: ReplyTarget, start: number, frame: number, maxBytes: number): void => {
  if (frame >= 0) endFrame(writer, frame);
  if (hasTTHeader(target.transportProtocol)) {
    patchLength(writer, start);
    if (target.validators.length > 0) sealPayload(writer, start, target.validators);
  }
  const size = writer.offset - start;
  if (size > maxBytes) throw new RangeError(`reply of ${size} bytes, the limit is ${maxBytes}`);
};

const writeReplyHeader = (
  writer: ByteWriter,
  target: ReplyTarget,
  messageType: "2" | "3",
  business: BizStatusError | undefined,
): void => {
  const { backwardValues, isReset } = target;
  if (messageType === "2" && business === undefined && backwardValues === undefined && !isReset) {
    writer.reserve(PLAIN_REPLY_BYTES);
    const start = writer.offset;
    const { view } = writer;
    view.setInt32(start + 4, (MAGIC << 16) | target.flags);
    view.setInt32(start + 8, target.sequenceId);
    writePlainReplyWords(view, start);
    writer.offset = start + PLAIN_REPLY_BYTES;
    return;
  }
  writeHeader(writer, {
    flags: target.flags,
    sequenceId: target.sequenceId,
    strings: replyStrings(backwardValues, isReset, business),
    ints: new Map([[IntKey.messageType, messageType]]),
  });
};

const replyStrings = (
  backwardValues: ReadonlyMap<string, string> | undefined,
  isReset: boolean,
  business: BizStatusError | undefined,
): Map<string, string> => {
  const strings = new Map<string, string>();
  if (backwardValues !== undefined) {
    for (const [key, value] of backwardValues) if (!isReserved(key)) strings.set(key, value);
  }
  if (business !== undefined) {
    strings.set(StringKey.bizStatus, String(business.code));
    strings.set(StringKey.bizMessage, business.bizMessage);
    if (Object.keys(business.extra).length > 0) strings.set(StringKey.bizExtra, JSON.stringify(business.extra));
  }
  if (isReset) strings.set(StringKey.connectionReset, "1");
  return strings;
};

/** What the caller's side of the framework acts on is not for handlers to set. */
const isReserved = (key: string): boolean => key.startsWith("biz-") || key === StringKey.connectionReset;
