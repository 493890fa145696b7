// The limits in core's bytes/: up to which length our own loops beat the calls into C++.
import { ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import { measure } from "./measure.ts";

const buffer = Buffer.alloc(4096) as Buffer & {
  utf8Write(text: string, at: number): number;
  utf8Slice(start: number, end: number): string;
};
console.log("### Strings and bytes, ns per operation\n");
console.log(
  "| length | write | utf8Write | read | utf8Slice | bytes | subarray and set |\n|--:|--:|--:|--:|--:|--:|--:|",
);
for (const length of [4, 8, 12, 16, 20, 24, 28, 32, 64, 1024]) {
  // Several texts at changing places: a single one would be optimised as a constant.
  const texts = Array.from({ length: 16 }, (_, index) => Buffer.alloc(length, 97 + index).toString("latin1"));
  buffer.fill("k");
  let turn = 0;
  const next = (): number => turn++ & 15;
  const times = measure(
    {
      write: () => ByteWriter.utf8(buffer, texts[next()] as string, 8),
      utf8Write: () => buffer.utf8Write(texts[next()] as string, 8),
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
