// A peer that is gone without a word, behind a network that says nothing: found before the timeouts of calls are over.
import { describe, expect, it } from "vitest";
import { callopt, client, createClient, diagnosis, server } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { underLoad } from "./support/load.ts";
import { errorOf, startProbe } from "./support/probe.ts";
import { Relay } from "./support/relay.ts";
import { eventually, Gate } from "./support/waiting.ts";

const quick = client.withKeepalive({ timeMs: 60, timeoutMs: 60 });
const LONG_MS = 30_000;

/** The mark of a heartbeat: a Thrift message of type 6. */
const heartbeatsIn = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf("80010006", 0, "hex"); at >= 0; at = bytes.indexOf("80010006", at + 4, "hex")) count++;
  return count;
};

const connectionsOf = (own: object): number => {
  const { addresses } = diagnosis(own).transport as { addresses: readonly { connections: number }[] };
  return addresses.reduce((sum, { connections }) => sum + connections, 0);
};

/** A server, and a client of it behind a relay that counts heartbeats. */
const start = async (own: Partial<Probe> = {}, ...options: readonly (client.ClientOption | server.ServerOption)[]) => {
  const running = await startProbe(own, ...options);
  const relay = await Relay.to(running.address);
  const counts = { asked: 0, answered: 0 };
  relay.onRequest = (bytes) => {
    counts.asked += heartbeatsIn(bytes);
    return bytes;
  };
  relay.onReply = (bytes) => {
    counts.answered += heartbeatsIn(bytes);
    return bytes;
  };
  const forClient = options.filter((option): option is client.ClientOption => option.kind === "client");
  const probe = createClient(Probe, relay.address, quick, client.withRPCTimeout(LONG_MS), ...forClient);
  return {
    probe,
    relay,
    counts,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([probe[Symbol.asyncDispose](), running.close(), relay[Symbol.asyncDispose]()]);
    },
  };
};

describe.each([
  ["auto", "TTHeader"],
  ["mux", "TTHeader"],
  ["auto", "TTHeaderFramed"],
] as const)("a peer that falls silent (%s, %s)", (use, protocol) => {
  const options = [client.withTransportProtocol(protocol), use === "mux" && client.withMuxConnection()].filter(
    (option) => option !== false,
  );

  it("ends the calls that wait for it, long before their timeout, and says that they may have been seen", async () => {
    const gate = new Gate();
    await using running = await start({ reset: () => gate.pass() }, ...options);
    const { probe, relay, counts } = running;
    await probe.find("x");
    await eventually(() => counts.answered > 0);
    const calls = Array.from({ length: 5 }, () => errorOf(probe.reset()));
    await gate.entered;
    relay.fallSilent();
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({
        kind: "remote_or_network",
        code: "keepalive_timeout",
        requestWritten: true,
        method: "Reset",
        address: relay.address,
      });
      expect(error.message).toMatch(/left a heartbeat unanswered for 60 ms; the answer is lost/);
    }
    relay.recover();
    expect(await probe.find("afterwards")).toBe("found afterwards");
    expect(relay.accepted).toBeGreaterThan(1);
    gate.open();
  });

  it("while nobody calls is found all the same: the next call has another connection", async () => {
    await using running = await start({}, ...options);
    const { probe, relay, counts } = running;
    await probe.find("x");
    await eventually(() => counts.answered > 0);
    relay.fallSilent();
    await eventually(() => connectionsOf(probe) === 0);
    relay.recover();
    expect(await probe.find("afterwards")).toBe("found afterwards");
  });
});

describe("heartbeats", () => {
  it("keep an idle connection, and are not sent while answers come", async () => {
    await using running = await start();
    const { probe, relay, counts } = running;
    await probe.find("x");
    await eventually(() => counts.answered > 3);
    expect(relay.accepted).toBe(1);
    const load = underLoad(() => probe.find("x"), 2);
    await load.more(20);
    const before = counts.asked;
    const until = performance.now() + 400;
    while (performance.now() < until) await load.more(20);
    expect(await load.end()).toEqual([]);
    expect(counts.asked - before).toBeLessThanOrEqual(1);
  });

  it("let a slow handler take its time", async () => {
    await using running = await start({
      find: async (name) => {
        await new Promise((resolve) => setTimeout(resolve, 600));
        return name;
      },
    });
    // The first answer tells who the peer is.
    await running.probe.now();
    expect(await running.probe.find("slow")).toBe("slow");
    expect(running.relay.accepted).toBe(1);
    expect(running.counts.answered).toBeGreaterThan(1);
  });

  it("wait until the peer has taken what it was sent, however slowly", async () => {
    const own = client.withKeepalive({ timeMs: 300, timeoutMs: 300 });
    await using running = await start({ echo: async () => ({ text: "taken" }) }, own);
    const { probe, relay, counts } = running;
    await probe.find("x");
    await eventually(() => counts.answered > 0);
    const call = probe.echo({ text: "large", payload: new Uint8Array(48 * 1024 * 1024) });
    relay.onRequest = (bytes) => bytes;
    relay.restMs = 5;
    await Promise.race([call, new Promise((resolve) => setTimeout(resolve, 2000))]);
    relay.restMs = 0;
    expect((await call).text).toBe("taken");
    expect(relay.accepted).toBe(1);
  });

  it("are not needed to see that a peer takes nothing", async () => {
    await using running = await start();
    const { probe, relay, counts } = running;
    await probe.find("x");
    await eventually(() => counts.answered > 0);
    relay.restMs = LONG_MS;
    const error = await errorOf(probe.echo({ text: "large", payload: new Uint8Array(48 * 1024 * 1024) }));
    expect(error).toMatchObject({ code: "keepalive_timeout", requestWritten: true });
    expect(error.message).toContain("has taken and sent nothing for 120 ms");
  });

  it("are answered by a server that has too much to do to read", async () => {
    const gate = new Gate();
    await using running = await start(
      { reset: () => gate.pass() },
      server.withLimit({ maxRequestsPerConnection: 2 }),
      client.withKeepalive({ timeMs: 1500, timeoutMs: 1500 }),
    );
    const { probe, counts } = running;
    await probe.find("x");
    await eventually(() => counts.answered > 0);
    const calls = Array.from({ length: 6 }, () => probe.reset());
    await gate.entered;
    const before = counts.answered;
    // Longer than both times together.
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect(counts.answered).toBeGreaterThan(before);
    gate.open();
    await Promise.all(calls);
    expect(running.relay.accepted).toBe(1);
  }, 20_000);

  it("are not sent over connections of one call at a time, nor when turned off", async () => {
    for (const option of [
      client.withLongConnection(),
      client.withKeepalive({ timeMs: 0 }),
      client.withTransportProtocol("Framed"),
    ]) {
      await using running = await start({}, option);
      await running.probe.find("x");
      await new Promise((resolve) => setTimeout(resolve, 300));
      await running.probe.find("x", callopt.withRPCTimeout(1000));
      expect(running.counts).toEqual({ asked: 0, answered: 0 });
    }
  });

  it("cannot be set to nonsense", () => {
    expect(() => client.withKeepalive({ timeMs: -1 })).toThrow(/timeMs is a number of milliseconds, an integer from 0/);
    expect(() => client.withKeepalive({ timeoutMs: 0 })).toThrow(/timeoutMs .* from 1/);
    expect(() => client.withKeepalive({ timeMs: Number.NaN })).toThrow(RangeError);
    expect(() => client.withKeepalive({ time: 5 } as never)).toThrow(/there is no setting time; there are/);
  });
});
