// A request's header as the server reads it: what is remembered of equal headers is what reading it anew would give.
import { readHeader } from "../../packages/transport/src/ttheader/codec.ts";
import { RequestHeaderReader } from "../../packages/transport/src/ttheader/request-header-reader.ts";
import { RequestInfoReader } from "../../packages/transport/src/ttheader/request-info.ts";
import { binary } from "../corpus/protocol.ts";
import { Messages } from "../corpus/thrift.ts";
import { recorded, richHeaders } from "../corpus/transport.ts";
import { expectSame, expectThat, resultOf } from "../lib/expect.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";

const PREFIX_BYTES = 14;
const MAX_HEADER_BYTES = 262_140;

/** Checks that what it is told lies in the header, one thing behind the other. */
class PlaceChecker extends RequestInfoReader {
  #at = 0;
  readonly #end: number;

  constructor(start: number, end: number) {
    super();
    this.#at = start;
    this.#end = end;
  }

  #pass(start: number, end: number): void {
    expectThat(start >= this.#at && end >= start && end <= this.#end, `[${start}, ${end}) is out of place`);
    this.#at = end;
  }

  override onString(buffer: Buffer, view: DataView, keyStart: number, keyEnd: number, valueEnd: number): void {
    this.#pass(keyStart, keyEnd);
    this.#pass(keyEnd + 2, valueEnd);
    super.onString(buffer, view, keyStart, keyEnd, valueEnd);
  }

  override onInt(buffer: Buffer, view: DataView, key: number, start: number, end: number): void {
    this.#pass(start, end);
    super.onInt(buffer, view, key, start, end);
  }

  override onToken(buffer: Buffer, start: number, end: number): void {
    this.#pass(start, end);
    super.onToken(buffer, start, end);
  }
}

export const ttheaderTarget = (): Target => {
  const samples = [...richHeaders(new Messages(binary).request("Ping", 1, "hello")), ...recorded()];
  const remembering = new RequestHeaderReader(MAX_HEADER_BYTES);
  return {
    make: (random) => {
      const input = mutate(random, random.pick(samples), samples);
      // The splitter hands over no less.
      return input.length >= PREFIX_BYTES ? input : Buffer.concat([input, Buffer.alloc(PREFIX_BYTES)]);
    },
    run: (input, random) => {
      const start = random.below(9);
      const buffer = Buffer.concat([random.bytes(start), input, Buffer.alloc(32, 0x01)]);
      const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
      const end = start + input.length;
      const anew = resultOf(() => {
        const reader = new PlaceChecker(start + PREFIX_BYTES, end);
        const payloadStart = readHeader(buffer, view, start, end, MAX_HEADER_BYTES, reader);
        expectThat(payloadStart > start + PREFIX_BYTES && payloadStart <= end, `payload at ${payloadStart}`);
        return { info: reader.result(), payloadStart };
      });
      const again = resultOf(() => {
        const info = remembering.read(buffer, view, start, end);
        return { info, payloadStart: remembering.payloadStart };
      });
      expectSame("a header read anew and one remembered", anew, again);
    },
  };
};
