// Connections that a server closes at the worst moment: when they have been idle, and the client is about to use them again.
import { describe, expect, it } from "vitest";
import { client, createClient } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { startProbe } from "./support/probe.ts";
import { Relay } from "./support/relay.ts";
import { eventually } from "./support/waiting.ts";

const ROUNDS = 10;
/** Longer than a connection counts as busy. */
const PAUSE_MS = 30;

const ways = [
  ["TTHeader", "auto", []],
  ["TTHeader", "mux", [client.withMuxConnection()]],
  ["TTHeader", "pool", [client.withLongConnection()]],
  ["TTHeaderFramed", "auto", []],
  ["TTHeaderFramed", "pool", [client.withLongConnection()]],
  ["Framed", "pool", []],
  ["PurePayload", "pool", []],
] as const;

describe.each(ways)("%s, %s: idle connections that the server closes", (protocol, _use, options) => {
  it("cost no call, and none is served twice", async () => {
    const served: string[] = [];
    await using running = await startProbe({
      find: async (name) => {
        served.push(name);
        return name;
      },
    });
    await using relay = await Relay.to(running.address);
    await using probe = createClient(Probe, relay.address, client.withTransportProtocol(protocol), ...options);
    const sent: string[] = [];
    const call = (name: string): Promise<string> => {
      sent.push(name);
      return probe.find(name);
    };
    await call("first");
    for (let round = 0; round < ROUNDS; round++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      // In one turn: the client cannot have seen yet that they are closed.
      relay.closeAll();
      const calls = Array.from({ length: 1 + (round % 5) }, (_, index) => call(`${round}/${index}`));
      const names = sent.slice(-calls.length);
      expect(await Promise.all(calls)).toEqual(names);
    }
    expect(served.toSorted()).toEqual(sent.toSorted());
    expect(relay.accepted).toBeGreaterThan(ROUNDS);
  });
});

describe("withLongConnection's maxIdleTimeoutMs", () => {
  it("is kept by what is handed out, however seldom idle connections are looked for", async () => {
    await using running = await startProbe();
    await using relay = await Relay.to(running.address);
    await using probe = createClient(Probe, relay.address, client.withLongConnection({ maxIdleTimeoutMs: 50 }));
    await probe.find("x");
    await probe.find("x");
    expect(relay.accepted).toBe(1);
    const until = performance.now() + 60;
    // No timer of the client's runs meanwhile.
    while (performance.now() < until);
    await probe.find("x");
    await eventually(() => relay.accepted === 2);
  });
});
