import { describe, expect, it } from "vitest";
import { callopt, client, closeClient, createClient, diagnosis } from "../src/index.ts";
import { Lookup, Probe, type ProbeClient } from "./kitex_gen/probe/probe.ts";
import { rawServer } from "./support/peers.ts";
import { errorOf, startProbe } from "./support/probe.ts";
import { eventually, Gate } from "./support/waiting.ts";

/** A server that remembers from how many sockets it was called. */
const startCounting = async (...options: readonly client.ClientOption[]) => {
  const peers = new Set<string | undefined>();
  const probe = await startProbe(
    {
      find: async (name, ctx) => {
        peers.add(ctx.rpcInfo.from.address);
        await new Promise((resolve) => setImmediate(resolve));
        return name;
      },
    },
    ...options,
  );
  return { probe, peers };
};

const many = (probe: Pick<ProbeClient, "find">, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => probe.find(String(index))));

describe("connections between kitex-ts peers", () => {
  it("are one, however many calls, once the peer has shown what it can", async () => {
    const { probe, peers } = await startCounting();
    await using _ = probe;
    await many(probe.client, 50);
    peers.clear();
    await many(probe.client, 500);
    expect(peers.size).toBe(1);
  });

  it("are shared by clients with equal settings, whatever service they call", async () => {
    const { probe, peers } = await startCounting();
    await using _ = probe;
    await using second = createClient(Probe, probe.address);
    await using third = createClient(Lookup, probe.address);
    await probe.client.find("a");
    await second.find("b");
    await third.find("c");
    expect(peers.size).toBe(1);
    expect(diagnosis(second).transport).toMatchObject({ sharedBy: 3 });
  });

  it("are not shared by clients that differ in how they use them", async () => {
    const { probe, peers } = await startCounting();
    await using _ = probe;
    await using framed = createClient(Probe, probe.address, client.withTransportProtocol("TTHeaderFramed"));
    await using long = createClient(Probe, probe.address, client.withLongConnection());
    for (const each of [probe.client, framed, long]) await each.find("x");
    expect(peers.size).toBe(3);
  });

  it("survive the end of one of their clients", async () => {
    const { probe, peers } = await startCounting();
    await using _ = probe;
    const second = createClient(Probe, probe.address);
    await second.find("a");
    await closeClient(second);
    await probe.client.find("b");
    expect(peers.size).toBe(1);
  });
});

describe("withLongConnection", () => {
  it("keeps connections, one call at a time on each", async () => {
    const { probe, peers } = await startCounting(client.withLongConnection({ maxIdlePerAddress: 3 }));
    await using _ = probe;
    for (let index = 0; index < 20; index++) await probe.client.find("one after the other");
    expect(peers.size).toBe(1);
    await many(probe.client, 10);
    expect(peers.size).toBeGreaterThan(1);
    peers.clear();
    for (let index = 0; index < 20; index++) await many(probe.client, 3);
    expect(peers.size).toBeLessThanOrEqual(3);
  });

  it("does not open more than the limit", async () => {
    const { probe, peers } = await startCounting(client.withLongConnection({ maxConnectionsPerAddress: 2 }));
    await using _ = probe;
    await many(probe.client, 50);
    expect(peers.size).toBeLessThanOrEqual(2);
  });
});

describe("withShortConnection", () => {
  it("opens one for every call and closes it", async () => {
    const { probe, peers } = await startCounting(client.withShortConnection());
    await using _ = probe;
    await many(probe.client, 5);
    await many(probe.client, 5);
    expect(peers.size).toBe(10);
    await eventually(() => openConnections(probe.client) === 0);
  });
});

const openConnections = (each: object): number => {
  const { addresses } = diagnosis(each).transport as { addresses: readonly { connections: number }[] };
  return addresses.reduce((sum, { connections }) => sum + connections, 0);
};

describe("withMuxConnection", () => {
  it("uses a single connection from the first call on", async () => {
    const { probe, peers } = await startCounting(client.withMuxConnection());
    await using _ = probe;
    await many(probe.client, 100);
    expect(peers.size).toBe(1);
  });
});

describe("a client that is closed", () => {
  for (const [use, options] of [
    ["shared", []],
    ["long", [client.withLongConnection()]],
  ] as const) {
    it(`lets calls that run end, and refuses later ones (${use} connections)`, async () => {
      const gate = new Gate();
      await using probe = await startProbe({
        find: async (name) => {
          if (name === "slow") await gate.pass();
          return name;
        },
      });
      const own = createClient(Probe, probe.address, ...options);
      await own.find("known");
      const slow = own.find("slow");
      await gate.entered;
      let isClosed = false;
      const closed = closeClient(own).then(() => {
        isClosed = true;
      });
      const error = await errorOf(own.find("later"));
      expect(error).toMatchObject({ kind: "internal_exception", service: probe.address });
      expect(error.message).toContain("was closed");
      await probe.client.find("others go on");
      if (use === "long") expect(isClosed).toBe(false);
      gate.open();
      expect(await slow).toBe("slow");
      await closed;
    });
  }

  it("may be closed again, and by await using", async () => {
    await using probe = await startProbe();
    let kept: ProbeClient | undefined;
    {
      await using scoped = createClient(Probe, probe.address);
      kept = scoped;
      await scoped.reset();
      await closeClient(scoped);
    }
    await closeClient(kept);
    await Promise.all([closeClient(kept), closeClient(kept)]);
    expect((await errorOf(kept.reset())).kind).toBe("internal_exception");
  });

  it("before its first call needs no connection", async () => {
    const own = createClient(Probe, "127.0.0.1:1");
    await closeClient(own);
  });

  it("while it connects ends when that has", async () => {
    await using silent = await rawServer();
    const own = createClient(Probe, silent.address);
    const call = errorOf(own.reset(callopt.withRPCTimeout(30)));
    await closeClient(own);
    expect((await call).kind).toBe("rpc_timeout");
  });

  it("leaves the server without its connections", async () => {
    await using probe = await startProbe();
    const own = createClient(Probe, probe.address, client.withLongConnection());
    await Promise.all(Array.from({ length: 5 }, () => own.reset()));
    await closeClient(own);
    expect(openConnections(own)).toBe(0);
  });

  it("is told from what is no client", () => {
    expect(() => closeClient({})).toThrow(TypeError);
    expect(() => diagnosis({})).toThrow(TypeError);
  });
});
