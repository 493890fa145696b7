import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { callopt, client, createClient, type Middleware, type RPCInfo } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { blackHole, closedAddress } from "./support/peers.ts";
import { errorOf, startProbe } from "./support/probe.ts";
import { eventually, Gate } from "./support/waiting.ts";

const watching = (): { readonly infos: RPCInfo[]; readonly option: client.ClientOption } => {
  const infos: RPCInfo[] = [];
  const watch: Middleware = (next) => (request, ctx) => {
    infos.push(ctx.rpcInfo);
    return next(request, ctx);
  };
  return { infos, option: client.withMiddleware(watch) };
};

describe("callopt.withTag", () => {
  it("shows in rpcInfo.to, beside and over the client's tags, for one call only", async () => {
    const { infos, option } = watching();
    await using probe = await startProbe({}, option, client.withTag("stage", "prod"), client.withTag("zone", "a"));
    await probe.client.reset(callopt.withTag("stage", "canary"), callopt.withTag("user", "7"));
    await probe.client.reset();
    expect(infos.map(({ to }) => [to.tag("stage"), to.tag("zone"), to.tag("user")])).toEqual([
      ["canary", "a", "7"],
      ["prod", "a", undefined],
    ]);
  });

  it("may be kept and used by calls that run at the same time", async () => {
    const { infos, option } = watching();
    await using probe = await startProbe({}, option);
    const canary = callopt.withTag("stage", "canary");
    await Promise.all([
      probe.client.reset(canary, callopt.withTag("n", "1")),
      probe.client.reset(canary, callopt.withTag("n", "2")),
    ]);
    expect(infos.map(({ to }) => [to.tag("stage"), to.tag("n")])).toEqual([
      ["canary", "1"],
      ["canary", "2"],
    ]);
  });
});

describe("callopt.withHostPort", () => {
  it("goes to that address, past discovery", async () => {
    await using one = await startProbe({ find: async () => "one" });
    await using two = await startProbe({ find: async () => "two" });
    expect(await one.client.find("x", callopt.withHostPort(two.address))).toBe("two");
    expect(await one.client.find("x")).toBe("one");
  });

  it("is known to middleware of instances", async () => {
    await using probe = await startProbe();
    const addresses: (string | undefined)[] = [];
    await using elsewhere = createClient(
      Probe,
      await closedAddress(),
      client.withInstanceMiddleware((next) => (request, ctx) => {
        addresses.push(ctx.rpcInfo.to.address);
        return next(request, ctx);
      }),
    );
    await elsewhere.reset(callopt.withHostPort(probe.address));
    expect(addresses).toEqual([probe.address]);
  });

  it("says what an address looks like, and keeps nothing of the call", async () => {
    await using probe = await startProbe();
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count++) {
      const call = probe.client.reset(callopt.withHostPort("greet"), callopt.withSignal(signal));
      await expect(call).rejects.toMatchObject({
        kind: "service_discovery",
        message: expect.stringContaining('"greet" is no address; write host:port or unix:/path') as string,
      });
    }
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

describe("callopt.withRPCTimeout", () => {
  it("beats the client's, both ways; 0 lifts it", async () => {
    const gate = new Gate();
    await using probe = await startProbe(
      { reset: () => gate.pass(), find: async (_name, ctx) => String(ctx.rpcInfo.config.rpcTimeoutMs) },
      client.withRPCTimeout(60_000),
    );
    expect(await probe.client.find("x")).toBe("60000");
    expect(await probe.client.find("x", callopt.withRPCTimeout(30_000))).toBe("30000");
    expect(await probe.client.find("x", callopt.withRPCTimeout(0))).toBe("0");
    const error = await errorOf(probe.client.reset(callopt.withRPCTimeout(10)));
    expect(error).toMatchObject({ kind: "rpc_timeout", method: "Reset", service: probe.address });
    expect(error.message).toContain("timeout=10ms");
    expect(error.message).toContain(`remote=${probe.address}`);
  });

  it("is what rpcInfo.config says", async () => {
    const { infos, option } = watching();
    await using probe = await startProbe({}, option, client.withRPCTimeout(9000));
    await probe.client.reset(callopt.withRPCTimeout(8000));
    await probe.client.reset();
    expect(infos.map(({ config }) => config.rpcTimeoutMs)).toEqual([8000, 9000]);
  });
});

describe("callopt.withConnectTimeout", () => {
  it("beats the client's", async () => {
    await using hole = await blackHole();
    await using probe = createClient(Probe, hole.address, client.withConnectTimeout(60_000));
    const error = await errorOf(probe.reset(callopt.withConnectTimeout(20)));
    expect(error).toMatchObject({
      kind: "get_connection",
      code: "connect_timeout",
      requestWritten: false,
      address: hole.address,
    });
    expect(error.message).toContain("took longer than 20 ms");
  });
});

describe("callopt.withSignal", () => {
  it("aborted before the call: nothing is sent", async () => {
    let calls = 0;
    await using probe = await startProbe({
      reset: async () => {
        calls++;
      },
    });
    const reason = new Error("the user left");
    const error = await errorOf(probe.client.reset(callopt.withSignal(AbortSignal.abort(reason))));
    expect(error).toMatchObject({ kind: "canceled_by_business", method: "Reset" });
    expect(error.cause).toBe(reason);
    await probe.client.find("another");
    expect(calls).toBe(0);
  });

  it("aborted during the call: it ends at once, the connection and its neighbours go on", async () => {
    const gate = new Gate();
    const peers = new Set<string | undefined>();
    await using probe = await startProbe({
      reset: () => gate.pass(),
      find: async (name, ctx) => {
        peers.add(ctx.rpcInfo.from.address);
        return name;
      },
    });
    await probe.client.find("the connection is known to be shared");
    const controller = new AbortController();
    const given = errorOf(probe.client.reset(callopt.withSignal(controller.signal)));
    const neighbour = probe.client.reset();
    await eventually(() => gate.count === 2);
    controller.abort();
    expect((await given).kind).toBe("canceled_by_business");
    expect(await probe.client.find("after")).toBe("after");
    gate.open();
    await neighbour;
    expect(peers.size).toBe(1);
  });

  it("aborted while connecting: the call ends", async () => {
    await using hole = await blackHole();
    await using probe = createClient(Probe, hole.address, client.withConnectTimeout(50));
    const controller = new AbortController();
    const call = errorOf(probe.reset(callopt.withSignal(controller.signal)));
    setImmediate(() => controller.abort());
    expect((await call).kind).toBe("canceled_by_business");
  });

  it("of a whole program costs it one listener, and ends all calls that have it", async () => {
    const gate = new Gate();
    await using probe = await startProbe({ reset: () => gate.pass() });
    const controller = new AbortController();
    const { signal } = controller;
    const calls = Array.from({ length: 50 }, () => errorOf(probe.client.reset(callopt.withSignal(signal))));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    controller.abort();
    for (const { kind } of await Promise.all(calls)) expect(kind).toBe("canceled_by_business");
    gate.open();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("is not listened to after the call, however that ended", async () => {
    await using probe = await startProbe({
      find: async () => {
        throw new Error("no");
      },
    });
    const { signal } = new AbortController();
    await probe.client.reset(callopt.withSignal(signal));
    await errorOf(probe.client.find("x", callopt.withSignal(signal)));
    await errorOf(probe.client.echo({ text: 5 as never }, callopt.withSignal(signal)));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
