import { describe, expect, it } from "vitest";
import { client, createClient, createServer, type RPCError, server } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { startChild } from "./support/child.ts";
import { underLoad } from "./support/load.ts";
import { errorOf, probeHandler, quiet, startProbe } from "./support/probe.ts";
import { Relay } from "./support/relay.ts";
import { deferred, Gate } from "./support/waiting.ts";

/** Answers every second call a moment later: some are always running. */
const pausing = (): Probe["find"] => {
  let count = 0;
  return async (name) => {
    if (count++ % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    return name;
  };
};

describe("stop()", () => {
  for (const protocol of ["TTHeader", "TTHeaderFramed"] as const) {
    it(`costs no call under load over ${protocol}`, async () => {
      const served = { one: 0, two: 0 };
      const handler = (name: keyof typeof served): Partial<Probe> => ({
        find: async () => {
          served[name]++;
          // Some calls are always running.
          if (served[name] % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
          return name;
        },
      });
      const start = async (name: keyof typeof served) => {
        const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(
          Probe,
          probeHandler(handler(name)),
        );
        return { svr, address: await svr.start() };
      };
      const one = await start("one");
      const two = await start("two");
      await using probe = createClient(
        Probe,
        "both",
        client.withHostPorts(one.address, two.address),
        client.withTransportProtocol(protocol),
      );
      const load = underLoad(() => probe.find("x"), 40);
      await load.more(400);
      await one.svr.stop();
      const servedAtStop = served.one;
      await load.more(400);
      const failures = await load.end();
      expect(failures).toEqual([]);
      expect(served.one).toBe(servedAtStop);
      expect(served.one).toBeGreaterThan(0);
      await two.svr.stop();
    });
  }

  it.each([
    ["TTHeader", 20, 30, client.withShortConnection()],
    ["TTHeaderFramed", 10, 30, client.withShortConnection()],
    // More callers than a pool keeps connections: they come and go, too.
    ["TTHeader", 5, 100, client.withLongConnection()],
  ] as const)(
    "costs no call when connections come and go over %s, in %d stops",
    async (protocol, rounds, callers, use) => {
      for (let round = 0; round < rounds; round++) {
        const handler = probeHandler({ find: pausing() });
        await using staying = await startProbe(handler);
        const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(Probe, handler);
        const address = await svr.start();
        await using probe = createClient(
          Probe,
          "both",
          client.withHostPorts(address, staying.address),
          client.withTransportProtocol(protocol),
          use,
        );
        const load = underLoad(() => probe.find("x"), callers);
        await load.more(10 * callers);
        await svr.stop();
        await load.more(100);
        expect(await load.end()).toEqual([]);
      }
    },
  );

  it("costs no call that has a connection of its own when the server is a process that is told to end", async () => {
    for (let round = 0; round < 5; round++) {
      await using staying = await startProbe();
      await using child = await startChild();
      await using probe = createClient(
        Probe,
        "both",
        client.withHostPorts(child.address, staying.address),
        client.withShortConnection(),
      );
      const load = underLoad(() => probe.now(), 60);
      await load.more(300);
      child.kill("SIGTERM");
      expect(await child.exited).toEqual({ code: 0, by: null });
      await load.more(100);
      expect(await load.end()).toEqual([]);
    }
  });

  it("leaves callers that know no other server with a refusal, which says that nothing was sent", async () => {
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(Probe, probeHandler());
    const address = await svr.start();
    await using probe = createClient(Probe, address, client.withShortConnection());
    await probe.find("x");
    await svr.stop();
    expect(await errorOf(probe.find("x"))).toMatchObject({
      kind: "get_connection",
      code: "connection_refused",
      requestWritten: false,
    });
  });

  it("lets running calls answer, takes no new connections, and tells the peer to go", async () => {
    const gate = new Gate();
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), server.withExitWaitTime(10_000), quiet);
    const address = await svr.registerService(Probe, probeHandler({ reset: () => gate.pass() })).start();
    await using own = createClient(Probe, address);
    await own.find("known");
    const running = own.reset();
    await gate.entered;
    const stopped = svr.stop();
    // Calls made before the peer knows are served as well.
    const load = underLoad(() => own.find("x"), 1);
    await load.failed;
    const [refused] = await load.end();
    expect(refused).toMatchObject({ kind: "get_connection", code: "connection_refused", requestWritten: false });
    gate.open();
    await running;
    await stopped;
  });

  it.each([
    ["mux", client.withMuxConnection()],
    ["long", client.withLongConnection()],
  ])("waits for a peer that takes its time to read an answer (%s)", async (_name, use) => {
    const payload = new Uint8Array(24 * 1024 * 1024);
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(
      Probe,
      probeHandler({ echo: async () => ({ text: "large", payload }) }),
    );
    await using relay = await Relay.to(await svr.start());
    await using probe = createClient(Probe, relay.address, use);
    await probe.find("x");
    let stopped: Promise<void> | undefined;
    relay.onReply = (bytes) => {
      stopped ??= svr.stop();
      relay.restMs = relay.restMs === 0 ? 3000 : 0;
      if (relay.restMs === 0) relay.onReply = (rest) => rest;
      return bytes;
    };
    const { text } = await probe.echo({ text: "please" });
    expect(text).toBe("large");
    await stopped;
  });

  it("cuts off what runs longer than the exit wait time, and says how many", async () => {
    const warnings: unknown[] = [];
    const never = deferred();
    const svr = createServer(
      server.withServiceAddr("127.0.0.1:0"),
      server.withExitWaitTime(20),
      server.withLogger({ warn: (fields, message) => warnings.push([fields, message]), error: () => {} }),
    );
    const started = new Gate();
    const address = await svr
      .registerService(
        Probe,
        probeHandler({
          reset: async () => {
            void started.pass();
            await never.promise;
          },
        }),
      )
      .start();
    await using own = createClient(Probe, address);
    const call = errorOf(own.reset());
    await started.entered;
    await svr.stop();
    expect(await call).toMatchObject({ kind: "remote_or_network", requestWritten: true });
    expect(warnings).toEqual([[{ calls: 1 }, expect.stringContaining("server.withExitWaitTime")]]);
    never.resolve();
  });

  it("ends idle connections of every protocol", async () => {
    for (const protocol of ["Framed", "PurePayload", "TTHeader"] as const) {
      const svr = createServer(server.withServiceAddr("127.0.0.1:0"), server.withExitWaitTime(60_000), quiet);
      const address = await svr.registerService(Probe, probeHandler()).start();
      await using own = createClient(Probe, address, client.withTransportProtocol(protocol));
      await own.find("x");
      await svr.stop();
    }
  });

  it("may be called before start, twice, and by await using", async () => {
    await createServer(quiet).stop();
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(Probe, probeHandler());
    await svr.start();
    await Promise.all([svr.stop(), svr.stop()]);
    await svr.stop();
    let address: string;
    {
      await using scoped = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(
        Probe,
        probeHandler(),
      );
      address = await scoped.start();
    }
    await using own = createClient(Probe, address);
    expect((await errorOf(own.reset())).kind).toBe("get_connection");
  });

  it("while it starts leaves nothing listening", async () => {
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(Probe, probeHandler());
    const starting = svr.start().catch((error: unknown) => error);
    await svr.stop();
    await starting;
    if (svr.address !== undefined) {
      await using own = createClient(Probe, svr.address);
      expect((await errorOf(own.reset())).kind).toBe("get_connection");
    }
  });
});

describe("start()", () => {
  it("works once: a stopped server is not started again", async () => {
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(Probe, probeHandler());
    await svr.start();
    await expect(svr.start()).rejects.toMatchObject({ kind: "internal_exception" });
    await svr.stop();
    await expect(svr.start()).rejects.toThrow(/the server is stopped; make a new one/);
    await expect(svr.run()).rejects.toThrow(/the server is stopped/);
  });

  it("says what is in the way of the address", async () => {
    await using probe = await startProbe();
    const make = (address: string) =>
      createServer(server.withServiceAddr(address), quiet).registerService(Probe, probeHandler());
    await expect(make(probe.address).start()).rejects.toMatchObject({
      kind: "internal_exception",
      address: probe.address,
      message: expect.stringContaining(
        "the address is in use; stop the other process or choose another port",
      ) as string,
    });
    for (const wrong of ["nonsense", "127.0.0.1", "127.0.0.1:99999", "unix:", "203.0.113.7:1"]) {
      const error = (await make(wrong)
        .start()
        .catch((reason: unknown) => reason)) as RPCError;
      expect(error, wrong).toMatchObject({ kind: "internal_exception" });
      expect(error.message, wrong).toContain(`cannot listen at ${wrong}`);
    }
  });
});

describe("run()", () => {
  it("ends with stop(), and rejects when it cannot listen", async () => {
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(Probe, probeHandler());
    const ran = svr.run();
    await svr.stop();
    await ran;
    expect(process.listenerCount("SIGTERM")).toBe(0);

    await using probe = await startProbe();
    const taken = createServer(server.withServiceAddr(probe.address), quiet).registerService(Probe, probeHandler());
    await expect(taken.run()).rejects.toMatchObject({ kind: "internal_exception" });
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });

  it("refuses to run twice, which costs the first nothing", async () => {
    const svr = createServer(server.withServiceAddr("127.0.0.1:0"), quiet).registerService(Probe, probeHandler());
    const ran = svr.run();
    await expect(svr.run()).rejects.toThrow("the server is running");
    await svr.stop();
    await ran;
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`is ended by ${signal}: running calls answer, then the process goes by itself`, async () => {
      await using child = await startChild();
      await using probe = createClient(Probe, child.address);
      expect(Number(await probe.now())).toBe(child.pid);
      const running = probe.find("slow");
      await child.printed("handling slow");
      child.kill(signal);
      expect(await running).toBe("slow");
      expect(await child.exited).toEqual({ code: 0, by: null });
      expect(await child.printed("ended")).toContain("ended");
    }, 20_000);
  }
});
