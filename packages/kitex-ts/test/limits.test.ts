// What bounds memory, as a user sets it: calls that wait, bytes that a peer does not read, headers. Messages and connections: hostile-peers.test.ts.
import { describe, expect, it } from "vitest";
import { background, callopt, client, createClient, metainfo, type RPCError, server } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { bytes, noHeader, RawClient, rawServer, ttheader } from "./support/peers.ts";
import { errorOf, startProbe } from "./support/probe.ts";
import { eventually, Gate } from "./support/waiting.ts";

describe("client.withLimit", () => {
  it.each([
    ["auto", []],
    ["pool", [client.withLongConnection({ maxConnectionsPerAddress: 1 })]],
  ] as const)(
    "refuses calls beyond maxPendingCalls, unsent, and takes them again afterwards (%s)",
    async (_, options) => {
      const gate = new Gate();
      await using running = await startProbe(
        { reset: () => gate.pass() },
        client.withLimit({ maxPendingCalls: 5 }),
        ...options,
      );
      await running.client.find("x");
      const calls = Array.from({ length: 12 }, () => running.client.reset());
      const results = Promise.allSettled(calls);
      await gate.entered;
      gate.open();
      const refused = (await results).flatMap((result) =>
        result.status === "rejected" ? [result.reason as RPCError] : [],
      );
      // In a pool one more is on its way, and does not wait.
      expect(refused).toHaveLength(options.length === 0 ? 7 : 6);
      for (const error of refused) {
        expect(error).toMatchObject({
          kind: "overlimit",
          code: "too_many_calls",
          requestWritten: false,
          method: "Reset",
        });
      }
      expect(await running.client.find("x")).toBe("found x");
    },
  );

  it("refuses calls when a peer does not read what waits for it already", async () => {
    await using deaf = await rawServer((socket) => void socket.pause());
    await using probe = createClient(
      Probe,
      deaf.address,
      client.withMuxConnection(),
      client.withLimit({ maxPendingBytes: 1 << 20 }),
      client.withRPCTimeout(3000),
    );
    let refused: RPCError | undefined;
    const text = "x".repeat(200_000);
    const calls: Promise<unknown>[] = [];
    while (refused === undefined && calls.length < 500) {
      calls.push(
        probe.echo({ text }).catch((error: RPCError) => {
          if (error.kind === "overlimit") refused ??= error;
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(refused).toMatchObject({ code: "peer_does_not_read", requestWritten: false });
    for (const socket of deaf.sockets) socket.destroy();
    await Promise.all(calls);
  });

  it("bounds the header of answers", async () => {
    await using running = await startProbe(
      {
        find: async (name, ctx) => {
          metainfo.sendBackwardValue(ctx, "big", "x".repeat(name === "big" ? 5000 : 5));
          return name;
        },
      },
      client.withLimit({ maxHeaderBytes: 1000 }),
    );
    const ctx = metainfo.withBackwardValues(background());
    const error = await errorOf(running.client.find("big", callopt.withContext(ctx)));
    expect(error).toMatchObject({ code: "malformed_header", requestWritten: true });
    expect(error.message).toMatch(/the limit is 1000/);
    expect(await running.client.find("small", callopt.withContext(ctx))).toBe("small");
  });

  it("refuses what is no limit", () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, Infinity, "5" as never]) {
      expect(() => client.withLimit({ maxPendingCalls: wrong })).toThrow(/maxPendingCalls must be an integer from 1/);
    }
    expect(() => client.withLimit({ maxCalls: 1 } as never)).toThrow(/there is no limit maxCalls; there are/);
  });
});

describe("server.withLimit", () => {
  it("closes a connection whose peer asks for more than it reads", async () => {
    const reports: RPCError[] = [];
    const note = (fields: Readonly<Record<string, unknown>>): void => void reports.push(fields["error"] as RPCError);
    await using running = await startProbe(
      { find: async () => "x".repeat(1_000_000) },
      server.withLimit({ maxPendingBytes: 1 << 20 }),
      server.withLogger({ warn: note, error: note }),
    );
    using greedy = await RawClient.connect(running.address);
    greedy.socket.pause();
    // Find("a"), answers in any order.
    const request = ttheader(noHeader, bytes("80010001 00000004 46696e64 00000007 0b0001 00000001 61 00"), {
      flags: 1,
    });
    for (let index = 0; index < 100; index++) greedy.send(request);
    await eventually(() => reports.length > 0);
    expect(reports[0]).toMatchObject({ kind: "overlimit", code: "peer_does_not_read" });
    greedy.socket.resume();
    await greedy.closed;
    expect(await running.client.now()).toBe(0n);
  });

  it("bounds the header of requests", async () => {
    await using running = await startProbe({}, server.withLimit({ maxHeaderBytes: 1000 }));
    const big = metainfo.withValue(background(), "big", "x".repeat(5000));
    expect((await errorOf(running.client.find("x", callopt.withContext(big)))).message).toMatch(/the limit is 1000/);
    expect(await running.client.find("x")).toBe("found x");
  });
});
