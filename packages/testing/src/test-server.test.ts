import { callopt, createClient, withClientBasicInfo, withRPCTimeout } from "@kitex-ts/client";
import type { Context } from "@kitex-ts/core";
import { withExitWaitTime, withMiddleware, withServiceAddr } from "@kitex-ts/server";
import { describe, expect, it } from "vitest";
import { GreetService } from "../test/kitex_gen/greet.ts";
import { startTestServer } from "./test-server.ts";

const handler: GreetService = {
  sayHello: async (request, ctx) => ({ message: `${request.message} from ${ctx.rpcInfo.from.serviceName}` }),
  add: async (a, b) => a + b,
  reset: () => new Promise<void>(() => {}),
  note: async () => {},
};

describe("startTestServer()", () => {
  it("serves over a socket, with options for both ends", async () => {
    const seen: Context[] = [];
    await using greeter = await startTestServer(
      GreetService,
      handler,
      withClientBasicInfo({ serviceName: "caller" }),
      withMiddleware((next) => (request, ctx) => {
        seen.push(ctx);
        return next(request, ctx);
      }),
      false,
      withRPCTimeout(3000),
    );
    expect(await greeter.client.sayHello({ message: "hi" })).toEqual({ message: "hi from caller", served: 0n });
    expect(greeter.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(seen[0]?.rpcInfo.config.rpcTimeoutMs).toBe(3000);
    await using other = createClient(GreetService, greeter.address);
    expect(await other.add(1, 2)).toBe(3);
  });

  it("ends calls whose handler never answers when it is closed, and closes twice", async () => {
    const greeter = await startTestServer(GreetService, handler, withExitWaitTime(10));
    const hanging = expect(greeter.client.reset()).rejects.toMatchObject({ kind: "remote_or_network" });
    await greeter.client.add(1, 1);
    await greeter.close();
    await greeter.close();
    await hanging;
    await expect(greeter.client.add(1, 1)).rejects.toMatchObject({ kind: "internal_exception" });
  });

  it("leaves nothing behind when an option of the client cannot be", async () => {
    const wrong = callopt.withTag("a", "b") as never;
    await expect(startTestServer(GreetService, handler, wrong)).rejects.toThrow(/call option withTag/);
    await expect(startTestServer(GreetService, handler, withServiceAddr("nowhere"))).rejects.toMatchObject({
      kind: "internal_exception",
    });
  });
});
