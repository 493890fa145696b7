// The end of a message is found at once, in pieces, and by the decoder: all three agree.
import { ByteReader, type MessageHead, type ScanState } from "@kitex-ts/core/spi";
import { thriftCodec } from "../../packages/thrift/src/message/thrift-codec.ts";
import { skip } from "../../packages/thrift/src/runtime/skip.ts";
import { replySamples, requestSamples } from "../corpus/thrift.ts";
import { expectSame, expectThat, type Result, resultOf } from "../lib/expect.ts";
import type { Random } from "../lib/random.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";

const start = (): ScanState => ({ position: 0, stack: [] });

/** Scans while the bytes arrive. */
const scanInPieces = (input: Buffer, random: Random): number => {
  const reader = ByteReader.of(input);
  const state = start();
  const most = random.pick([1, 3, 20, input.length + 1]);
  for (let arrived = random.below(most) + 1; arrived < input.length; arrived += random.below(most) + 1) {
    reader.end = arrived;
    const size = thriftCodec.scan(reader, state);
    if (size >= 0) {
      expectThat(size <= arrived, `a message of ${size} bytes in ${arrived} bytes`);
      return size;
    }
    expectThat(state.stack.length <= 2 * 65, `${state.stack.length} numbers are kept for one message`);
  }
  reader.end = input.length;
  return thriftCodec.scan(reader, state);
};

const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };

const skipped = (input: Buffer): Result =>
  resultOf(() => {
    const reader = ByteReader.of(input);
    thriftCodec.readHead(reader, head);
    skip(reader, STRUCT, 0);
    return reader.offset;
  });
const STRUCT = 12;

export const thriftScanTarget = (): Target => {
  const samples = [...requestSamples(), ...replySamples()];
  return {
    make: (random) => mutate(random, random.pick(samples), samples),
    run: (input, random) => {
      const whole = resultOf(() => thriftCodec.scan(ByteReader.of(input), start()));
      expectSame(
        "scanning at once and in pieces",
        whole,
        resultOf(() => scanInPieces(input, random)),
      );
      if ("error" in whole || whole.value === -1) return;
      const bySkipping = skipped(input);
      // Only the result of a generic Kitex server has a field of type VOID, which a decoder knows by its place.
      if ("error" in bySkipping && bySkipping.error.message.includes("unknown data type 1")) return;
      expectSame("scanning and skipping", whole, bySkipping);
    },
  };
};
