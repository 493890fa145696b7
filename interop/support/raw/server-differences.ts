import type { GoTransport } from "../go-peer.ts";
import type { Probe } from "./probe.ts";
import { field, i16, i32, list, map, message, struct, T, text, u8 } from "./thrift-bytes.ts";
import { framed, intBlock, stringBlock, ttheader, type Unit } from "./units.ts";

/** Bytes that servers take differently, and what each does with them: its answers, and whether the connection is `open` or `closed` after that. */
export interface ServerDifference {
  /** The line of docs/interop.md, by its first column. */
  readonly line: string;
  readonly what: string;
  readonly transport: GoTransport;
  readonly bytes: Buffer;
  readonly how?: Probe["how"];
  /** What of an answer is compared; default the message in a few words. */
  readonly show?: (answer: Unit) => string;
  /** Undefined: it is not sent there, as it can end the process. */
  readonly kitex?: string;
  /** Of a multiplexing server, where it was tried. */
  readonly kitexMux?: string;
  readonly ours: string;
}

/** A message in the clothes of a transport. */
export const wrapped = (transport: GoTransport, inner: Buffer, sequenceId = 1): Buffer => {
  const payload = transport.endsWith("Framed") ? framed(inner) : inner;
  return transport.startsWith("TTHeader") ? ttheader({ sequenceId }, payload) : payload;
};

const call = (method: string, ...args: readonly Buffer[]): Buffer => message(1, method, 1, struct(...args));
export const ping = (sequenceId = 1, type = 1): Buffer =>
  message(type, "Ping", sequenceId, struct(field(T.string, 1, text("hi"))));
const observe = call("Observe", field(T.map, 1, map(T.string, T.string, 0)));
const withBlocks = (payload: Buffer, ...blocks: readonly Buffer[]): Buffer => ttheader({ blocks }, payload);
const notUtf8 = Buffer.from([0xff, 0xfe, 0x41]);
const everything = (...fields: readonly Buffer[]): Buffer =>
  call(
    "EchoEverything",
    field(
      T.struct,
      1,
      struct(
        field(T.bool, 41, u8(1)),
        field(T.i64, 42, i32(0), i32(5)),
        field(T.string, 43, text("must")),
        field(T.list, 44, list(T.i32, 0)),
        ...fields,
      ),
    ),
  );
const defaults = (...fields: readonly Buffer[]): Buffer =>
  call("EchoDefaults", field(T.struct, 1, struct(field(T.i16, 12, i16(9)), ...fields)));
const business = field(T.struct, 1, struct(field(T.i32, 1, i32(404)), field(T.string, 2, text("not here"))));

const transports: readonly GoTransport[] = ["PurePayload", "Framed", "TTHeader", "TTHeaderFramed"];
const delimited = transports.slice(1);

const fieldOf =
  (id: string) =>
  ({ body }: Unit): string =>
    JSON.stringify((body["0"] as Readonly<Record<string, unknown>> | undefined)?.[id]);
const exceptionText = ({ body }: Unit): string => JSON.stringify(body["1"]);
const sequenceIdOf = ({ sequenceId }: Unit): string => `sequence id ${sequenceId}`;

const closed = "closed";
const silence = "open";

const undecodable: readonly ServerDifference[] = [
  ...delimited.map((transport) => ({
    line: "Arguments that cannot be decoded",
    what: `a string of negative length, ${transport}`,
    transport,
    bytes: wrapped(transport, call("Ping", field(T.string, 1, i32(-1)))),
    kitex: "exception 7, closed",
    ...(transport.startsWith("TTHeader") ? { kitexMux: "exception 7, open" } : {}),
    ours: "exception 7, open",
  })),
  ...delimited.map((transport) => ({
    line: "Arguments that cannot be decoded",
    what: `a list of negative size in an unknown field, ${transport}`,
    transport,
    bytes: wrapped(transport, call("Ping", field(T.list, 99, list(T.string, -1)))),
    kitex: "exception 7, closed",
    ours: "exception 7, open",
  })),
  ...transports.map((transport) => ({
    line: "Arguments that cannot be decoded",
    what: `a required field that is missing, ${transport}`,
    transport,
    bytes: wrapped(transport, call("EchoDefaults", field(T.struct, 1, struct()))),
    kitex: "exception 7, closed",
    ours: "exception 7, open",
  })),
  ...[
    { what: "a string of negative length", bytes: call("Ping", field(T.string, 1, i32(-1))) },
    { what: "an unknown type", bytes: call("Ping", field(16, 9, i32(1))) },
  ].map(({ what, bytes }) => ({
    line: "Arguments that cannot be decoded",
    what: `${what}, PurePayload, where they leave the message without an end`,
    transport: "PurePayload" as const,
    bytes,
    kitex: closed,
    ours: "exception 7, closed",
  })),
  {
    line: "Texts of exceptions of type 7",
    what: "a required field that is missing",
    transport: "Framed",
    bytes: framed(call("EchoDefaults", field(T.struct, 1, struct()))),
    show: exceptionText,
    kitex: `"*interop.InteropEchoDefaultsArgs read field 1 'request' error: required field must is not set", closed`,
    ours: '"required field must is not set", open',
  },
  {
    line: "A struct argument that is missing",
    what: "one with a required field",
    transport: "Framed",
    bytes: framed(call("EchoDefaults")),
    kitex: "reply {}, open",
    ours: "exception 7, open",
  },
  ...(["Framed", "TTHeaderFramed"] as const).map((transport) => ({
    line: "An args struct of zero bytes in a frame",
    what: `nothing behind it, ${transport}`,
    transport,
    bytes: wrapped(transport, message(1, "Nothing", 1, Buffer.alloc(0))),
    how: "alone" as const,
    kitex: closed,
    ours: "exception 7, open",
  })),
  {
    line: "An args struct of zero bytes in a frame",
    what: "a further message behind it",
    transport: "TTHeaderFramed",
    bytes: wrapped("TTHeaderFramed", message(1, "Nothing", 1, Buffer.alloc(0))),
    kitex: "reply {}, closed",
    kitexMux: silence,
    ours: "exception 7, open",
  },
];

const claims: readonly ServerDifference[] = [
  ...[
    { what: "a list", bytes: call("Join", field(T.list, 3, list(T.string, 0x7fffffff))) },
    { what: "a list in an unknown field", bytes: call("Join", field(T.list, 99, list(T.string, 0x7fffffff))) },
    { what: "a set", bytes: defaults(field(T.set, 13, list(T.i32, 0x7fffffff))) },
    { what: "a map", bytes: defaults(field(T.map, 8, map(T.string, T.i32, 0x7fffffff))) },
    {
      what: "a tree of 10,000 levels",
      bytes: everything(Buffer.concat([field(T.struct, 103), Buffer.concat(Array(10_000).fill(field(T.struct, 2)))])),
    },
  ].map(({ what, bytes }) => ({
    line: "A list that claims 2³¹−1 elements, structs nested without end",
    what,
    transport: "Framed" as const,
    bytes: framed(bytes),
    ours: "exception 7, open",
  })),
];

const envelopes: readonly ServerDifference[] = [
  ...transports.flatMap((transport) => [
    {
      line: "Unknown service or method",
      what: `a method, ${transport}`,
      transport,
      bytes: wrapped(transport, call("Unheard")),
      kitex: "exception 20, closed",
      ...(transport.startsWith("TTHeader") ? { kitexMux: "exception 20, open" } : {}),
      ours: "exception 20, open",
    },
    ...[0, 2, 3, 6, 7].map((type) => ({
      line: "A message that is not a request",
      what: `type ${type}, ${transport}`,
      transport,
      bytes: wrapped(transport, ping(1, type)),
      kitex: closed,
      ...(transport.startsWith("TTHeader") ? { kitexMux: closed } : {}),
      ours: "exception 2, open",
    })),
    {
      line: "An empty method name",
      what: transport,
      transport,
      bytes: wrapped(transport, call("")),
      kitex: closed,
      ...(transport.startsWith("TTHeader") ? { kitexMux: silence } : {}),
      ours: "exception 7, open",
    },
  ]),
  {
    line: "Unknown service or method",
    what: "a method of a known service",
    transport: "TTHeader",
    bytes: withBlocks(call("Unheard"), stringBlock(["isn", "Interop"])),
    kitex: "exception 1, closed",
    ours: "exception 1, open",
  },
  {
    line: "Unknown service or method",
    what: "a service",
    transport: "TTHeader",
    bytes: withBlocks(call("Unheard"), stringBlock(["isn", "Unheard"])),
    kitex: "exception 20, closed",
    ours: "exception 20, open",
  },
  ...(["PurePayload", "Framed"] as const).map((transport) => ({
    line: "A request of message type 5, over Framed or Buffered",
    what: transport,
    transport,
    bytes: wrapped(transport, ping(1, 5)),
    show: sequenceIdOf,
    kitex: "sequence id 0, open",
    ours: "sequence id 1, open",
  })),
  {
    line: "A oneway call that cannot be served",
    what: "its argument is broken",
    transport: "Framed",
    bytes: framed(message(4, "Notify", 1, struct(field(T.string, 1, i32(-1))))),
    kitex: closed,
    ours: silence,
  },
  {
    line: "A peer that half-closes behind a pending call",
    what: "Sleep",
    transport: "Framed",
    bytes: framed(call("Sleep", field(T.i32, 1, i32(200)))),
    how: "half-closed",
    kitex: closed,
    ours: "reply 200, closed",
  },
];

const lengths: readonly ServerDifference[] = [
  ...[0, 8].map((length) => ({
    line: "A length that its message contradicts",
    what: `a frame of ${length} bytes before a message of ${ping().length}`,
    transport: "Framed" as const,
    bytes: Buffer.concat([i32(length), ping()]),
    kitex: 'reply "hi", open',
    ours: closed,
  })),
  {
    line: "A length that its message contradicts",
    what: "a TTHeader that announces less than its message",
    transport: "TTHeader",
    bytes: Buffer.concat([i32(10 + 4 + 5), ttheader({}, ping()).subarray(4)]),
    kitex: 'reply "hi", open',
    kitexMux: closed,
    ours: "exception 7, closed",
  },
  {
    line: "A length that its message contradicts",
    what: "a frame that is larger than the TTHeader announces",
    transport: "TTHeader",
    bytes: ttheader({}, Buffer.concat([i32(ping().length + 10), ping()])),
    kitex: 'reply "hi", closed',
    ours: "exception 7, open",
  },
  {
    line: "Size of messages",
    what: "65 MiB",
    transport: "TTHeader",
    bytes: ttheader(
      {},
      call("Ping", field(T.string, 99, text(Buffer.alloc(65 << 20))), field(T.string, 1, text("hi"))),
    ),
    kitex: 'reply "hi", open',
    ours: "exception 7, open",
  },
  {
    line: "Size of messages",
    what: "65 MiB, without an id that can be answered",
    transport: "Framed",
    bytes: framed(call("Ping", field(T.string, 99, text(Buffer.alloc(65 << 20))), field(T.string, 1, text("hi")))),
    kitex: 'reply "hi", open',
    ours: closed,
  },
];

const headers: readonly ServerDifference[] = [
  ...[
    { what: "an unknown info block", bytes: withBlocks(ping(), Buffer.concat([u8(2), i16(0)])) },
    { what: "padding that is not zero", bytes: ttheader({ padding: 0xaa }, ping()) },
    { what: "an unknown protocol id", bytes: ttheader({ protocol: 0x55 }, ping()) },
    { what: "the protocol id of Compact", bytes: ttheader({ protocol: 2 }, ping()) },
    { what: "a block that ends too early", bytes: withBlocks(ping(), Buffer.concat([u8(1), i16(5), i16(1), u8(65)])) },
    { what: "more transforms than bytes", bytes: Buffer.from(ttheader({}, ping())).fill(9, 15, 16) },
  ].map(({ what, bytes }) => ({
    line: "A TTHeader that is unreadable, a message beyond the size limit",
    what,
    transport: "TTHeader" as const,
    bytes,
    kitex: closed,
    kitexMux: silence,
    ours: "exception 7, closed",
  })),
  {
    line: "A TTHeader that is unreadable, a message beyond the size limit",
    what: "nothing behind it",
    transport: "TTHeader",
    bytes: ttheader({}, Buffer.alloc(0)),
    how: "alone",
    kitex: closed,
    ours: "exception 7, open",
  },
  ...[
    { value: "-5", kitex: "-5" },
    { value: "9223372036854775807", kitex: "-1" },
  ].map(({ value, kitex }) => ({
    line: "A timeout in a header that is negative, or no number of nanoseconds below 2⁶³",
    what: value,
    transport: "TTHeader" as const,
    bytes: withBlocks(observe, intBlock([12, value])),
    show: fieldOf("5"),
    kitex: `"${kitex}", open`,
    ours: '"0", open',
  })),
  ...(["PurePayload", "Framed"] as const).map((transport) => ({
    line: "Business error over Framed or Buffered",
    what: transport,
    transport,
    bytes: wrapped(transport, call("Refuse", business)),
    kitex: "reply {}, open",
    ours: "exception 6, open",
  })),
  {
    line: "Header keys `biz-*` and `crrst` as backward metainfo of a handler",
    what: "all of them and another",
    transport: "TTHeader",
    bytes: ttheader(
      {},
      call(
        "Observe",
        field(
          T.map,
          1,
          map(T.string, T.string, 3, ...["biz-status", "7", "crrst", "1", "other", "x"].map((word) => text(word))),
        ),
      ),
    ),
    show: ({ strings }) => Object.keys(strings).sort().join(" "),
    kitex: "biz-status crrst other, open",
    ours: "other, open",
  },
  {
    line: "FLAGS 0x0001 in replies",
    what: "asked for",
    transport: "TTHeader",
    bytes: ttheader({ flags: 1 }, ping()),
    show: ({ flags }) => `flags ${flags}`,
    kitex: "flags 0, open",
    kitexMux: "flags 0, open",
    ours: "flags 1, open",
  },
];

const values: readonly ServerDifference[] = [
  {
    line: "Text that is not UTF-8",
    what: "a string",
    transport: "Framed",
    bytes: framed(call("Ping", field(T.string, 1, text(notUtf8)))),
    kitex: 'reply "0xfffe41", open',
    ours: 'reply "\uFFFD\uFFFDA", open',
  },
  {
    line: "Text that is not UTF-8",
    what: "a surrogate",
    transport: "Framed",
    bytes: framed(call("Ping", field(T.string, 1, text(Buffer.from([0xed, 0xa0, 0x80]))))),
    kitex: 'reply "0xeda080", open',
    ours: 'reply "\uFFFD\uFFFD\uFFFD", open',
  },
  {
    line: "Text that is not UTF-8",
    what: "metainfo",
    transport: "TTHeader",
    bytes: withBlocks(
      observe,
      Buffer.concat([u8(1), i16(1), i16(13), Buffer.from("RPC_PERSIST_K"), i16(2), notUtf8.subarray(0, 2)]),
    ),
    show: fieldOf("2"),
    kitex: '[["K","0xfffe"]], open',
    ours: '[["K","\uFFFD\uFFFD"]], open',
  },
  {
    line: "A set with equal elements",
    what: "4, 4, 5",
    transport: "Framed",
    bytes: framed(defaults(field(T.set, 13, list(T.i32, 3, i32(4), i32(4), i32(5))))),
    show: fieldOf("13"),
    kitex: "[4,4,5], open",
    ours: "[4,5], open",
  },
  {
    line: "A union with no member that is known, or with several",
    what: "none, taken and sent back",
    transport: "Framed",
    bytes: framed(everything(field(T.struct, 101, struct()))),
    kitex: closed,
    ours: "exception 6, open",
  },
  {
    line: "A union with no member that is known, or with several",
    what: "an unknown one, taken and sent back",
    transport: "Framed",
    bytes: framed(everything(field(T.struct, 101, struct(field(T.string, 77, text("n")))))),
    kitex: closed,
    ours: "exception 6, open",
  },
  {
    line: "A union with no member that is known, or with several",
    what: "two, taken and sent back",
    transport: "Framed",
    bytes: framed(
      everything(field(T.struct, 101, struct(field(T.string, 3, text("n")), field(T.i64, 5, i32(0), i32(6))))),
    ),
    show: fieldOf("101"),
    kitex: closed,
    ours: '{"5":"6"}, open',
  },
];

export const serverDifferences: readonly ServerDifference[] = [
  ...undecodable,
  ...claims,
  ...envelopes,
  ...lengths,
  ...headers,
  ...values,
];

/** Bytes that may look odd and that both take the same way. */
export interface Agreement extends Pick<ServerDifference, "what" | "transport" | "bytes" | "show"> {
  readonly both: string;
}

const join = (...args: readonly Buffer[]): Buffer => framed(call("Join", ...args));
const nested = (levels: number): Buffer =>
  Buffer.concat([...Array<Buffer>(levels).fill(field(T.struct, 9)), Buffer.alloc(levels)]);

export const serverAgreements: readonly Agreement[] = [
  ...[
    { what: "a bool of 1", bytes: join(field(T.bool, 5, u8(1))), both: 'reply "/0//true", open' },
    { what: "a bool of 2", bytes: join(field(T.bool, 5, u8(2))), both: 'reply "/0//false", open' },
    { what: "a bool of 255", bytes: join(field(T.bool, 5, u8(255))), both: 'reply "/0//false", open' },
    {
      what: "a field that repeats",
      bytes: join(field(T.string, 1, text("one")), field(T.string, 1, text("two"))),
      both: 'reply "two/0//false", open',
    },
    {
      what: "a list that repeats",
      bytes: join(field(T.list, 3, list(T.string, 1, text("one"))), field(T.list, 3, list(T.string, 1, text("two")))),
      both: 'reply "/0/two/false", open',
    },
    { what: "a field of another type", bytes: join(field(T.i32, 1, i32(5))), both: 'reply "/0//false", open' },
    {
      what: "a set where a list belongs",
      bytes: join(field(T.set, 3, list(T.string, 1, text("a")))),
      both: 'reply "/0//false", open',
    },
    {
      what: "a list that names another element type than its elements have",
      bytes: join(field(T.list, 3, list(T.i32, 1, text("a")))),
      both: 'reply "/0/a/false", open',
    },
    { what: "an empty list of type 0", bytes: join(field(T.list, 3, list(0, 0))), both: 'reply "/0//false", open' },
    { what: "no arguments", bytes: join(), both: 'reply "/0//false", open' },
    {
      what: "an argument with id 0",
      bytes: join(field(T.string, 0, text("x")), field(T.string, 1, text("y"))),
      both: 'reply "y/0//false", open',
    },
    {
      what: "62 levels in an unknown field",
      bytes: join(nested(62)),
      both: 'reply "/0//false", open',
    },
    { what: "NUL in a text", bytes: join(field(T.string, 1, text("a\0b"))), both: 'reply "a\\u0000b/0//false", open' },
    {
      what: "bytes behind the arguments in a frame",
      bytes: framed(Buffer.concat([ping(), Buffer.from("abc")])),
      both: 'reply "hi", open',
    },
    {
      what: "a frame that ends inside the arguments",
      bytes: Buffer.concat([i32(20), ping()]),
      both: "exception 7, closed",
    },
    { what: "a oneway message for a method that answers", bytes: framed(ping(1, 4)), both: 'reply "hi", open' },
    {
      what: "a call of a method that is oneway",
      bytes: framed(call("Notify", field(T.string, 1, text("called")))),
      both: silence,
    },
  ].map((agreement) => ({ ...agreement, transport: "Framed" as const })),
  {
    what: "a map with equal keys",
    transport: "Framed",
    bytes: framed(defaults(field(T.map, 8, map(T.string, T.i32, 2, text("a"), i32(1), text("a"), i32(2))))),
    show: fieldOf("8"),
    both: '[["a",2]], open',
  },
  {
    what: "an enum value that the IDL does not know",
    transport: "Framed",
    bytes: framed(defaults(field(T.i32, 6, i32(77)))),
    show: fieldOf("6"),
    both: "77, open",
  },
  ...[0, -5].map((sequenceId) => ({
    what: `sequence id ${sequenceId}`,
    transport: "TTHeader" as const,
    bytes: ttheader({ sequenceId }, ping(sequenceId)),
    show: sequenceIdOf,
    both: `sequence id ${sequenceId}, open`,
  })),
  {
    what: "a TTHeader with another sequence id than its message",
    transport: "TTHeader",
    bytes: ttheader({ sequenceId: 5 }, ping(6)),
    show: ({ headerSequenceId, sequenceId }) => `${headerSequenceId} and ${sequenceId}`,
    both: "6 and 6, open",
  },
  ...[
    { what: "message type 5", bytes: ttheader({}, ping(1, 5)) },
    { what: "transforms", bytes: ttheader({ transforms: [1, 3] }, ping()) },
    ...[3, 4, 0x10].map((protocol) => ({ what: `protocol id ${protocol}`, bytes: ttheader({ protocol }, ping()) })),
    { what: "every flag but Streaming", bytes: ttheader({ flags: 0xfffd }, ping()) },
    {
      what: "padding between blocks",
      bytes: withBlocks(ping(), Buffer.alloc(6), stringBlock(["isn", "Interop"]), Buffer.alloc(9)),
    },
    {
      what: "bytes behind a message that its TTHeader announces",
      bytes: ttheader({}, Buffer.concat([ping(), Buffer.from("abc")])),
    },
    {
      what: "an unknown service, whose method one service has",
      bytes: withBlocks(ping(), stringBlock(["isn", "Other"])),
    },
  ].map(({ what, bytes }) => ({ what, transport: "TTHeader" as const, bytes, both: 'reply "hi", open' })),
  ...["abc", "1.5", " 7", "1e3", "", "0", "99999999999999999999"].map((value) => ({
    what: `a timeout of "${value}"`,
    transport: "TTHeader" as const,
    bytes: withBlocks(observe, intBlock([12, value])),
    show: fieldOf("5"),
    both: '"0", open',
  })),
  ...[
    { value: "+7", ms: "7" },
    { value: "0000000000007", ms: "7" },
    { value: "9223372036854", ms: "9223372036854" },
  ].map(({ value, ms }) => ({
    what: `a timeout of "${value}"`,
    transport: "TTHeader" as const,
    bytes: withBlocks(observe, intBlock([12, value])),
    show: fieldOf("5"),
    both: `"${ms}", open`,
  })),
  {
    what: "a header's integer key twice",
    transport: "TTHeader",
    bytes: withBlocks(observe, intBlock([12, "5"], [12, "6"])),
    show: fieldOf("5"),
    both: '"6", open',
  },
  {
    what: "a header's string key twice",
    transport: "TTHeader",
    bytes: withBlocks(observe, stringBlock(["RPC_PERSIST_K", "1"], ["RPC_PERSIST_K", "2"])),
    show: fieldOf("2"),
    both: '[["K","2"]], open',
  },
  {
    what: "two blocks of string keys",
    transport: "TTHeader",
    bytes: withBlocks(observe, stringBlock(["RPC_PERSIST_A", "1"]), stringBlock(["RPC_TRANSIT_B", "2"])),
    show: (answer) => `${fieldOf("1")(answer)} ${fieldOf("2")(answer)}`,
    both: '[["B","2"]] [["A","1"]], open',
  },
  {
    what: "metainfo without a key, or without a value",
    transport: "TTHeader",
    bytes: withBlocks(observe, stringBlock(["RPC_PERSIST_", "x"], ["RPC_PERSIST_K", ""], ["", "y"])),
    show: fieldOf("2"),
    both: "[], open",
  },
];
