// Codecs alone, one core: ours, into a kept buffer as connections use it, and protobufjs' static code (from rich.proto).
//   npm run x -- node --conditions=@kitex-ts/source bench/codec/main.ts
import { deepStrictEqual } from "node:assert";
import { Rich, Simple } from "../kitex_gen/bench/bench.ts";
import { richValue, simpleValue } from "../lib/payloads.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { bench } from "./generated/rich.js";
import { measure } from "./measure.ts";

interface Operations {
  readonly encode: () => unknown;
  readonly decode: () => unknown;
  readonly echo: () => unknown;
}

const ours = (descriptor: typeof Rich | typeof Simple, value: object): Operations => {
  const writer = new ByteWriter(1 << 16);
  const encode = (message: unknown): number => {
    writer.offset = 0;
    descriptor.encode(writer as never, message as never);
    return writer.offset;
  };
  encode(value);
  const bytes = Buffer.from(writer.buffer.subarray(0, writer.offset));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = new ByteReader();
  const decode = (): unknown => {
    reader.attach(bytes, view, 0, bytes.length);
    return descriptor.decode(reader as never);
  };
  deepStrictEqual(decode(), value);
  return { encode: () => encode(value), decode, echo: () => encode(decode()) };
};

/** The value as protobufjs takes it: numbers for 64 bits, objects for maps. */
const plain = (value: unknown): unknown => {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
};

const theirs = (type: typeof bench.Rich, value: object): Operations => {
  const bytes = type.encode(plain(value) as object).finish();
  const decoded = type.decode(bytes);
  return {
    encode: () => type.encode(decoded).finish(),
    decode: () => type.decode(bytes),
    echo: () => type.encode(type.decode(bytes)).finish(),
  };
};

const payloads = [
  ["64 B", ours(Simple, simpleValue("64")), theirs(bench.Simple, simpleValue("64"))],
  ["1 KiB", ours(Simple, simpleValue("1k")), theirs(bench.Simple, simpleValue("1k"))],
  ["rich", ours(Rich, richValue), theirs(bench.Rich, richValue)],
] as const;

console.log(`Node ${process.version}, µs per operation\n`);
console.log("| payload | operation | kitex-ts | protobufjs | ratio |\n|---|---|--:|--:|--:|");
for (const [name, kitex, protobuf] of payloads) {
  for (const operation of ["encode", "decode", "echo"] as const) {
    const times = measure({ kitex: kitex[operation], protobuf: protobuf[operation] });
    const [mine = 0, other = 0] = [...times.values()].map((time) => time / 1000);
    console.log(`| ${name} | ${operation} | ${mine.toFixed(2)} | ${other.toFixed(2)} | ${(other / mine).toFixed(2)} |`);
  }
}
