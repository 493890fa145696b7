import { ApplicationException, BizStatusError, client, closeClient, createClient, RPCError } from "kitex-ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Denied } from "../kitex_gen/base/base.ts";
import { Interop, type InteropClient } from "../kitex_gen/interop/interop.ts";
import { goDial, ourOptions } from "../support/dial-options.ts";
import { type GoClients, startGoClients } from "../support/go-peer.ts";
import type { Json } from "../support/json.ts";
import type { PeerFailure } from "../support/peer.ts";
import {
  type ClientMethod,
  clientAgreements,
  clientDifferences,
  clientMethods,
  goodAnswer,
} from "../support/raw/client-differences.ts";
import { type ScriptedPeer, startScriptedPeer } from "../support/raw/scripted-peer.ts";
import type { Unit } from "../support/raw/units.ts";
import type { Way } from "../support/ways.ts";

let goClients: GoClients;
beforeAll(() => {
  goClients = startGoClients();
});
afterAll(() => goClients[Symbol.asyncDispose]());

/** For calls that get no answer at all. */
const timeoutMs = 1000;

/** Calls a method of either client; what its caller gets, in a few words. */
type Call = (method: ClientMethod) => Promise<string>;

const resultWords = (result: unknown): string => {
  if (typeof result === "object" && result !== null && "digits" in result) {
    return `digits ${JSON.stringify([...(result.digits as Iterable<number>)])}`;
  }
  return JSON.stringify(result instanceof Uint8Array ? Buffer.from(result).toString("base64") : (result ?? null));
};

const kitexWords = ({ kind, typeId, code, message, extra = {}, name }: PeerFailure): string => {
  switch (kind) {
    case "application":
      return `application ${typeId}`;
    case "biz":
      return bizWords(code ?? 0, message, extra);
    case "exception":
      return `exception ${name}`;
    default:
      return kind;
  }
};

const bizWords = (code: number, message: string, extra: Readonly<Record<string, string>>): string =>
  `biz ${code} ${message}${Object.keys(extra).length === 0 ? "" : ` ${JSON.stringify(extra)}`}`;

const ourWords = (error: unknown): string => {
  if (error instanceof BizStatusError) return bizWords(error.code, error.bizMessage, error.extra);
  if (error instanceof ApplicationException) return `application ${error.typeId}`;
  if (error instanceof Denied) return "exception Denied";
  if (error instanceof RPCError) return "code" in error ? String(error.code) : error.kind;
  throw error;
};

const ourMethods: Readonly<Record<ClientMethod, (interop: InteropClient) => Promise<unknown>>> = {
  Ping: (interop) => interop.ping("x"),
  Sleep: (interop) => interop.sleep(1),
  MakeDefaults: (interop) => interop.makeDefaults(),
  EchoBinary: (interop) => interop.echoBinary(new Uint8Array()),
  Find: (interop) => interop.find("x"),
  Nothing: (interop) => interop.nothing(),
};

/** What a client makes of `answer` to its first call, of a good one to the next, and how many connections that took. */
const historyOf = async (
  method: ClientMethod,
  answer: (request: Unit) => Buffer,
  dial: (address: string) => Promise<{ readonly call: Call; close(): Promise<void> }>,
): Promise<string> => {
  await using peer: ScriptedPeer = await startScriptedPeer((request) =>
    peer.requests.length === 1 ? answer(request) : goodAnswer(request),
  );
  const { call, close } = await dial(peer.address);
  const outcome = `${await call(method)}, then ${await call("Ping")}, connections: ${peer.accepted}`;
  await close();
  return outcome;
};

const dialKitex = (way: Way) => async (address: string) => {
  const interop = await goClients.dial(goDial(address, way));
  const call: Call = async (method) => {
    const args: Readonly<Record<string, Json>> = clientMethods[method];
    const { ok, error } = await interop.call(method, args, { timeoutMs });
    return error === undefined ? resultWords(ok) : kitexWords(error);
  };
  return { call, close: () => interop.close() };
};

const dialOurs = (way: Way) => async (address: string) => {
  const interop = createClient(
    Interop,
    "interop",
    client.withHostPorts(address),
    ...ourOptions(way),
    client.withRPCTimeout(timeoutMs),
  );
  const call: Call = (method) => ourMethods[method](interop).then(resultWords, ourWords);
  return { call, close: () => closeClient(interop) };
};

const bothOf = async (way: Way, method: ClientMethod, answer: (request: Unit) => Buffer) => {
  const [kitex, ours] = await Promise.all([
    historyOf(method, answer, dialKitex(way)),
    historyOf(method, answer, dialOurs(way)),
  ]);
  return { kitex, ours };
};

describe("the same answer to a Go client and to ours", () => {
  it.concurrent.each(clientDifferences)(
    "$line: $what",
    async ({ connections, method = "Ping", answer, kitex, ours }) => {
      expect(await bothOf({ transport: "TTHeader", connections }, method, answer)).toEqual({ kitex, ours });
    },
  );

  it.concurrent.each(clientAgreements)("is taken the same way: $what", async ({ method = "Ping", answer, both }) => {
    // How long a pooled connection lives is a difference of its own.
    const way: Way = { transport: "TTHeader", connections: "mux" };
    const history = `${both}, then "hi", connections: 1`;
    expect(await bothOf(way, method, answer)).toEqual({ kitex: history, ours: history });
  });

  it("carries the timeout of the caller: in Kitex whole, in ours what is left, in whole milliseconds", async () => {
    await using peer = await startScriptedPeer(goodAnswer);
    for (const dial of [dialKitex, dialOurs]) {
      const { call, close } = await dial({ transport: "TTHeader", connections: "long" })(peer.address);
      expect(await call("Ping")).toBe('"hi"');
      await close();
    }
    const [kitex, ours] = peer.requests.map(({ ints }) => ints[12]);
    expect(kitex).toBe(String(timeoutMs));
    expect(ours).toMatch(/^\d+$/);
    expect(Number(ours)).toBeLessThanOrEqual(timeoutMs);
  });
});
