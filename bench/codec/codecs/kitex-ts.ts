import { deepStrictEqual } from "node:assert";
import { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import type { StructDescriptor } from "kitex-ts/codegenv1";
import { Rich, Simple } from "../../kitex_gen/bench/bench.ts";
import { richValue, simpleValue } from "../../lib/payloads.ts";
import type { MakeOperations, Operations } from "../codec.ts";

/** Thrift Binary into a kept buffer, as connections use it. */
export const operations = <T>(descriptor: StructDescriptor<T, T>, value: T): Operations => {
  const writer = new ByteWriter(1 << 16);
  const encode = (message: T): number => {
    writer.offset = 0;
    descriptor.encode(writer, message);
    return writer.offset;
  };
  const size = encode(value);
  const bytes = Buffer.from(writer.buffer.subarray(0, size));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = new ByteReader();
  const decode = (): T => {
    reader.attach(bytes, view, 0, bytes.length);
    return descriptor.decode(reader);
  };
  deepStrictEqual(decode(), value);
  return { bytes: size, encode: () => encode(value), decode, echo: () => encode(decode()) };
};

export const kitexTs: MakeOperations = (payload) =>
  payload === "rich"
    ? operations(Rich as StructDescriptor<Rich, Rich>, Rich.create(richValue))
    : operations(Simple, simpleValue(payload));
