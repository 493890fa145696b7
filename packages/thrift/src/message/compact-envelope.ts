import { ProtocolException } from "@kitex-ts/core";
import { type ByteReader, type ByteWriter, type MessageHead, PreparedBytes, RepeatedBytes } from "@kitex-ts/core/spi";
import { getLength } from "../compact/read.ts";
import { putVarint, readVarint, VARINT32_MAX } from "../compact/varint.ts";
import { putText } from "../compact/write.ts";

/*
 * What stands before the body of every message, Thrift Compact; lengths and sequence ids are varints:
 *
 *    | 0x82 | type, 3 bits | version 1, 5 bits | sequence id | name length | name, UTF-8 | body …
 */
const PROTOCOL = 0x82;
const VERSION = 1;

/** Can a message begin with this word? */
export const isCompactEnvelope = (firstWord: number): boolean =>
  firstWord >>> 24 === PROTOCOL && ((firstWord >>> 16) & 0x1f) === VERSION;

const names = new RepeatedBytes((name) => name);

export const badCompactVersion = (first: number, second: number): ProtocolException =>
  new ProtocolException(
    "bad_version",
    `not a Thrift Compact message: it begins with 0x${((first << 8) | second).toString(16).padStart(4, "0")}`,
  );

/** @throws ProtocolException for another protocol, a length that cannot be */
export const readCompactEnvelope = (reader: ByteReader, into: MessageHead): void => {
  reader.need(2);
  const protocol = reader.readU8();
  const second = reader.readU8();
  if (protocol !== PROTOCOL || (second & 0x1f) !== VERSION) throw badCompactVersion(protocol, second);
  const sequenceId = readVarint(reader);
  const length = getLength(reader);
  reader.need(length);
  into.type = second >> 5;
  into.methodName = names.at(reader.buffer, reader.view, reader.offset, reader.offset + length);
  into.sequenceId = sequenceId;
  reader.offset += length;
};

/** Any envelope; methods keep a {@link CompactEnvelopeTemplate} instead. */
export const writeCompactEnvelope = (
  writer: ByteWriter,
  type: number,
  methodName: string,
  sequenceId: number,
): void => {
  writer.reserveText(methodName, 2 + 2 * VARINT32_MAX);
  const { buffer, offset } = writer;
  buffer[offset] = PROTOCOL;
  buffer[offset + 1] = (type << 5) | VERSION;
  writer.offset = putText(buffer, methodName, putVarint(buffer, sequenceId, offset + 2));
};

/** An envelope of which only the sequence id changes from call to call. */
export class CompactEnvelopeTemplate {
  readonly #second: number;
  /** Length and bytes of the name. */
  readonly #name: PreparedBytes;

  constructor(type: number, methodName: string) {
    this.#second = (type << 5) | VERSION;
    const buffer = Buffer.alloc(Buffer.byteLength(methodName) + VARINT32_MAX);
    this.#name = new PreparedBytes(buffer.subarray(0, putText(buffer, methodName, 0)));
  }

  write(writer: ByteWriter, sequenceId: number): void {
    writer.reserve(2 + VARINT32_MAX);
    const { buffer, offset } = writer;
    buffer[offset] = PROTOCOL;
    buffer[offset + 1] = this.#second;
    writer.offset = putVarint(buffer, sequenceId, offset + 2);
    writer.writePrepared(this.#name);
  }
}
