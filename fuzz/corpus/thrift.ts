import { ByteWriter, type MethodCodec } from "@kitex-ts/core/spi";
import { type StructDescriptor, structDescriptor, toBinary } from "@kitex-ts/thrift";
import {
  Defaults,
  Everything,
  Glimpse,
  Judge,
  Keyed,
  NotFound,
  Shape,
  Tree,
} from "../../interop/apache/kitex_gen/judge/judge.ts";
import { keyed, sparse } from "../../interop/apache/support/everything.ts";
import { writeApplicationException } from "../../packages/thrift/src/message/application-exception.ts";
import type { Sample } from "../mutate/sample.ts";
import { thriftMessage, thriftStruct } from "../mutate/thrift-sites.ts";
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

const samplesOf = (descriptor: StructDescriptor, ...values: unknown[]): StructSamples => ({
  descriptor,
  samples: values.map((value) => thriftStruct(Buffer.from(toBinary(descriptor, value)))),
});

/** Structs with valid bytes of theirs. */
export const structSamples = (): readonly StructSamples[] => [
  samplesOf(Everything, everything(), sparse()),
  samplesOf(Defaults, { must: 3 }, Defaults.create({ must: 1 })),
  samplesOf(Tree, tree(2), tree(40)),
  samplesOf(Shape, ...(everything().shapes ?? [])),
  samplesOf(Keyed, keyed()),
  samplesOf(Glimpse, { mustYes: true, mustLarge: 1n, mustList: [1], bytes: "b" }),
  samplesOf(Numbers, numbers(1)),
];

const written = (write: (writer: ByteWriter) => void): Buffer => {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.buffer.subarray(0, writer.offset));
};

/** The codec of a Judge's method, by its name in the IDL. */
export const judgeMethods: ReadonlyMap<string, MethodCodec> = new Map(
  Judge.methods.map(({ name, codec }) => [name, codec]),
);
const method = (name: string): MethodCodec => judgeMethods.get(name) as MethodCodec;

export const request = (name: string, sequenceId: number, args: unknown): Buffer =>
  written((writer) => method(name).writeRequest(writer, sequenceId, args));

const response = (name: string, value: unknown): Buffer =>
  written((writer) => method(name).writeResponse(writer, 2, value));

export const exception = (name: string, text: string): Buffer =>
  written((writer) => writeApplicationException(writer, name, 3, 6, text));

const declared = (name: string, error: Error): Buffer =>
  written((writer) => void method(name).writeDeclaredException(writer, 4, error));

/** Requests to a Judge; small ones come first. */
export const requestSamples = (): readonly Sample[] =>
  [
    request("Ping", 1, "hello"),
    request("Join", 2, { first: "a", second: -2, rest: ["b", "c"], flag: true }),
    request("Nothing", 3, undefined),
    request("Find", 4, "missing"),
    request("Notify", 5, "token"),
    request(
      "EchoBinary",
      6,
      Uint8Array.from({ length: 300 }, (_, index) => index),
    ),
    request("EchoDefaults", 7, { must: 3 }),
    request("EchoEverything", 8, everything()),
    request("EchoEverything", 9, sparse()),
    request("EchoKeyed", 10, keyed()),
  ].map(thriftMessage);

/** Answers of a Judge. */
export const replySamples = (): readonly Sample[] =>
  [
    response("Ping", "hello"),
    response("Nothing", undefined),
    response("Find", "found it"),
    response("EchoDefaults", { must: 3 }),
    response("EchoEverything", everything()),
    response("EchoKeyed", keyed()),
    declared("Find", new NotFound({ what: "w", searched: 1n, near: { x: 1, y: 2 } })),
    declared("Verify", new NotFound({ what: "w", searched: 1n })),
    exception("Ping", "boom"),
    exception("Unknown", ""),
    // A generic Kitex server answers methods without a result so.
    Buffer.from("80010002000000074e6f7468696e6700000002010000 00 00".replaceAll(" ", ""), "hex"),
  ].map(thriftMessage);
