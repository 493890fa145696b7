import { createRequire } from "node:module";

/** What the benchmarks use of core's buffers. */
interface Writer {
  buffer: Buffer;
  offset: number;
}
interface Reader {
  attach(buffer: Buffer, view: DataView, start: number, end: number): void;
}
interface Bytes {
  readonly ByteWriter: { new (initialBytes?: number): Writer; utf8(buffer: Buffer, text: string, at: number): number };
  readonly ByteReader: {
    new (): Reader;
    utf8(buffer: Buffer, start: number, length: number): string;
    bytes(buffer: Buffer, start: number, length: number): Uint8Array;
  };
}

// Buffers are not behind the front door, which is all that users need and all that this package depends on.
const fromKitex = createRequire(import.meta.resolve("kitex-ts"));

export const { ByteReader, ByteWriter } = fromKitex("@kitex-ts/core/spi") as Bytes;
