// The end of a message is found at once, in pieces, and by the decoder: all three agree.
import { ByteReader, type MessageHead, type ScanState } from "@kitex-ts/core/spi";
import { binary, type Protocol } from "../corpus/protocol.ts";
import { Messages, voidReply } from "../corpus/thrift.ts";
import { expectSame, expectThat, type Result, resultOf } from "../lib/expect.ts";
import type { Random } from "../lib/random.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";

const start = (): ScanState => ({ position: 0, stack: [] });

/** Scans while the bytes arrive. */
const scanInPieces = ({ codec }: Protocol, input: Buffer, random: Random): number => {
  const reader = ByteReader.of(input);
  const state = start();
  const most = random.pick([1, 3, 20, input.length + 1]);
  for (let arrived = random.below(most) + 1; arrived < input.length; arrived += random.below(most) + 1) {
    reader.end = arrived;
    const size = codec.scan(reader, state);
    if (size >= 0) {
      expectThat(size <= arrived, `a message of ${size} bytes in ${arrived} bytes`);
      return size;
    }
    expectThat(state.stack.length <= 2 * 65, `${state.stack.length} numbers are kept for one message`);
  }
  reader.end = input.length;
  return codec.scan(reader, state);
};

const head: MessageHead = { type: 0, methodName: "", sequenceId: 0 };

const skipped = ({ codec, skipStruct }: Protocol, input: Buffer): Result =>
  resultOf(() => {
    const reader = ByteReader.of(input);
    codec.readHead(reader, head);
    skipStruct(reader);
    return reader.offset;
  });

/**
 * What ends where it should and is refused all the same: a field of type VOID, which only the result of a generic Kitex server has and a decoder
 * knows by its place; in Compact a field id that is no i16.
 */
const isExpected = /unknown data type 1$|i16 of value/;

export const thriftScanTarget = (protocol: Protocol): Target => {
  const { codec } = protocol;
  const messages = new Messages(protocol);
  const samples = [...messages.requests(), ...messages.replies()];
  if (protocol === binary) samples.push(protocol.messageSample(voidReply));
  return {
    make: (random) => mutate(random, random.pick(samples), samples),
    run: (input, random) => {
      const whole = resultOf(() => codec.scan(ByteReader.of(input), start()));
      expectSame(
        "scanning at once and in pieces",
        whole,
        resultOf(() => scanInPieces(protocol, input, random)),
      );
      if ("error" in whole || whole.value === -1) return;
      const bySkipping = skipped(protocol, input);
      if ("error" in bySkipping && isExpected.test(bySkipping.error.message)) return;
      expectSame("scanning and skipping", whole, bySkipping);
    },
  };
};
