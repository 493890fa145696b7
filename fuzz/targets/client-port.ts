// A real client on loopback whose server answers with damaged replies: every call ends, with a value or with an error that says what was wrong,
// and calls to another server go on.
import { createServer, type Server, type Socket } from "node:net";
import { ThriftException } from "@kitex-ts/thrift";
import { client, closeClient, createClient, RPCError, type TransportProtocol } from "kitex-ts";
import { Judge, type JudgeClient } from "../../interop/apache/kitex_gen/judge/judge.ts";
import { sparse } from "../../interop/apache/support/everything.ts";
import { binary } from "../corpus/protocol.ts";
import { Messages } from "../corpus/thrift.ts";
import { frame, recorded, unit } from "../corpus/transport.ts";
import { startJudge } from "../lib/judge-server.ts";
import { Neighbours } from "../lib/neighbours.ts";
import type { Random } from "../lib/random.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";

const transports: readonly TransportProtocol[] = ["PurePayload", "Framed", "TTHeader", "TTHeaderFramed"];

/** Calls that nobody answers end with this; that is no error of the client. */
const TIMEOUT_MS = 40;

export const clientPortTarget = async (): Promise<Target> => {
  const peer = new LyingPeer();
  const address = await peer.listen();
  const judge = await startJudge();
  const neighbours = new Neighbours(judge.address);
  const clients = transports.map((transport) =>
    createClient(
      Judge,
      address,
      client.withTransportProtocol(transport),
      client.withConnectTimeout(5000),
      client.withRPCTimeout(TIMEOUT_MS),
    ),
  );
  const replies = new Messages(binary).replies();
  const whole = recorded();
  return {
    make: (random) => {
      if (random.oneIn(4))
        return Buffer.concat([Buffer.of(random.below(4)), mutate(random, random.pick(whole), whole)]);
      const payload = Buffer.from(mutate(random, random.pick(replies), replies));
      const way = random.below(4);
      return Buffer.concat([Buffer.of(way), wrapped(random, way, payload)]);
    },
    run: async (input, random) => {
      const way = input[0] as number;
      peer.reply = input.subarray(1);
      peer.closesBehind = random.oneIn(4);
      const caller = clients[way] as JudgeClient & AsyncDisposable;
      await Promise.all([outcome(caller, peer.reply, random), neighbours.call()]);
    },
    close: async () => {
      await Promise.all(clients.map((each) => closeClient(each)));
      await neighbours[Symbol.asyncDispose]();
      await judge[Symbol.asyncDispose]();
      peer.close();
    },
  };
};

/** As a server would send it, mostly. */
const wrapped = (random: Random, way: number, payload: Buffer): Buffer => {
  if (way === 0) return payload;
  if (way === 1) return frame(payload);
  const header = { flags: random.below(2), sequenceId: 0, ints: new Map([[22, "2"]]) };
  return unit(header, payload, way === 3);
};

const calls: Readonly<Record<string, (caller: JudgeClient) => Promise<unknown>>> = {
  Ping: (caller) => caller.ping("hello"),
  Find: (caller) => caller.find("it"),
  Verify: (caller) => caller.verify("it"),
  Nothing: (caller) => caller.nothing(),
  EchoDefaults: (caller) => caller.echoDefaults({ must: 1 }),
  EchoEverything: (caller) => caller.echoEverything(sparse()),
};

/** Makes the call that the reply is for, or any. */
const outcome = async (caller: JudgeClient, reply: Buffer, random: Random): Promise<void> => {
  const name = Object.keys(calls).find((each) => reply.includes(each)) ?? random.pick(Object.keys(calls));
  try {
    await calls[name]?.(caller);
  } catch (error) {
    if (!(error instanceof RPCError) && !(error instanceof ThriftException)) throw error;
  }
};

/** Answers whatever it is sent with what it was told, in which the request's sequence id replaces its own. */
class LyingPeer {
  reply: Buffer = Buffer.alloc(0);
  closesBehind = false;
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  readonly #sockets = new Set<Socket>();

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const bound = this.#server.address() as { readonly port: number };
    return `127.0.0.1:${bound.port}`;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (request: Buffer) => {
      socket.write(asAnswerTo(request, this.reply));
      if (this.closesBehind) socket.end();
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Where the sequence id stands behind the head of a payload at `at`; -1 when there is none. */
const payloadId = (bytes: Buffer, at: number): number => {
  if (bytes.length < at + 8 || bytes.readUInt16BE(at) !== 0x8001) return -1;
  const place = at + 8 + bytes.readInt32BE(at + 4);
  return place >= at + 8 && place + 4 <= bytes.length ? place : -1;
};

/** Where sequence ids stand in a message. */
const idsOf = (bytes: Buffer): number[] => {
  const places = [payloadId(bytes, 0), payloadId(bytes, 4)];
  if (bytes.length >= 14 && bytes.readUInt16BE(4) === 0x1000) {
    const payload = 14 + bytes.readUInt16BE(12) * 4;
    places.push(8, payloadId(bytes, payload), payloadId(bytes, payload + 4));
  }
  return places.filter((place) => place >= 0);
};

const asAnswerTo = (request: Buffer, reply: Buffer): Buffer => {
  const [asked] = idsOf(request);
  if (asked === undefined) return reply;
  const answer = Buffer.from(reply);
  for (const place of idsOf(answer)) request.copy(answer, place, asked, asked + 4);
  return answer;
};
