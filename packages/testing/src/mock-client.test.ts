import { callopt, closeClient, createClient, diagnosis, withMiddleware, withTag } from "@kitex-ts/client";
import { ApplicationException, BizStatusError, background, metainfo, RPCError } from "@kitex-ts/core";
import { describe, expect, it } from "vitest";
import { GreetService, HelloRequest, NotFound } from "../test/kitex_gen/greet.ts";
import { createMockClient, mockCalls } from "./mock-client.ts";

describe("createMockClient()", () => {
  it("answers as the methods say, with everything a codec would fill in", async () => {
    const greet = createMockClient(GreetService, {
      sayHello: async (request) => ({ message: `Hello ${request.message} x${request.times}`, served: 7 }),
      add: async (a, b) => a + b,
      reset: async () => {},
      note: async () => {},
    });
    expect(await greet.sayHello({ message: "mesh" })).toEqual({ message: "Hello mesh x1", served: 7n });
    expect(await greet.add(2, 3)).toBe(5);
    expect(await greet.reset()).toBeUndefined();
    expect(await greet.note("n")).toBeUndefined();
    expect(mockCalls(greet).map(({ method, request }) => [method, request])).toEqual([
      ["sayHello", HelloRequest.create({ message: "mesh" })],
      ["add", { a: 2, b: 3 }],
      ["reset", undefined],
      ["note", "n"],
    ]);
  });

  it("says which method is missing", async () => {
    const greet = createMockClient(GreetService);
    await expect(greet.add(1, 2)).rejects.toMatchObject({
      kind: "internal_exception",
      message: expect.stringContaining("createMockClient(GreetService, { add: … })") as string,
    });
    expect(mockCalls(greet)).toHaveLength(1);
  });

  it("refuses a method that the service does not have", () => {
    const wrong = { sayHallo: async () => ({}) } as object;
    expect(() => createMockClient(GreetService, wrong)).toThrow(
      /no method sayHallo; it has sayHello, add, reset, note/,
    );
  });

  it("refuses values that could not be sent", async () => {
    const greet = createMockClient(GreetService, { sayHello: async () => ({ message: 5 as unknown as string }) });
    await expect(greet.sayHello({ message: 5 as unknown as string })).rejects.toMatchObject({
      kind: "payload_validation",
      message: expect.stringContaining("HelloRequest.message: expected string") as string,
    });
    await expect(greet.sayHello({})).rejects.toMatchObject({ kind: "payload_validation" });
  });

  it("fails as a server's handler would", async () => {
    const errors: unknown[] = [
      new NotFound({ message: "nobody" }),
      new BizStatusError(404, "no such user"),
      new RPCError("rpc_timeout", "acted out"),
      new Error("broken"),
      "a string",
    ];
    const greet = createMockClient(GreetService, {
      sayHello: async () => {
        throw errors.shift();
      },
    });
    await expect(greet.sayHello({})).rejects.toSatisfy(
      (error: unknown) => error instanceof NotFound && error.message === "nobody",
    );
    await expect(greet.sayHello({})).rejects.toMatchObject({ kind: "biz", code: 404 });
    await expect(greet.sayHello({})).rejects.toMatchObject({ kind: "rpc_timeout" });
    await expect(greet.sayHello({})).rejects.toSatisfy(
      (error: unknown) => error instanceof ApplicationException && error.remoteMessage === "biz error: broken",
    );
    await expect(greet.sayHello({})).rejects.toMatchObject({ typeId: 6, remoteMessage: "biz error: a string" });
  });

  it("takes a class with state for its methods", async () => {
    class Counter {
      #count = 0;
      readonly add = async (a: number): Promise<number> => {
        this.#count += a;
        return this.#count;
      };
    }
    const greet = createMockClient(GreetService, new Counter());
    await greet.add(2, 0);
    expect(await greet.add(3, 0)).toBe(5);
  });

  it("applies options as a real client does", async () => {
    const seen: string[] = [];
    const greet = createMockClient(
      GreetService,
      { sayHello: async (_request, ctx) => ({ message: metainfo.getValue(ctx, "user") ?? "" }) },
      withTag("stage", "prod"),
      withMiddleware((next) => (request, ctx) => {
        seen.push(ctx.rpcInfo.invocation.methodName);
        return next(request, metainfo.withValue(ctx, "user", "ann"));
      }),
    );
    const parent = metainfo.withPersistentValue(background(), "trace", "t1");
    const reply = await greet.sayHello({}, callopt.withContext(parent), callopt.withRPCTimeout(700));
    expect(seen).toEqual(["SayHello"]);
    expect(reply.message).toBe("ann");
    const [call] = mockCalls(greet);
    expect(call?.ctx.rpcInfo.to.tag("stage")).toBe("prod");
    expect(call?.ctx.rpcInfo.config.rpcTimeoutMs).toBe(700);
    expect(call && metainfo.getPersistentValue(call.ctx, "trace")).toBe("t1");
  });

  it("ends calls by timeout and signal", async () => {
    const greet = createMockClient(GreetService, { sayHello: () => new Promise(() => {}) });
    await expect(greet.sayHello({}, callopt.withRPCTimeout(1))).rejects.toMatchObject({ kind: "rpc_timeout" });
    await expect(greet.sayHello({}, callopt.withSignal(AbortSignal.abort()))).rejects.toMatchObject({
      kind: "canceled_by_business",
    });
  });

  it("closes, and shows its options, as a real client does", async () => {
    const greet = createMockClient(GreetService, { add: async () => 1 });
    expect(diagnosis(greet).resolver).toBe("mock");
    await closeClient(greet);
    await expect(greet.add(1, 1)).rejects.toMatchObject({ kind: "internal_exception" });
  });

  it("knows its own only", () => {
    expect(() => mockCalls(createClient(GreetService, "127.0.0.1:1"))).toThrow(TypeError);
  });
});
