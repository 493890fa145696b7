import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoServer, startGoServer } from "../support/go-peer.ts";
import { type OurServer, startOurServer } from "../support/our-server.ts";
import { probe } from "../support/raw/probe.ts";
import {
  ping,
  type ServerDifference,
  serverAgreements,
  serverDifferences,
  wrapped,
} from "../support/raw/server-differences.ts";
import { wordsOf } from "../support/raw/units.ts";

let stock: GoServer;
let mux: GoServer;
let ours: OurServer;
beforeAll(async () => {
  [stock, mux, ours] = await Promise.all([startGoServer(), startGoServer({ mux: true }), startOurServer()]);
});
afterAll(async () => {
  expect(await Promise.all([stock.stop(), mux.stop()])).toEqual(Array(2).fill("ended with status 0"));
  await ours[Symbol.asyncDispose]();
});

type Sent = Pick<ServerDifference, "transport" | "bytes" | "how" | "show">;

const followerId = 777_777;

const reactionOf = async (address: string, { transport, bytes, how, show = wordsOf }: Sent) => {
  const follower = wrapped(transport, ping(followerId), followerId);
  const { answers, end } = await probe(address, { bytes, follower, followerId, ...(how === undefined ? {} : { how }) });
  return [...answers.map(show), end].join(", ");
};

describe("the same bytes to Go Kitex and to our server", () => {
  it.concurrent.each(serverDifferences)("$line: $what", async (difference) => {
    const { kitex, kitexMux } = difference;
    const [byKitex, byMux, byOurs] = await Promise.all([
      kitex === undefined ? undefined : reactionOf(stock.address, difference),
      kitexMux === undefined ? undefined : reactionOf(mux.address, difference),
      reactionOf(ours.address, difference),
    ]);
    expect({ kitex: byKitex, kitexMux: byMux, ours: byOurs }).toEqual({ kitex, kitexMux, ours: difference.ours });
  });

  it.concurrent.each(serverAgreements)("are taken the same way: $what, $transport", async (agreement) => {
    const [kitex, byOurs] = await Promise.all([
      reactionOf(stock.address, agreement),
      reactionOf(ours.address, agreement),
    ]);
    expect({ kitex, ours: byOurs }).toEqual({ kitex: agreement.both, ours: agreement.both });
  });
});
