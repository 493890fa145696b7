import { once } from "node:events";
import type { TestServer } from "@kitex-ts/testing";
import { describe, expect, it } from "vitest";
import { background, type Context, callopt, client, createContextKey, metainfo, type RPCError } from "../src/index.ts";
import type { Probe, ProbeClient } from "./kitex_gen/probe/probe.ts";
import { errorOf, startProbe } from "./support/probe.ts";
import { deferred } from "./support/waiting.ts";

/** front → middle → back: two hops, each a server of its own. */
const startChain = async (
  back: Partial<Probe>,
  middle: (back: ProbeClient) => Partial<Probe>,
): Promise<AsyncDisposable & { readonly front: ProbeClient; readonly middle: TestServer<ProbeClient> }> => {
  const last = await startProbe(back, client.withClientBasicInfo({ serviceName: "middle" }));
  const first = await startProbe(middle(last.client), client.withClientBasicInfo({ serviceName: "front" }));
  return {
    front: first.client,
    middle: first,
    [Symbol.asyncDispose]: async () => {
      await first.close();
      await last.close();
    },
  };
};

const observed = (ctx: Context): string =>
  JSON.stringify({
    transient: Object.fromEntries(metainfo.getAllValues(ctx)),
    persistent: Object.fromEntries(metainfo.getAllPersistentValues(ctx)),
  });

describe("callopt.withContext", () => {
  it("carries persistent values over two hops, transient ones over one", async () => {
    const find = async (_name: string, ctx: Context): Promise<string> => observed(ctx);
    await using services = await startChain({ find }, (back) => ({
      find: async (name, ctx) => `${observed(ctx)} ${await back.find(name, callopt.withContext(ctx))}`,
    }));
    let ctx = metainfo.withPersistentValue(background(), "trace", "t1");
    ctx = metainfo.withValue(ctx, "user", "ann");
    const [atMiddle, atBack] = (await services.front.find("x", callopt.withContext(ctx))).split(" ") as [
      string,
      string,
    ];
    expect(JSON.parse(atMiddle)).toEqual({ transient: { user: "ann" }, persistent: { trace: "t1" } });
    expect(JSON.parse(atBack)).toEqual({ transient: {}, persistent: { trace: "t1" } });
  });

  it.each(["TTHeader", "TTHeaderFramed"] as const)(
    "carries the ACL token to the next one, and no further (%s)",
    async (protocol) => {
      const find = async (_name: string, ctx: Context): Promise<string> =>
        metainfo.getValue(ctx, "gdpr-token") ?? "none";
      await using last = await startProbe({ find }, client.withTransportProtocol(protocol));
      await using first = await startProbe(
        {
          find: async (name, ctx) =>
            `${await find(name, ctx)} ${await last.client.find(name, callopt.withContext(ctx))}`,
        },
        client.withTransportProtocol(protocol),
      );
      const ctx = metainfo.withValue(background(), "gdpr-token", "secret");
      expect(await first.client.find("x", callopt.withContext(ctx))).toBe("secret none");
    },
  );

  it("carries what the middle one adds, under any name and value", async () => {
    const find = async (_name: string, ctx: Context): Promise<string> => observed(ctx);
    await using services = await startChain({ find }, (back) => ({
      find: (name, ctx) =>
        back.find(
          name,
          callopt.withContext(
            metainfo.withPersistentValue(metainfo.withValue(ctx, "user", "bob"), "Snow_☃-Key", "größe 漢字"),
          ),
        ),
    }));
    const ctx = metainfo.withValue(background(), "user", "ann");
    expect(JSON.parse(await services.front.find("x", callopt.withContext(ctx)))).toEqual({
      transient: { user: "bob" },
      persistent: { "Snow_☃-Key": "größe 漢字" },
    });
  });

  it("keeps nothing of one call for the next on the same connection", async () => {
    await using probe = await startProbe({ find: async (_name, ctx) => observed(ctx) });
    const ctx = metainfo.withValue(background(), "user", "ann");
    const nothing = { transient: {}, persistent: {} };
    expect(JSON.parse(await probe.client.find("x"))).toEqual(nothing);
    expect(JSON.parse(await probe.client.find("x", callopt.withContext(ctx)))).toMatchObject({
      transient: { user: "ann" },
    });
    expect(JSON.parse(await probe.client.find("x"))).toEqual(nothing);
  });

  it("brings backward values to the caller that asks for them, and to nobody else", async () => {
    await using services = await startChain(
      {
        find: async (name, ctx) => {
          expect(metainfo.sendBackwardValue(ctx, "cost", "3")).toBe(true);
          return name;
        },
      },
      (back) => ({
        find: async (name, ctx) => {
          const asking = metainfo.withBackwardValues(ctx);
          await back.find(name, callopt.withContext(asking));
          metainfo.sendBackwardValue(ctx, "total", `${metainfo.recvBackwardValue(asking, "cost")}+1`);
          return name;
        },
        reset: async (ctx) => void (await back.find("x", callopt.withContext(ctx))),
      }),
    );
    const asking = metainfo.withBackwardValues(background());
    await services.front.find("x", callopt.withContext(asking));
    expect(Object.fromEntries(metainfo.recvAllBackwardValues(asking))).toEqual({ total: "3+1" });

    const again = metainfo.withBackwardValues(background());
    await services.front.reset(callopt.withContext(again));
    expect(metainfo.recvAllBackwardValues(again).size).toBe(0);
  });

  it("lets the deadline travel: each hop has what is left", async () => {
    const remaining: number[] = [];
    const note = (ctx: Context): void => void remaining.push(ctx.remainingMs);
    await using services = await startChain(
      {
        find: async (name, ctx) => {
          note(ctx);
          return name;
        },
      },
      (back) => ({
        find: async (name, ctx) => {
          note(ctx);
          return back.find(name, callopt.withContext(ctx));
        },
      }),
    );
    await services.front.find("x", callopt.withContext(background().withTimeout(30_000)));
    const [atMiddle, atBack] = remaining as [number, number];
    expect(atMiddle).toBeLessThanOrEqual(30_000);
    expect(atMiddle).toBeGreaterThan(0);
    expect(atBack).toBeLessThanOrEqual(atMiddle + 1);
    expect(atBack).toBeGreaterThan(0);
  });

  it("lets the end of a deadline travel: the middle one stops waiting as well", async () => {
    const atMiddle = deferred<RPCError>();
    await using services = await startChain(
      { reset: async (ctx) => void (await once(ctx.signal, "abort")) },
      (back) => ({
        reset: async (ctx) => atMiddle.resolve(await errorOf(back.reset(callopt.withContext(ctx)))),
      }),
    );
    expect((await errorOf(services.front.reset(callopt.withRPCTimeout(40)))).kind).toBe("rpc_timeout");
    expect(["timeout_by_business", "canceled_by_business"]).toContain((await atMiddle.promise).kind);
  });

  it("lets cancellation travel: a caller that goes ends the calls made on its behalf", async () => {
    const atMiddle = deferred<RPCError>();
    const atBack = deferred<RPCError>();
    const started = deferred();
    await using back = await startProbe(
      {
        reset: async (ctx) => {
          started.resolve();
          await once(ctx.signal, "abort");
          atBack.resolve(ctx.signal.reason as RPCError);
        },
      },
      client.withLongConnection(),
    );
    await using middle = await startProbe(
      { reset: async (ctx) => atMiddle.resolve(await errorOf(back.client.reset(callopt.withContext(ctx)))) },
      client.withLongConnection(),
    );
    const controller = new AbortController();
    const call = errorOf(middle.client.reset(callopt.withSignal(controller.signal)));
    await started.promise;
    controller.abort();
    expect((await call).kind).toBe("canceled_by_business");
    const error = await atMiddle.promise;
    expect(error.kind).toBe("canceled_by_business");
    expect(error.cause).toMatchObject({ kind: "canceled_by_business" });
    expect((await atBack.promise).kind).toBe("canceled_by_business");
  });

  it("refuses at once when its call is over", async () => {
    let kept: Context | undefined;
    await using probe = await startProbe(
      {
        reset: async (ctx) => {
          kept = ctx;
          await once(ctx.signal, "abort");
        },
      },
      client.withLongConnection(),
    );
    await errorOf(probe.client.reset(callopt.withRPCTimeout(10)));
    const ctx = kept as Context;
    if (!ctx.signal.aborted) await once(ctx.signal, "abort");
    const error = await errorOf(probe.client.find("x", callopt.withContext(ctx)));
    expect(["canceled_by_business", "timeout_by_business"]).toContain(error.kind);
  });

  it("carries user values to client middleware, never over the wire", async () => {
    const user = createContextKey("nobody");
    const seen: string[] = [];
    await using probe = await startProbe(
      { find: async (_name, ctx) => ctx.value(user) },
      client.withMiddleware((next) => (request, ctx) => {
        seen.push(ctx.value(user));
        return next(request, ctx);
      }),
    );
    expect(await probe.client.find("x", callopt.withContext(background().withValue(user, "ann")))).toBe("nobody");
    expect(seen).toEqual(["ann"]);
  });
});

describe("rpcInfo", () => {
  it("says on both ends who calls whom", async () => {
    const seen: unknown[] = [];
    await using services = await startChain(
      {
        find: async (name, ctx) => {
          const { from, to, invocation, config } = ctx.rpcInfo;
          seen.push([from.serviceName, from.method, to.serviceName, to.method], invocation, config.transportProtocol);
          return name;
        },
      },
      (back) => ({ reset: async (ctx) => void (await back.find("x", callopt.withContext(ctx))) }),
    );
    await services.front.reset();
    expect(seen).toEqual([
      ["middle", "Reset", "Probe", "Find"],
      { packageName: "probe", serviceName: "Probe", methodName: "Find", sequenceId: expect.any(Number) as number },
      "TTHeader",
    ]);
  });

  it("has sizes and the instance once there is an answer", async () => {
    const sizes: number[] = [];
    await using probe = await startProbe(
      {},
      client.withMiddleware((next) => async (request, ctx) => {
        const response = await next(request, ctx);
        sizes.push(ctx.rpcInfo.stats.sendSize, ctx.rpcInfo.stats.recvSize);
        return response;
      }),
    );
    await probe.client.echo({ text: "x".repeat(1000) });
    expect(sizes.every((size) => size > 1000 && size < 1400)).toBe(true);
  });
});
