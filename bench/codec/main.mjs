// Codecs alone, one core: ours, into a kept buffer as connections use it, and protobufjs' static code when it is installed.
//   npm run x -- node --conditions=@kitex-ts/source bench/codec/main.mjs
import { deepStrictEqual } from "node:assert";
import { createRequire } from "node:module";
import { Rich, Simple } from "../kitex_gen/bench/bench.ts";
import { richValue, simpleValue } from "../lib/payloads.ts";
import { measure } from "./measure.mjs";

// Buffers are not behind the front door, which is all that users need.
const { ByteReader, ByteWriter } = createRequire(import.meta.resolve("kitex-ts"))("@kitex-ts/core/spi");
const protobuf = await import("./generated/rich.mjs").then(
  (module) => module.bench,
  () => undefined,
);

const payloads = {
  "64 B": [Simple, simpleValue("64"), protobuf?.Simple],
  "1 KiB": [Simple, simpleValue("1k"), protobuf?.Simple],
  rich: [Rich, richValue, protobuf?.Rich],
};

function ours(descriptor, value) {
  const writer = new ByteWriter(1 << 16);
  const encode = (message) => {
    writer.offset = 0;
    descriptor.encode(writer, message);
    return writer.offset;
  };
  encode(value);
  const bytes = Buffer.from(writer.buffer.subarray(0, writer.offset));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = new ByteReader();
  const decode = () => {
    reader.attach(bytes, view, 0, bytes.length);
    return descriptor.decode(reader);
  };
  deepStrictEqual(decode(), value);
  return { encode: () => encode(value), decode, echo: () => encode(decode()) };
}

function theirs(type, value) {
  const plain = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, each instanceof Map ? Object.fromEntries(each) : each]),
  );
  const numbers = (each) =>
    typeof each === "bigint"
      ? Number(each)
      : Array.isArray(each)
        ? each.map(numbers)
        : each?.constructor === Object
          ? Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, numbers(inner)]))
          : each;
  const bytes = type.encode(numbers(plain)).finish();
  const decoded = type.decode(bytes);
  return {
    encode: () => type.encode(decoded).finish().length,
    decode: () => type.decode(bytes),
    echo: () => type.encode(type.decode(bytes)).finish().length,
  };
}

console.log(
  `Node ${process.version}; µs per operation${protobuf === undefined ? "; protobufjs is not installed" : ""}\n`,
);
console.log("| payload | operation | kitex-ts | protobufjs | ratio |\n|---|---|--:|--:|--:|");
for (const [name, [descriptor, value, type]] of Object.entries(payloads)) {
  const cases = { ours: ours(descriptor, value), ...(type === undefined ? {} : { theirs: theirs(type, value) }) };
  for (const operation of ["encode", "decode", "echo"]) {
    const times = measure(Object.fromEntries(Object.entries(cases).map(([side, runs]) => [side, runs[operation]])));
    const other = times.theirs === undefined ? "–" : (times.theirs / 1000).toFixed(2);
    const ratio = times.theirs === undefined ? "–" : (times.theirs / times.ours).toFixed(2);
    console.log(`| ${name} | ${operation} | ${(times.ours / 1000).toFixed(2)} | ${other} | ${ratio} |`);
  }
}
