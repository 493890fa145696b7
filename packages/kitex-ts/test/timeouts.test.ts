import { once } from "node:events";
import { describe, expect, it } from "vitest";
import {
  background,
  type Context,
  callopt,
  client,
  createClient,
  isTimeoutError,
  type RPCError,
  server,
  TransportProtocol,
} from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { blackHole, noHeader, RawClient, rawServer, resetCall, ttheader } from "./support/peers.ts";
import { errorOf, startProbe } from "./support/probe.ts";
import { deferred, eventually, Gate } from "./support/waiting.ts";

describe("a deadline that middleware shortens", () => {
  it("is what the server is told", async () => {
    const told: number[] = [];
    await using probe = await startProbe(
      { reset: async (ctx) => void told.push(ctx.rpcInfo.config.rpcTimeoutMs) },
      client.withRPCTimeout(60_000),
      client.withMiddleware((next) => (request, ctx) => next(request, ctx.withTimeout(30_000))),
    );
    await probe.client.reset();
    await probe.client.reset(callopt.withRPCTimeout(20_000));
    expect(told[0]).toBeGreaterThan(0);
    expect(told[0]).toBeLessThanOrEqual(30_000);
    expect(told[1]).toBe(20_000);
  });
});

describe("the RPC timeout", () => {
  for (const protocol of Object.values(TransportProtocol)) {
    it(`ends a call over ${protocol}`, async () => {
      const gate = new Gate();
      await using probe = await startProbe({ reset: () => gate.pass() }, client.withTransportProtocol(protocol));
      const error = await errorOf(probe.client.reset(callopt.withRPCTimeout(20)));
      expect(error).toMatchObject({ kind: "rpc_timeout", method: "Reset", address: probe.address });
      expect(isTimeoutError(error)).toBe(true);
      gate.open();
      await probe.client.find("the next call");
    });
  }

  it("drops the late answer; the connection stays", async () => {
    const gate = new Gate();
    const late = deferred();
    const peers: (string | undefined)[] = [];
    await using probe = await startProbe({
      reset: async () => {
        await gate.pass();
        late.resolve();
      },
      find: async (name, ctx) => {
        peers.push(ctx.rpcInfo.from.address);
        return name;
      },
    });
    await probe.client.find("a");
    await errorOf(probe.client.reset(callopt.withRPCTimeout(5)));
    expect(await probe.client.find("b")).toBe("b");
    gate.open();
    await late.promise;
    expect(await probe.client.find("c")).toBe("c");
    expect(new Set(peers).size).toBe(1);
  });

  it("never gives a late answer to another call where connections are not shared", async () => {
    const gates = [new Gate(), new Gate()];
    await using probe = await startProbe(
      {
        find: async (name) => {
          if (name === "slow") await gates[0]?.pass();
          return name;
        },
      },
      client.withLongConnection(),
    );
    await errorOf(probe.client.find("slow", callopt.withRPCTimeout(5)));
    gates[0]?.open();
    const names = Array.from({ length: 20 }, (_, index) => `call ${index}`);
    expect(await Promise.all(names.map((name) => probe.client.find(name)))).toEqual(names);
  });

  it("covers connecting", async () => {
    await using hole = await blackHole();
    await using probe = createClient(Probe, hole.address, client.withRPCTimeout(20), client.withConnectTimeout(100));
    expect(await errorOf(probe.reset())).toMatchObject({ kind: "rpc_timeout" });
  });

  it("covers a peer that accepts and says nothing", async () => {
    await using silent = await rawServer();
    await using probe = createClient(Probe, silent.address, client.withRPCTimeout(20));
    expect(await errorOf(probe.reset())).toMatchObject({ kind: "rpc_timeout", address: silent.address });
  });

  it("covers a resolver that never answers", async () => {
    const neverReady = {
      name: "stuck",
      target: () => "t",
      open: () => ({ current: undefined, ready: () => new Promise<never>(() => {}), close: () => {} }),
    };
    await using probe = createClient(Probe, "svc", client.withResolver(neverReady), client.withRPCTimeout(20));
    expect(await errorOf(probe.reset())).toMatchObject({ kind: "rpc_timeout", service: "svc" });
    const controller = new AbortController();
    const aborted = errorOf(probe.reset(callopt.withRPCTimeout(0), callopt.withSignal(controller.signal)));
    controller.abort();
    expect(await aborted).toMatchObject({ kind: "canceled_by_business" });
  });

  it("goes on when a resolver was waited for and then the peer says nothing", async () => {
    await using silent = await rawServer();
    const snapshot = { version: "1", instances: [{ address: silent.address, weight: 1, tags: new Map() }] };
    const late = {
      name: "late",
      target: () => "t",
      open: () => {
        const subscription = {
          current: undefined as typeof snapshot | undefined,
          ready: async () => {
            subscription.current = snapshot;
            return snapshot;
          },
          close: () => {},
        };
        return subscription;
      },
    };
    await using probe = createClient(Probe, "svc", client.withResolver(late), client.withRPCTimeout(20));
    expect(await errorOf(probe.reset())).toMatchObject({ kind: "rpc_timeout", address: silent.address });
  });

  it("ends a call that middleware no longer waits for", async () => {
    await using silent = await rawServer();
    const abandoned: Promise<RPCError>[] = [];
    const impatient = client.withMiddleware((next) => async (request, ctx) => {
      abandoned.push(errorOf(next(request, ctx)));
    });
    await using probe = createClient(Probe, silent.address, client.withRPCTimeout(20), impatient);
    await probe.reset();
    expect(await abandoned[0]).toMatchObject({ kind: "rpc_timeout", address: silent.address });
  });

  it("does not end what is quick, nor keep the process waiting for it", async () => {
    await using probe = await startProbe({}, client.withRPCTimeout(60_000));
    await probe.client.reset();
  });
});

describe("a deadline set by middleware with ctx.withTimeout", () => {
  it("ends the call", async () => {
    const gate = new Gate();
    await using probe = await startProbe(
      { reset: () => gate.pass() },
      client.withMiddleware((next) => (request, ctx) => next(request, ctx.withTimeout(20))),
    );
    expect(await errorOf(probe.client.reset())).toMatchObject({ kind: "timeout_by_business" });
    gate.open();
  });
});

describe("the connect timeout", () => {
  it("is the client's, and ends all who wait for the connection", async () => {
    await using hole = await blackHole();
    await using probe = createClient(Probe, hole.address, client.withConnectTimeout(20));
    const errors = await Promise.all([errorOf(probe.reset()), errorOf(probe.find("x")), errorOf(probe.now())]);
    for (const error of errors) expect(error).toMatchObject({ kind: "get_connection", code: "connect_timeout" });
    expect(errors.map(({ method }) => method)).toEqual(["Reset", "Find", "Now"]);
  });
});

describe("the caller's deadline", () => {
  it("bounds the call when it is earlier, and says whose it was", async () => {
    const gate = new Gate();
    await using probe = await startProbe({ reset: () => gate.pass() }, client.withRPCTimeout(60_000));
    const ctx = background().withTimeout(20);
    const error = await errorOf(probe.client.reset(callopt.withContext(ctx)));
    expect(error).toMatchObject({ kind: "timeout_by_business" });
    expect(isTimeoutError(error)).toBe(true);
    expect(error.message).toContain("the caller's context allowed");
    gate.open();
  });

  it("does not matter when the RPC timeout is earlier", async () => {
    const gate = new Gate();
    await using probe = await startProbe({ reset: () => gate.pass() }, client.withRPCTimeout(20));
    const error = await errorOf(probe.client.reset(callopt.withContext(background().withTimeout(60_000))));
    expect(error.kind).toBe("rpc_timeout");
    gate.open();
  });

  it("that has passed already ends the call before it is sent", async () => {
    let calls = 0;
    await using probe = await startProbe({
      reset: async () => {
        calls++;
      },
    });
    await probe.client.find("connected");
    const error = await errorOf(probe.client.reset(callopt.withContext(background().withTimeout(0))));
    expect(error.kind).toBe("timeout_by_business");
    await probe.client.find("after");
    expect(calls).toBe(0);
  });
});

describe("ctx.signal on the server", () => {
  const signalOf = (): {
    readonly reason: Promise<RPCError>;
    readonly started: Promise<void>;
    handler(ctx: Context): Promise<void>;
  } => {
    const reason = deferred<RPCError>();
    const started = deferred();
    return {
      reason: reason.promise,
      started: started.promise,
      handler: async (ctx) => {
        const { signal } = ctx;
        started.resolve();
        await once(signal, "abort");
        reason.resolve(signal.reason as RPCError);
      },
    };
  };

  it("is aborted when the caller's timeout is over", async () => {
    const { reason, handler } = signalOf();
    await using probe = await startProbe({ reset: handler });
    // On a shared connection: giving up one of its own would tell the server as well.
    await probe.client.find("known");
    expect((await errorOf(probe.client.reset(callopt.withRPCTimeout(30)))).kind).toBe("rpc_timeout");
    expect(await reason).toMatchObject({ kind: "rpc_timeout", method: "Reset" });
  });

  it("is aborted when first read after that, too", async () => {
    const reason = deferred<RPCError>();
    await using probe = await startProbe({
      reset: async (ctx) => {
        await eventually(() => ctx.remainingMs === 0);
        const { signal } = ctx;
        if (!signal.aborted) await once(signal, "abort");
        reason.resolve(signal.reason as RPCError);
      },
    });
    await probe.client.find("known");
    // The handler ends as soon as its own clock says so, which may be before the caller's does.
    await Promise.allSettled([probe.client.reset(callopt.withRPCTimeout(5))]);
    expect(await reason.promise).toMatchObject({ kind: "rpc_timeout" });
  });

  it("is aborted when the caller gives up a connection of its own", async () => {
    const { reason, started, handler } = signalOf();
    await using probe = await startProbe({ reset: handler }, client.withLongConnection());
    const controller = new AbortController();
    const call = errorOf(probe.client.reset(callopt.withSignal(controller.signal)));
    await started;
    controller.abort();
    await call;
    expect(await reason).toMatchObject({ kind: "canceled_by_business" });
  });

  for (const [how, flags] of [
    ["that takes one answer at a time resets", 0],
    ["that takes answers in any order resets", 1],
    ["that takes answers in any order closes", 1],
  ] as const) {
    it(`is aborted when a peer ${how} its connection`, async () => {
      const { reason, started, handler } = signalOf();
      await using probe = await startProbe({ reset: handler });
      using peer = await RawClient.connect(probe.address);
      peer.send(ttheader(noHeader, resetCall, { flags }));
      await started;
      if (how.endsWith("closes")) peer.socket.end();
      else peer.socket.resetAndDestroy();
      expect(await reason).toMatchObject({
        kind: "canceled_by_business",
        message: expect.stringMatching(/the caller at 127\.0\.0\.1:\d+ has gone/) as string,
      });
    });
  }

  it("is aborted when the server cuts the call off at its end", async () => {
    const { reason, started, handler } = signalOf();
    const probe = await startProbe({ reset: handler }, server.withExitWaitTime(10));
    const call = errorOf(probe.client.reset());
    await started;
    await probe.close();
    expect((await call).kind).toBe("remote_or_network");
    expect((await reason).kind).toBe("canceled_by_business");
  });

  it("is never aborted by a call that ends well", async () => {
    let signal: AbortSignal | undefined;
    await using probe = await startProbe({
      reset: async (ctx) => {
        signal = ctx.signal;
      },
    });
    await probe.client.reset();
    await probe.client.find("after");
    expect(signal?.aborted).toBe(false);
  });
});
