import { createMockClient } from "@kitex-ts/testing";
import { describe, expect, it } from "vitest";
import { background, chain, client, createContextKey, type Middleware, metainfo, server } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { errorOf, startProbe } from "./support/probe.ts";

describe("middleware", () => {
  it("runs in the order it was added: per attempt, per instance, on the server, and back", async () => {
    const steps: string[] = [];
    const step =
      (name: string): Middleware =>
      (next) =>
      async (request, ctx) => {
        steps.push(`> ${name}`);
        const response = await next(request, ctx);
        steps.push(`< ${name}`);
        return response;
      };
    await using probe = await startProbe(
      {
        reset: async () => void steps.push("handler"),
      },
      client.withInstanceMiddleware(step("instance 1")),
      client.withMiddleware(step("client 1")),
      client.withMiddleware(step("client 2")),
      client.withInstanceMiddleware(step("instance 2")),
      server.withMiddleware(step("server 1")),
      server.withMiddleware(step("server 2")),
    );
    await probe.client.reset();
    const inward = ["client 1", "client 2", "instance 1", "instance 2", "server 1", "server 2"];
    expect(steps).toEqual([
      ...inward.map((name) => `> ${name}`),
      "handler",
      ...inward.toReversed().map((name) => `< ${name}`),
    ]);
  });

  it("is composed by chain(), the first being the outermost", async () => {
    const steps: string[] = [];
    const step =
      (name: string): Middleware =>
      (next) =>
      (request, ctx) => {
        steps.push(name);
        return next(request, ctx);
      };
    await using probe = await startProbe({}, client.withMiddleware(chain(step("a"), step("b"), step("c"))));
    await probe.client.reset();
    expect(steps).toEqual(["a", "b", "c"]);
  });

  it("knows the instance only when it is chosen", async () => {
    const seen: (string | undefined)[] = [];
    const look: Middleware = (next) => (request, ctx) => {
      seen.push(ctx.rpcInfo.to.address);
      return next(request, ctx);
    };
    await using probe = await startProbe({}, client.withMiddleware(look), client.withInstanceMiddleware(look));
    await probe.client.reset();
    expect(seen).toEqual([undefined, probe.address]);
  });

  it("sends metainfo that it sets in a derived context, and sees what came back", async () => {
    let returned: string | undefined;
    const stamp: Middleware = (next) => async (request, ctx) => {
      const stamped = metainfo.withBackwardValues(
        metainfo.withPersistentValue(metainfo.withValue(ctx, "user", "ann"), "trace", "t1"),
      );
      const response = await next(request, stamped);
      returned = metainfo.recvBackwardValue(stamped, "cost");
      return response;
    };
    await using probe = await startProbe(
      {
        find: async (_name, ctx) => {
          metainfo.sendBackwardValue(ctx, "cost", "3");
          return `${metainfo.getValue(ctx, "user")} ${metainfo.getPersistentValue(ctx, "trace")}`;
        },
      },
      client.withMiddleware(stamp),
    );
    expect(await probe.client.find("x")).toBe("ann t1");
    expect(returned).toBe("3");
  });

  it("of an instance may derive too", async () => {
    await using probe = await startProbe(
      { find: async (_name, ctx) => metainfo.getValue(ctx, "shard") ?? "none" },
      client.withInstanceMiddleware((next) => (request, ctx) => next(request, metainfo.withValue(ctx, "shard", "7"))),
    );
    expect(await probe.client.find("x")).toBe("7");
  });

  it("on the server hands values and metainfo on to the handler", async () => {
    const user = createContextKey("nobody");
    await using probe = await startProbe(
      { find: async (_name, ctx) => `${ctx.value(user)} ${metainfo.getPersistentValue(ctx, "from")}` },
      server.withMiddleware(
        (next) => (request, ctx) =>
          next(request, metainfo.withPersistentValue(ctx.withValue(user, "ann"), "from", "middleware")),
      ),
    );
    expect(await probe.client.find("x")).toBe("ann middleware");
  });

  it("on both sides sees requests as the method declares them: one value, named values, none", async () => {
    const seen: unknown[] = [];
    const look: Middleware = (next) => (request, ctx) => {
      seen.push(request);
      return next(request, ctx);
    };
    await using probe = await startProbe({}, client.withMiddleware(look), server.withMiddleware(look));
    await probe.client.find("x");
    await probe.client.join("a", 1, true);
    await probe.client.now();
    expect(seen).toEqual([
      "x",
      "x",
      { left: "a", middle: 1, right: true },
      { left: "a", middle: 1, right: true },
      undefined,
      undefined,
    ]);
  });

  it("may answer itself, change the answer, or refuse", async () => {
    const handled: string[] = [];
    await using probe = await startProbe(
      {
        find: async (name) => {
          handled.push(name);
          return name;
        },
      },
      client.withMiddleware((next) => async (request, ctx) => {
        if (request === "cached") return "from the cache";
        if (request === "bad") throw new RangeError("not that");
        return `${String(await next(request, ctx))}!`;
      }),
    );
    expect(await probe.client.find("cached")).toBe("from the cache");
    expect(await probe.client.find("x")).toBe("x!");
    await expect(probe.client.find("bad")).rejects.toThrow(RangeError);
    expect(handled).toEqual(["x"]);
  });

  it("that throws at once rejects the call and nothing else", async () => {
    await using probe = await startProbe(
      {},
      client.withMiddleware(() => () => {
        throw new RangeError("thrown, not rejected");
      }),
    );
    const call = probe.client.reset();
    await expect(call).rejects.toThrow("thrown, not rejected");
  });

  it("that calls next() with a foreign context is told so", async () => {
    await using probe = await startProbe(
      {},
      client.withMiddleware((next) => (request) => next(request, background())),
    );
    const error = await errorOf(probe.client.reset());
    expect(error).toMatchObject({ kind: "internal_exception" });
    expect(error.message).toContain("pass on ctx or one derived from it");
  });

  it("may call next() again", async () => {
    let tries = 0;
    await using probe = await startProbe(
      {
        find: async (name) => {
          tries++;
          if (tries < 3) throw new Error("not yet");
          return name;
        },
      },
      client.withMiddleware((next) => async (request, ctx) => {
        for (;;) {
          try {
            return await next(request, ctx);
          } catch (error) {
            if (tries >= 3) throw error;
          }
        }
      }),
    );
    expect(await probe.client.find("x")).toBe("x");
    expect(tries).toBe(3);
  });

  it("is bounded by the RPC timeout even when it never answers", async () => {
    const probe = createMockClient(
      Probe,
      {},
      client.withRPCTimeout(5),
      client.withMiddleware(() => () => new Promise(() => {})),
    );
    await expect(probe.reset()).rejects.toMatchObject({ kind: "rpc_timeout" });
  });
});
