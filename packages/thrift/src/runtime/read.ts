import { ProtocolException } from "@kitex-ts/core";
import type { ByteReader } from "@kitex-ts/core/spi";

/** The count of a container whose `bytes` of count begin at `offset`, against what is left. @throws ProtocolException */
export const checkCount = (count: number, minSize: number, offset: number, left: number): void => {
  if (count < 0) throw new ProtocolException("negative_size", `container size ${count} at offset ${offset}`);
  if (count * minSize > left) {
    throw new ProtocolException(
      "size_limit",
      `a container of ${count} elements at offset ${offset} needs at least ${count * minSize} bytes, ${left} left`,
    );
  }
};

/** Reads and checks a container's count. `minSize`: of an element, or of a key with its value. */
export const readCount = (reader: ByteReader, minSize: number): number => {
  const offset = reader.offset;
  const count = reader.readI32();
  checkCount(count, minSize, offset, reader.remaining);
  return count;
};

export const readBinary = (reader: ByteReader): Uint8Array => {
  const length = reader.readI32();
  if (length < 0) {
    throw new ProtocolException("negative_size", `binary length ${length} at offset ${reader.offset - 4}`);
  }
  return reader.readBytes(length);
};

/** An i64 as a number. @throws ProtocolException outside of ±(2^53 − 1) */
export const readSafeInteger = (reader: ByteReader): number => {
  reader.need(8);
  const value = safeInteger(reader.view.getInt32(reader.offset), reader.view.getUint32(reader.offset + 4));
  reader.offset += 8;
  return value;
};

export const safeInteger = (high: number, low: number): number => {
  const value = high * 4294967296 + low;
  if (!Number.isSafeInteger(value)) {
    throw new ProtocolException("invalid_data", "an i64 declared as number lies outside of the safe integers");
  }
  return value;
};

export const requiredMissing = (name: string): ProtocolException =>
  new ProtocolException("invalid_data", `required field ${name} is not set`);
