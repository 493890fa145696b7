import { ByteWriter, type MethodCodec } from "@kitex-ts/core/spi";
import { type StructDescriptor, structDescriptor } from "@kitex-ts/thrift";
import {
  Defaults,
  Everything,
  Glimpse,
  Keyed,
  NotFound,
  Shape,
  Tree,
} from "../../interop/apache/kitex_gen/judge/judge.ts";
import { keyed, sparse } from "../../interop/apache/support/everything.ts";
import type { Sample } from "../mutate/sample.ts";
import type { Protocol } from "./protocol.ts";
import { everything } from "./values.ts";

/** What the generated structs have none of: the other forms of i64, and fields that have to be there. */
const Numbers: StructDescriptor = structDescriptor("Numbers", [
  [1, "safe", "i64:number", 1],
  [2, "text", "i64:string", 1],
  [3, "safes", ["list", "i64:number"], 2],
  [4, "texts", ["map", "string", "i64:string"], 0],
  [5, "nested", () => Numbers, 2],
  [6, "many", ["list", () => Numbers], 2],
  [7, "byBinary", ["map", "binary", ["set", "binary"]], 2],
  [8, "sets", ["set", ["set", () => Defaults]], 2],
  [-1, "negative", "double", 0, 1.5],
]);

const numbers = (depth: number): object => ({
  safe: 2 ** 53 - 1,
  text: "-9223372036854775808",
  safes: [0, -1, 1 - 2 ** 53],
  texts: new Map([["a", "1"]]),
  nested: depth === 0 ? undefined : numbers(depth - 1),
  many: depth === 0 ? [] : [numbers(0), numbers(0)],
  byBinary: new Map([[Uint8Array.of(1, 2), [Uint8Array.of(3)]]]),
  sets: [[{ must: 1 }], []],
  negative: -0,
});

const tree = (depth: number): object =>
  depth === 0 ? { value: "leaf" } : { value: "", left: tree(depth - 1), others: [{ value: "other" }] };

interface StructSamples {
  readonly descriptor: StructDescriptor;
  readonly samples: readonly Sample[];
}

/** Structs with valid bytes of theirs. */
export const structSamples = (protocol: Protocol): readonly StructSamples[] => {
  const samplesOf = (descriptor: StructDescriptor, ...values: unknown[]): StructSamples => ({
    descriptor,
    samples: values.map((value) => protocol.structSample(Buffer.from(protocol.write(descriptor, value)))),
  });
  return [
    samplesOf(Everything, everything(), sparse()),
    samplesOf(Defaults, { must: 3 }, Defaults.create({ must: 1 })),
    samplesOf(Tree, tree(2), tree(40)),
    samplesOf(Shape, ...(everything().shapes ?? [])),
    samplesOf(Keyed, keyed()),
    samplesOf(Glimpse, { mustYes: true, mustLarge: 1n, mustList: [1], bytes: "b" }),
    samplesOf(Numbers, numbers(1)),
  ];
};

const written = (write: (writer: ByteWriter) => void): Buffer => {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.buffer.subarray(0, writer.offset));
};

/** Messages of a Judge. */
export class Messages {
  readonly #protocol: Protocol;

  constructor(protocol: Protocol) {
    this.#protocol = protocol;
  }

  #method(name: string): MethodCodec {
    return this.#protocol.methods.get(name) as MethodCodec;
  }

  request(name: string, sequenceId: number, args: unknown): Buffer {
    return written((writer) => this.#method(name).writeRequest(writer, sequenceId, args));
  }

  #response(name: string, value: unknown): Buffer {
    return written((writer) => this.#method(name).writeResponse(writer, 2, value));
  }

  exception(name: string, text: string): Buffer {
    return written((writer) => this.#protocol.codec.writeException(writer, name, 3, 6, text));
  }

  #declared(name: string, error: Error): Buffer {
    return written((writer) => void this.#method(name).writeDeclaredException(writer, 4, error));
  }

  /** Small ones come first. */
  requests(): readonly Sample[] {
    return [
      this.request("Ping", 1, "hello"),
      this.request("Join", 2, { first: "a", second: -2, rest: ["b", "c"], flag: true }),
      this.request("Nothing", 3, undefined),
      this.request("Find", 4, "missing"),
      this.request("Notify", 5, "token"),
      this.request(
        "EchoBinary",
        6,
        Uint8Array.from({ length: 300 }, (_, index) => index),
      ),
      this.request("EchoDefaults", 7, { must: 3 }),
      this.request("EchoEverything", 8, everything()),
      this.request("EchoEverything", 9, sparse()),
      this.request("EchoKeyed", 10, keyed()),
    ].map(this.#protocol.messageSample);
  }

  replies(): readonly Sample[] {
    return [
      this.#response("Ping", "hello"),
      this.#response("Nothing", undefined),
      this.#response("Find", "found it"),
      this.#response("EchoDefaults", { must: 3 }),
      this.#response("EchoEverything", everything()),
      this.#response("EchoKeyed", keyed()),
      this.#declared("Find", new NotFound({ what: "w", searched: 1n, near: { x: 1, y: 2 } })),
      this.#declared("Verify", new NotFound({ what: "w", searched: 1n })),
      this.exception("Ping", "boom"),
      this.exception("Unknown", ""),
      this.exception("", "no name"),
    ].map(this.#protocol.messageSample);
  }
}

/** A generic Kitex server answers methods without a result so. */
export const voidReply: Buffer = Buffer.from("80010002000000074e6f7468696e67000000020100000000", "hex");
