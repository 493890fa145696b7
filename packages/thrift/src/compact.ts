import { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import type { StructDescriptor } from "./descriptor.ts";

/** `value` in Thrift Compact, without a message around it. @throws InvalidValueError when it does not fit the IDL */
export const toCompact = <T, Init>(descriptor: StructDescriptor<T, Init>, value: Init): Uint8Array => {
  const writer = new ByteWriter();
  descriptor.codec.compact.write(writer, value);
  return Uint8Array.prototype.slice.call(writer.buffer, 0, writer.offset);
};

/** The struct that `bytes` begin with, in Thrift Compact. @throws ProtocolException when they are malformed or a required field is missing */
export const fromCompact = <T, Init>(descriptor: StructDescriptor<T, Init>, bytes: Uint8Array): T =>
  descriptor.codec.compact.read(ByteReader.of(bytes)) as T;
