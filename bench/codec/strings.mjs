// The limits in core's bytes/: up to which length our own loops beat the calls into C++.
//   npm run x -- node --conditions=@kitex-ts/source bench/codec/strings.mjs
import { createRequire } from "node:module";
import { measure } from "./measure.mjs";

const { ByteReader, ByteWriter } = createRequire(import.meta.resolve("kitex-ts"))("@kitex-ts/core/spi");

const buffer = Buffer.alloc(4096);
console.log(`Node ${process.version}; ns per operation\n`);
console.log(
  "| length | write | utf8Write | read | utf8Slice | bytes | subarray and set |\n|--:|--:|--:|--:|--:|--:|--:|",
);
for (const length of [4, 8, 12, 16, 20, 24, 28, 32, 64, 1024]) {
  // Several texts at changing places: one text would be optimised as a constant.
  const texts = Array.from({ length: 16 }, (_, index) => String.fromCharCode(97 + index).repeat(length));
  texts.forEach((text, index) => {
    buffer.utf8Write(text, index * 8);
  });
  let turn = 0;
  const next = () => turn++ & 15;
  buffer.fill("k");
  const times = measure(
    {
      write: () => ByteWriter.utf8(buffer, texts[next()], 8),
      utf8Write: () => buffer.utf8Write(texts[next()], 8),
      read: () => ByteReader.utf8(buffer, next(), length),
      utf8Slice: () => {
        const at = next();
        return buffer.utf8Slice(at, at + length);
      },
      bytes: () => ByteReader.bytes(buffer, next(), length),
      set: () => {
        const at = next();
        const copy = new Uint8Array(length);
        copy.set(buffer.subarray(at, at + length));
        return copy;
      },
    },
    { rounds: 4, roundMs: 20 },
  );
  console.log(
    `| ${length} | ${Object.values(times)
      .map((time) => time.toFixed(0))
      .join(" | ")} |`,
  );
}
