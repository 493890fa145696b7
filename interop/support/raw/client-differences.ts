import type { Json } from "../json.ts";
import type { Way } from "../ways.ts";
import { field, i16, i32, list, message, struct, T, text, u8 } from "./thrift-bytes.ts";
import { framed, stringBlock, ttheader, type Unit } from "./units.ts";

/** An answer that clients take differently, as a server sends it to the first call; and what the callers of both get. */
export interface ClientDifference {
  /** The line of docs/interop.md, by its first column. */
  readonly line: string;
  readonly what: string;
  readonly connections: Way["connections"];
  readonly method?: ClientMethod;
  readonly answer: (request: Unit) => Buffer;
  /** What the first and the next call end with, and how many connections that took. */
  readonly kitex: string;
  readonly ours: string;
}

/** What is called, with its arguments: for the answer they do not matter. */
export const clientMethods = {
  Ping: { text: "x" },
  Sleep: { milliseconds: 1 },
  MakeDefaults: {},
  EchoBinary: { payload: "" },
  Find: { name: "x" },
  Nothing: {},
} as const satisfies Readonly<Record<string, Readonly<Record<string, Json>>>>;

export type ClientMethod = keyof typeof clientMethods;

interface Parts {
  readonly type?: number;
  readonly method?: string;
  readonly sequenceId?: number;
  readonly headerSequenceId?: number;
  readonly body?: Buffer;
  readonly blocks?: readonly Buffer[];
}

const found = struct(field(T.string, 0, text("hi")));

/** An answer over TTHeader, right but for what `parts` say. */
const answering =
  ({ type = 2, method, sequenceId, headerSequenceId, body = found, blocks = [] }: Parts) =>
  (request: Unit): Buffer => {
    const payload = message(type, method ?? request.method, sequenceId ?? request.sequenceId, body);
    return ttheader({ sequenceId: headerSequenceId ?? sequenceId ?? request.sequenceId, blocks }, payload);
  };

/** The answer to every call but the first. */
export const goodAnswer: (request: Unit) => Buffer = answering({});

const exception = (...fields: readonly Buffer[]): Buffer => struct(...fields);
const said = field(T.string, 1, text("said"));
const ofType6 = field(T.i32, 2, i32(6));
const businessError = stringBlock(["biz-status", "5"], ["biz-message", "m"]);
const pooled = { connections: "long" } as const;
const shared = { connections: "mux" } as const;

const failing: readonly ClientDifference[] = [
  ...[0, 1, 4, 6, 7].map((type) => ({
    what: `message type ${type}`,
    answer: answering({ type }),
    kitex: "application 2",
    ours: "invalid_message_type",
  })),
  {
    what: "another method's name",
    answer: answering({ method: "Pong" }),
    kitex: "other",
    ours: "wrong_method_name",
  },
  { what: "no method name", answer: answering({ method: "" }), kitex: "other", ours: "wrong_method_name" },
  {
    what: "an exception",
    answer: answering({ type: 3, body: exception(said, ofType6) }),
    kitex: "application 6",
    ours: "application 6",
  },
  {
    what: "a result that cannot be decoded",
    answer: answering({ body: struct(field(T.string, 0, i32(-1))) }),
    kitex: "application 7",
    ours: "negative_size",
  },
  {
    what: "an unreadable TTHeader",
    answer: answering({ blocks: [Buffer.concat([u8(2), i16(0)])] }),
    kitex: "other",
    ours: "malformed_header",
  },
].map(({ kitex, ours, ...rest }) => ({
  line: "An answer that fails its call, on a pooled connection",
  ...pooled,
  ...rest,
  kitex: `${kitex}, then "hi", connections: 2`,
  ours: `${ours}, then "hi", connections: 1`,
}));

const results: readonly ClientDifference[] = [
  ...(["Ping", "Sleep", "MakeDefaults", "Find"] as const).map((method) => ({
    line: "A result that is missing in the reply",
    what: method,
    method,
    ...pooled,
    answer: answering({ body: struct() }),
    kitex: 'null, then "hi", connections: 1',
    ours: 'application 5, then "hi", connections: 1',
  })),
  {
    line: "A result that is missing in the reply",
    what: "it has another type",
    ...pooled,
    answer: answering({ body: struct(field(T.i32, 0, i32(5))) }),
    kitex: 'null, then "hi", connections: 1',
    ours: 'application 5, then "hi", connections: 1',
  },
  {
    line: "A set with equal elements",
    what: "in an answer",
    method: "MakeDefaults",
    ...pooled,
    answer: answering({
      body: struct(
        field(T.struct, 0, struct(field(T.i16, 12, i16(1)), field(T.set, 13, list(T.i32, 2, i32(4), i32(4))))),
      ),
    }),
    kitex: 'digits [4,4], then "hi", connections: 1',
    ours: 'digits [4], then "hi", connections: 1',
  },
];

const exceptions: readonly ClientDifference[] = [
  {
    line: "An application exception with a further string, or with fields of other types",
    what: "a further string",
    ...shared,
    answer: answering({ type: 3, body: exception(said, ofType6, field(T.string, 3, text("more"))) }),
    kitex: 'application 1, then "hi", connections: 1',
    ours: 'application 6, then "hi", connections: 1',
  },
  {
    line: "An application exception with a further string, or with fields of other types",
    what: "its fields have each other's types",
    ...shared,
    answer: answering({ type: 3, body: exception(field(T.i32, 1, i32(1)), field(T.string, 2, text("7"))) }),
    kitex: 'application 1, then "hi", connections: 1',
    ours: 'application 0, then "hi", connections: 1',
  },
  {
    line: "A business error beside an exception, or beside a result that cannot be decoded",
    what: "an exception",
    ...shared,
    answer: answering({ type: 3, blocks: [businessError], body: exception(said, ofType6) }),
    kitex: 'application 6, then "hi", connections: 1',
    ours: 'biz 5 m, then "hi", connections: 1',
  },
  {
    line: "A business error beside an exception, or beside a result that cannot be decoded",
    what: "a result that cannot be decoded",
    ...shared,
    answer: answering({ blocks: [businessError], body: struct(field(T.string, 0, i32(-1))) }),
    kitex: 'application 7, then "hi", connections: 1',
    ours: 'biz 5 m, then "hi", connections: 1',
  },
  ...["{", "[]", '{"a":1}', '{"a":"b"} x'].map((extra) => ({
    line: "A `biz-extra` that is not a JSON object of strings",
    what: extra,
    ...pooled,
    answer: answering({
      blocks: [stringBlock(["biz-status", "5"], ["biz-message", "m"], ["biz-extra", extra])],
      body: struct(),
    }),
    kitex: 'null, then "hi", connections: 1',
    ours: 'biz 5 m, then "hi", connections: 1',
  })),
  {
    line: "A `biz-extra` that is not a JSON object of strings",
    what: "null for a value",
    ...pooled,
    answer: answering({
      blocks: [stringBlock(["biz-status", "5"], ["biz-message", "m"], ["biz-extra", '{"a":null}'])],
      body: struct(),
    }),
    kitex: 'biz 5 m {"a":""}, then "hi", connections: 1',
    ours: 'biz 5 m, then "hi", connections: 1',
  },
];

const connections: readonly ClientDifference[] = [
  {
    line: "An answer whose TTHeader has another sequence id than its message, on a pooled connection",
    what: "99",
    ...pooled,
    answer: answering({ headerSequenceId: 99_999 }),
    kitex: '"hi", then "hi", connections: 1',
    ours: 'unexpected_answer, then "hi", connections: 2',
  },
  {
    line: "A surplus or unasked-for reply on a pooled connection",
    what: "the answer twice",
    ...pooled,
    answer: (request) => Buffer.concat([goodAnswer(request), goodAnswer(request)]),
    kitex: '"hi", then application 4, connections: 1',
    ours: '"hi", then "hi", connections: 2',
  },
  {
    line: "A surplus or unasked-for reply on a pooled connection",
    what: "one and a half answers",
    ...pooled,
    answer: (request) => Buffer.concat([goodAnswer(request), goodAnswer(request).subarray(0, 20)]),
    kitex: '"hi", then timeout, connections: 1',
    ours: '"hi", then "hi", connections: 2',
  },
  ...[false, true].map((isFramed) => ({
    line: "An answer without a TTHeader, on a multiplexed connection",
    what: isFramed ? "Framed" : "PurePayload",
    ...shared,
    answer: ({ method, sequenceId }: Unit) => {
      const bare = message(2, method, sequenceId, found);
      return isFramed ? framed(bare) : bare;
    },
    kitex: 'other, then "hi", connections: 2',
    ours: '"hi", then "hi", connections: 1',
  })),
];

export const clientDifferences: readonly ClientDifference[] = [...failing, ...results, ...exceptions, ...connections];

const business = (...pairs: readonly (readonly [string, string])[]): Parts => ({
  blocks: [stringBlock(...pairs)],
  body: struct(),
});
const reason = field(T.struct, 3, struct(field(T.string, 1, text("not yours"))));

/** Answers that may look odd and that both take the same way. */
export const clientAgreements: readonly (Pick<ClientDifference, "what" | "method" | "answer"> & {
  readonly both: string;
})[] = [
  { what: "a binary that is missing", method: "EchoBinary", answer: answering({ body: struct() }), both: '""' },
  { what: "message type 5", answer: answering({ type: 5 }), both: '"hi"' },
  {
    what: "an exception with another sequence id in it and another method",
    answer: (request) =>
      answering({
        type: 3,
        sequenceId: 99_999,
        headerSequenceId: request.sequenceId,
        method: "Pong",
        body: exception(said, ofType6),
      })(request),
    both: "application 6",
  },
  { what: "an empty exception", answer: answering({ type: 3, body: exception() }), both: "application 0" },
  {
    what: "an exception with a further number",
    answer: answering({ type: 3, body: exception(said, ofType6, field(T.i32, 3, i32(4))) }),
    both: "application 6",
  },
  {
    what: "an exception of an unheard-of type",
    answer: answering({ type: 3, body: exception(field(T.i32, 2, i32(99))) }),
    both: "application 99",
  },
  {
    what: "a result beside a declared exception",
    method: "Find",
    answer: answering({ body: struct(field(T.string, 0, text("r")), reason) }),
    both: "exception Denied",
  },
  { what: "a result of a method that has none", method: "Nothing", answer: answering({}), both: "null" },
  {
    what: "bytes behind the result",
    answer: ({ method, sequenceId }) =>
      ttheader({ sequenceId }, Buffer.concat([message(2, method, sequenceId, found), Buffer.from("abc")])),
    both: '"hi"',
  },
  {
    what: "an answer with a frame",
    answer: ({ method, sequenceId }) => ttheader({ sequenceId }, framed(message(2, method, sequenceId, found))),
    both: '"hi"',
  },
  {
    what: "text that is not UTF-8",
    answer: answering({ body: struct(field(T.string, 0, text(Buffer.from([0xff, 0x41])))) }),
    both: '"\uFFFDA"',
  },
  {
    what: "a negative business status",
    answer: answering(business(["biz-status", "-5"], ["biz-message", "m"])),
    both: "biz -5 m",
  },
  {
    what: "a signed business status",
    answer: answering(business(["biz-status", "+5"], ["biz-message", "m"])),
    both: "biz 5 m",
  },
  { what: "a business error without words", answer: answering(business(["biz-status", "5"])), both: "biz 5 " },
  { what: "a business error beside a result", answer: answering({ blocks: [businessError] }), both: "biz 5 m" },
  ...["x1", "0", "2147483648", ""].map((status) => ({
    what: `a business status of "${status}" beside a result`,
    answer: answering({ blocks: [stringBlock(["biz-status", status], ["biz-message", "m"])] }),
    both: '"hi"',
  })),
  ...["null", "", "{}"].map((extra) => ({
    what: `a business extra of "${extra}"`,
    answer: answering(business(["biz-status", "5"], ["biz-message", "m"], ["biz-extra", extra])),
    both: "biz 5 m",
  })),
];
