// A stream of messages comes out the same in whatever chunks it arrives, also when the memory of a chunk is used again for the next.

import { TransportError } from "@kitex-ts/core";
import { MessageSplitter } from "../../packages/transport/src/framing/message-splitter.ts";
import { binary, compactProtocol } from "../corpus/protocol.ts";
import { Messages } from "../corpus/thrift.ts";
import { foreign, frame, recorded, richHeaders, unit } from "../corpus/transport.ts";
import { expectThat, isRPCError } from "../lib/expect.ts";
import type { Random } from "../lib/random.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";
import type { Sample } from "../mutate/sample.ts";
import { framed, ttheaderUnit } from "../mutate/ttheader-sites.ts";

interface Cut {
  readonly messages: readonly string[];
  /** Code of the error that ended it. */
  readonly end: unknown;
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const cut = (input: Buffer, maxBytes: number, sizes: () => number): Cut => {
  const splitter = new MessageSplitter([binary.codec, compactProtocol.codec], maxBytes);
  const messages: string[] = [];
  const shared = Buffer.alloc(input.length + 1);
  const view = viewOf(shared);
  for (let at = 0; at < input.length; ) {
    const size = Math.min(sizes(), input.length - at);
    input.copy(shared, 0, at, at + size);
    at += size;
    splitter.feed(shared, view, size);
    try {
      for (;;) {
        try {
          while (splitter.next()) {
            const { buffer, start, end, carrier, messageStart } = splitter;
            expectThat(messageStart >= start && end > messageStart && end <= buffer.length, "a message out of place");
            messages.push(`${carrier} ${messageStart - start} ${buffer.toString("latin1", start, end)}`);
          }
          break;
        } catch (error) {
          // As a server does that leaves one message out.
          const isTooLarge = error instanceof TransportError && error.code === "frame_too_large";
          if (!isTooLarge || !splitter.skipOversized()) throw error;
          messages.push("left out");
        }
      }
    } catch (error) {
      if (!isRPCError(error)) throw error;
      return { messages, end: (error as { readonly code?: unknown }).code };
    }
    shared.fill(0xaa);
  }
  return { messages, end: undefined };
};

/** Several messages of any kind, some of them damaged. */
const stream = (random: Random, samples: readonly Sample[]): Buffer =>
  Buffer.concat(
    Array.from({ length: 1 + random.below(5) }, () => {
      const sample = random.pick(samples);
      return random.oneIn(2) ? sample.bytes : mutate(random, sample, samples);
    }),
  );

export const splitterTarget = (): Target => {
  const perProtocol = [binary, compactProtocol].flatMap((protocol) => {
    const { messageSample } = protocol;
    const requests = new Messages(protocol).requests().filter(({ bytes }) => bytes.length < 600);
    return [
      ...requests,
      ...requests.map(({ bytes }) => framed(frame(bytes), messageSample)),
      ...requests.map(({ bytes }) => ttheaderUnit(unit({ flags: 0, sequenceId: 1 }, bytes), messageSample)),
    ];
  });
  const samples = [
    ...recorded(),
    ...foreign(),
    ...richHeaders(new Messages(binary).request("Ping", 1, "hello")),
    ...perProtocol,
  ];
  return {
    make: (random) => stream(random, samples),
    run: (input, random) => {
      const maxBytes = random.pick([64, 200, 1 << 26, 0x7fff_ffff]);
      const whole = cut(input, maxBytes, () => input.length);
      const most = random.pick([1, 4, 30, 300]);
      const pieces = cut(input, maxBytes, () => 1 + random.below(most));
      expectThat(
        whole.messages.length === pieces.messages.length &&
          whole.messages.every((message, index) => message === pieces.messages[index]),
        `messages differ: ${whole.messages.length} at once, ${pieces.messages.length} in pieces of up to ${most}, limit ${maxBytes}`,
      );
      // Which of two faults comes first may depend on the limit.
      const sameEnd =
        maxBytes > 1000 ? whole.end === pieces.end : (whole.end === undefined) === (pieces.end === undefined);
      expectThat(sameEnd, `the ends differ: ${String(whole.end)} at once, ${String(pieces.end)} in pieces`);
    },
  };
};
