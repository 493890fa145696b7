import { ProtocolException } from "@kitex-ts/core";
import { type ByteReader, type ByteWriter, type MessageHead, PreparedBytes, RepeatedBytes } from "@kitex-ts/core/spi";

/*
 * What stands before the body of every message, strict Thrift Binary:
 *
 *    0        2        4               8             8+n            12+n
 *    | 0x8001 | type   | name length n | name, UTF-8 | sequence id   | body …
 */
const VERSION = 0x8001_0000;
const VERSION_MASK = 0xffff_0000;

/** Can a message begin with this word? */
export const isEnvelope = (firstWord: number): boolean => (firstWord & VERSION_MASK) >>> 0 === VERSION;

const badVersion = (word: number): ProtocolException =>
  new ProtocolException("bad_version", `not a Thrift Binary message: it begins with 0x${(word >>> 0).toString(16)}`);

const names = new RepeatedBytes((name) => name);

/** @throws ProtocolException for another protocol, a length that cannot be */
export const readEnvelope = (reader: ByteReader, into: MessageHead): void => {
  reader.need(8);
  const { view, offset } = reader;
  const word = view.getUint32(offset);
  if (!isEnvelope(word)) throw badVersion(word);
  const length = view.getInt32(offset + 4);
  checkNameLength(length);
  reader.offset = offset + 8;
  reader.need(length + 4);
  into.type = word & 0xffff;
  into.methodName = names.at(reader.buffer, view, offset + 8, offset + 8 + length);
  into.sequenceId = view.getInt32(offset + 8 + length);
  reader.offset = offset + 12 + length;
};

const checkNameLength = (length: number): void => {
  if (length < 0) throw new ProtocolException("negative_size", `length ${length} of a method name`);
};

/** Bytes of the envelope that begins at the reader's offset, or -1 when more must arrive to know. */
export const envelopeLength = (reader: ByteReader): number => {
  if (reader.remaining < 4) return -1;
  const word = reader.view.getUint32(reader.offset);
  if (!isEnvelope(word)) throw badVersion(word);
  if (reader.remaining < 8) return -1;
  const length = reader.view.getInt32(reader.offset + 4);
  checkNameLength(length);
  return 12 + length;
};

/** Any envelope; methods keep a {@link EnvelopeTemplate} instead. */
export const writeEnvelope = (writer: ByteWriter, type: number, methodName: string, sequenceId: number): void => {
  writer.writeI32(VERSION | type);
  writer.writeString(methodName);
  writer.writeI32(sequenceId);
};

/** An envelope of which only the sequence id changes from call to call. */
export class EnvelopeTemplate {
  readonly #beginning: PreparedBytes;

  constructor(type: number, methodName: string) {
    const name = Buffer.from(methodName, "utf8");
    const bytes = Buffer.alloc(8 + name.length);
    bytes.writeInt32BE(VERSION | type | 0, 0);
    bytes.writeInt32BE(name.length, 4);
    name.copy(bytes, 8);
    this.#beginning = new PreparedBytes(bytes);
  }

  write(writer: ByteWriter, sequenceId: number): void {
    writer.writePrepared(this.#beginning);
    writer.writeI32(sequenceId);
  }
}
