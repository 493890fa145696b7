import type { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import type { ApplicationException } from "../errors.ts";

/** Thrift's numbers, which Kitex-Protobuf shares. */
export const MessageType = { call: 1, reply: 2, exception: 3, oneway: 4 } as const;

/** Kitex' internal type for the first message of a stream. It answers it as a call, with the same type. */
export const STREAM_MESSAGE = 5;

/** What stands before the body of every message. Reused by the reader: copy what must stay. */
export interface MessageHead {
  /** A {@link MessageType}, or whatever number the peer sent. */
  type: number;
  methodName: string;
  sequenceId: number;
}

/**
 * The messages of one method, head included. Encoders write straight into the connection's buffer; when one throws, the caller sets the
 * writer back, so nothing half-written is ever sent.
 */
export interface MethodCodec {
  /** A call, or a oneway call when the method is oneway. */
  writeRequest(writer: ByteWriter, sequenceId: number, request: unknown): void;
  /** The body of a call, after its head. */
  readRequest(reader: ByteReader): unknown;
  /** A reply with `response` (ignored for methods without a result). */
  writeResponse(writer: ByteWriter, sequenceId: number, response: unknown): void;
  /** A reply without a result, as it goes with a business status error. */
  writeEmptyResponse(writer: ByteWriter, sequenceId: number): void;
  /** A reply with `error` when the IDL declares it for this method; answers false and writes nothing otherwise. */
  writeDeclaredException(writer: ByteWriter, sequenceId: number, error: unknown): boolean;
  /** The body of a reply, after its head. A declared exception is thrown. */
  readResponse(reader: ByteReader): unknown;
}

/** How far {@link PayloadCodec.scan} has come in a message of which only a part has arrived. */
export interface ScanState {
  /** Offset, relative to the message's first byte, up to which all is understood. 0 to begin. */
  position: number;
  /** Private to the codec between calls. */
  stack: number[];
}

/**
 * What the bytes behind framing and header mean: Thrift Binary, Kitex-Protobuf. Stateless, shared by all connections.
 * Kitex: `remote.PayloadCodec`.
 */
export interface PayloadCodec {
  readonly name: string;
  /** Can a message begin with this 32-bit word? */
  matches(firstWord: number): boolean;
  /** Reads the head into `into`. @throws ProtocolException when it is malformed */
  readHead(reader: ByteReader, into: MessageHead): void;
  /** A message of type exception. */
  writeException(writer: ByteWriter, methodName: string, sequenceId: number, typeId: number, message: string): void;
  /** The body of an exception, after its head. */
  readException(reader: ByteReader): ApplicationException;
  /**
   * Finds the end of an unframed message that begins at `reader.offset`: its length in bytes, or -1 when more must arrive first; then call
   * again with the same `state` once there is more. Does not move the reader. @throws ProtocolException when no continuation can be valid
   */
  scan(reader: ByteReader, state: ScanState): number;
}
