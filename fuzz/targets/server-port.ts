// A real server on loopback. Bytes that nobody should send come in on one connection; callers on other connections, and where the messages
// around them are whole also on the same one, get their answers.

import { ByteReader } from "@kitex-ts/core/spi";
import { binary, compactProtocol, type Protocol } from "../corpus/protocol.ts";
import { Messages } from "../corpus/thrift.ts";
import { foreign, frame, recorded, richHeaders, unit } from "../corpus/transport.ts";
import { expectThat } from "../lib/expect.ts";
import { MAX_MESSAGE_BYTES, startJudge } from "../lib/judge-server.ts";
import { Neighbours } from "../lib/neighbours.ts";
import type { Random } from "../lib/random.ts";
import { RawSocket } from "../lib/raw-socket.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";
import type { Sample } from "../mutate/sample.ts";
import { framed } from "../mutate/ttheader-sites.ts";

const FLAG_ANY_ORDER = 1;
const messages = new Messages(binary);

/** A way to put a damaged payload between messages so that its end is beyond doubt. */
interface Way {
  readonly name: string;
  /** As much as the end can bear. */
  damage(random: Random, sample: Sample, others: readonly Sample[]): Buffer;
  wrap(payload: Buffer, sequenceId: number): Buffer;
}

/** Where the body of a message begins. */
const headBytesOf = ({ bytes }: Sample): number => {
  const reader = ByteReader.of(bytes);
  const { codec } = binary.codec.matches(bytes.readUInt32BE()) ? binary : compactProtocol;
  codec.readHead(reader, { type: 0, methodName: "", sequenceId: 0 });
  return reader.offset;
};

/** Without sequence id and name the only answer would be to close; the same goes for what is too large. */
const behindHead: Way["damage"] = (random, sample, others) => {
  const headBytes = headBytesOf(sample);
  const sites = sample.sites.filter(({ at }) => at >= headBytes).map((site) => ({ ...site, at: site.at - headBytes }));
  const body = mutate(random, { bytes: sample.bytes.subarray(headBytes), sites }, others);
  const damaged = Buffer.concat([sample.bytes.subarray(0, headBytes), body]);
  return damaged.length < MAX_MESSAGE_BYTES ? damaged : sample.bytes;
};

/** The end of a bare message is where its structure says, so only texts change. */
const inTexts: Way["damage"] = (random, sample) => {
  const bytes = Buffer.from(sample.bytes);
  const texts = sample.sites.filter(
    ({ kind, at, size }) => kind === "content" && size > 0 && at >= headBytesOf(sample),
  );
  for (let edits = texts.length === 0 ? 0 : 1 + random.below(6); edits > 0; edits--) {
    const { at, size } = random.pick(texts);
    bytes[at + random.below(size)] = random.below(256);
  }
  return bytes;
};

const headerOf = (flags: number) => (sequenceId: number) => ({ flags, sequenceId, ints: new Map([[22, "1"]]) });
const inOrder = headerOf(0);
const anyOrder = headerOf(FLAG_ANY_ORDER);

const ways: readonly Way[] = [
  { name: "TTHeader", damage: mutate, wrap: (payload, id) => unit(inOrder(id), payload) },
  { name: "TTHeaderFramed", damage: mutate, wrap: (payload, id) => unit(inOrder(id), payload, true) },
  { name: "TTHeader in any order", damage: mutate, wrap: (payload, id) => unit(anyOrder(id), payload) },
  { name: "Framed", damage: behindHead, wrap: (payload) => frame(payload) },
  { name: "PurePayload", damage: inTexts, wrap: (payload) => payload },
];

/** What surrounds the damaged message, and what the server answers to it. */
interface Neighbour {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly answers: readonly [Buffer, Buffer];
}

const FIRST_ID = 0x1111_1111;
const LAST_ID = 0x2222_2222;

export const serverPortTarget = async (): Promise<Target> => {
  const server = await startJudge();
  const neighbours = new Neighbours(server.address);
  const requests = [binary, compactProtocol].flatMap((protocol) => new Messages(protocol).requests());
  const streams: readonly Sample[] = [
    ...recorded(),
    ...foreign(),
    ...richHeaders(messages.request("Ping", 1, "hello")),
    ...requests,
    ...[binary, compactProtocol].flatMap((protocol) => framedRequests(protocol)),
  ];
  const surroundings = new Map<Way, Neighbour>();
  for (const way of ways) surroundings.set(way, await surroundingsOf(server.address, way));
  const open = new Map<Way, RawSocket>();

  /** A damaged message between two good ones. */
  const between = async (input: Buffer, way: Way, random: Random): Promise<void> => {
    const { before, after, answers } = surroundings.get(way) as Neighbour;
    let socket = open.get(way);
    if (socket === undefined || socket.isClosed) {
      socket = await RawSocket.open(server.address);
      open.set(way, socket);
    }
    socket.take();
    const most = random.pick([1 << 20, 1 << 20, 200, 20]);
    await socket.send(Buffer.concat([before, input, after]), () => 1 + random.below(most));
    const isThere = (answer: Buffer): boolean => socket.received.includes(answer);
    await socket.until(() => answers.every(isThere));
    expectThat(
      !socket.isClosed && answers.every(isThere),
      `${way.name}: the neighbours of a damaged message got ${socket.received.toString("hex")}`,
    );
  };

  /** Anything at all, then no more: the server says what it has to say, and closes. */
  const alone = async (input: Buffer, random: Random): Promise<void> => {
    const socket = await RawSocket.open(server.address);
    const most = random.pick([1 << 20, 100, 10]);
    await socket.send(input, () => 1 + random.below(most));
    if (random.oneIn(8)) socket.abort();
    else socket.end();
    await socket.until(() => false);
  };

  return {
    make: (random) => {
      const way = random.oneIn(3) ? undefined : random.pick(ways);
      if (way === undefined) {
        const parts = Array.from({ length: 1 + random.below(3) }, () => mutate(random, random.pick(streams), streams));
        return Buffer.concat([Buffer.of(ways.length), ...parts]);
      }
      const sample = random.pick(requests);
      const payload = way.damage(random, sample, requests);
      return Buffer.concat([Buffer.of(ways.indexOf(way)), way.wrap(payload, random.u32() | 0)]);
    },
    run: async (input, random) => {
      const way = ways[input[0] as number];
      const bytes = input.subarray(1);
      await Promise.all([way === undefined ? alone(bytes, random) : between(bytes, way, random), neighbours.call()]);
    },
    close: async () => {
      for (const socket of open.values()) socket.abort();
      for (let calls = 0; calls < 8; calls++) await neighbours.call();
      await neighbours[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
};

const framedRequests = (protocol: Protocol): readonly Sample[] =>
  new Messages(protocol).requests().map(({ bytes }) => framed(frame(bytes), protocol.messageSample));

const surroundingsOf = async (address: string, way: Way): Promise<Neighbour> => {
  const before = way.wrap(messages.request("Ping", FIRST_ID, "the one before"), FIRST_ID);
  const after = way.wrap(
    messages.request("Join", LAST_ID, { first: "f", second: 2, rest: ["r"], flag: true }),
    LAST_ID,
  );
  const answers = [await answerTo(address, before), await answerTo(address, after)] as const;
  return { before, after, answers };
};

/** The answer of a server that nobody has disturbed yet. */
const answerTo = async (address: string, message: Buffer): Promise<Buffer> => {
  const socket = await RawSocket.open(address);
  await socket.send(message, () => message.length);
  await socket.until(() => socket.received.length >= 4);
  const { received } = socket;
  socket.abort();
  expectThat(received.includes(Buffer.from("Ping")) || received.includes(Buffer.from("Join")), "no answer");
  return received;
};
