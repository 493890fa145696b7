// A reply's header as the client reads it: business errors, and the JSON of their extra.
import { BizStatusError } from "kitex-ts";
import { readHeader } from "../../packages/transport/src/ttheader/codec.ts";
import { isPlainReply, ReplyHeader } from "../../packages/transport/src/ttheader/reply-header.ts";
import { binary } from "../corpus/protocol.ts";
import { Messages } from "../corpus/thrift.ts";
import { recorded, unit } from "../corpus/transport.ts";
import { expectThat, resultOf } from "../lib/expect.ts";
import type { Random } from "../lib/random.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";
import type { Sample } from "../mutate/sample.ts";
import { textSample } from "../mutate/text-sites.ts";

const PREFIX_BYTES = 14;
const MAX_HEADER_BYTES = 262_140;
const payload = new Messages(binary).exception("Ping", "");

const extras: readonly Sample[] = [
  '{"k":"v"}',
  '{"a":"1","b":"\\u0041\\n","":"","__proto__":"x","constructor":"y"}',
  '{"n":1,"t":true,"l":["x"],"o":{"p":"q"},"z":null,"k":"kept"}',
  `${"[".repeat(200)}${"]".repeat(200)}`,
  '"text"',
  "null",
  '{"k":"\\ud800"}',
].map((text) => textSample(text, /"[^"]*"|[{}[\]:,]|[\w.+-]+/g));
const codes = ["404", "-1", "0", "2147483647", "2147483648", "+7", "1e3", "0x10", " 1", "", "99999999999", "٣"];

const replyOf = (random: Random): Buffer => {
  const extra = mutate(random, random.pick(extras), extras).subarray(0, 60_000);
  // Latin-1 keeps each byte what it is until it is written.
  const strings = new Map([
    ["biz-status", random.pick(codes)],
    ["biz-message", "not found"],
    ["biz-extra", "x".repeat(extra.length)],
    ["crrst", random.pick(["", "1"])],
  ]);
  const bytes = unit({ flags: 0, sequenceId: 1, strings, ints: new Map([[22, "2"]]) }, payload);
  if (extra.length > 0) extra.copy(bytes, bytes.indexOf("x".repeat(extra.length)));
  return bytes;
};

export const bizExtraTarget = (): Target => {
  const samples = recorded();
  const header = new ReplyHeader();
  return {
    make: (random) => {
      const input = random.oneIn(3) ? mutate(random, random.pick(samples), samples) : replyOf(random);
      return input.length >= PREFIX_BYTES ? input : Buffer.concat([input, Buffer.alloc(PREFIX_BYTES)]);
    },
    run: (input) => {
      const view = new DataView(input.buffer, input.byteOffset, input.length);
      isPlainReply(view, 0, input.length);
      header.reset();
      header.collected = new Map();
      resultOf(() => readHeader(input, view, 0, input.length, MAX_HEADER_BYTES, header));
      const error = header.bizStatusError();
      if (error === undefined) return;
      expectThat(error instanceof BizStatusError && Number.isInteger(error.code), "an error without a code");
      expectThat(Object.getPrototypeOf(error.extra) === Object.prototype, "the extra has another prototype");
      for (const key of Object.keys(error.extra)) expectThat(typeof error.extra[key] === "string", `extra ${key}`);
      expectThat(Object.keys({}).length === 0 && !("k" in {}), "every object has changed");
    },
  };
};
