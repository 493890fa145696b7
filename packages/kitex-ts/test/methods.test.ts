import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { client, createClient, createServer, server, TransportProtocol } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { connectionUses, errorOf, probeHandler, quiet, startProbe } from "./support/probe.ts";
import { deferred, eventually } from "./support/waiting.ts";

for (const protocol of Object.values(TransportProtocol)) {
  for (const [use, options] of Object.entries(connectionUses)) {
    describe(`${protocol}, connections ${use}`, () => {
      const start = (own: Partial<Probe> = {}) =>
        startProbe(own, client.withTransportProtocol(protocol), client.withRPCTimeout(60_000), ...options);

      it("carries one argument, several, and none", async () => {
        let resets = 0;
        await using probe = await start({
          now: async () => 2n ** 62n,
          reset: async () => {
            resets++;
          },
        });
        const payload = Uint8Array.from({ length: 256 }, (_, index) => index);
        expect(await probe.client.echo({ text: "größe 漢字 😀", payload })).toEqual({ text: "größe 漢字 😀", payload });
        expect(await probe.client.find("")).toBe("found ");
        expect(await probe.client.join("left", -(2 ** 31), false)).toBe(`left/${-(2 ** 31)}/false`);
        expect(await probe.client.now()).toBe(2n ** 62n);
        expect(await probe.client.reset()).toBeUndefined();
        expect(resets).toBe(1);
      });

      it("carries many at a time, each to its caller", async () => {
        await using probe = await start({
          find: async (name) => {
            // Answers leave in another order than requests came.
            if (Number(name) % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
            return name;
          },
        });
        const names = Array.from({ length: 60 }, (_, index) => String(index));
        expect(await Promise.all(names.map((name) => probe.client.find(name)))).toEqual(names);
        expect(await Promise.all(names.map((name) => probe.client.find(name)))).toEqual(names);
      });

      it("carries what does not fit into one packet", async () => {
        await using probe = await start();
        const payload = Buffer.alloc(3 * 1024 * 1024, "abc");
        const [first, second] = await Promise.all([
          probe.client.echo({ text: "big", payload }),
          probe.client.echo({ text: "small" }),
        ]);
        expect(Buffer.compare(first.payload as Uint8Array, payload)).toBe(0);
        expect(second).toEqual({ text: "small" });
      });

      it("sends oneway calls and waits for none of them", async () => {
        const noted: string[] = [];
        const never = deferred();
        await using probe = await start({
          note: async (text) => {
            noted.push(text);
            if (text === "fail") throw new Error("nobody hears this");
            // Behind an answer in order, a oneway call that never ends would hold up the rest.
            if (text === "last") await never.promise;
          },
        });
        expect(await probe.client.note("a")).toBeUndefined();
        await probe.client.note("fail");
        expect(await probe.client.find("between")).toBe("found between");
        await probe.client.note("last");
        await eventually(() => noted.length === 3);
        expect(noted.toSorted()).toEqual(["a", "fail", "last"]);
        never.resolve();
      });
    });
  }
}

describe("a unix socket", () => {
  for (const protocol of Object.values(TransportProtocol)) {
    it(`carries ${protocol}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "kitex-ts-"));
      const address = `unix:${join(folder, "probe.sock")}`;
      try {
        const seen: (string | undefined)[] = [];
        await using probe = await startProbe(
          {},
          server.withServiceAddr(address),
          client.withTransportProtocol(protocol),
          client.withInstanceMiddleware((next) => (request, ctx) => {
            seen.push(ctx.rpcInfo.to.address);
            return next(request, ctx);
          }),
        );
        expect(probe.address).toBe(address);
        expect(await probe.client.find("x")).toBe("found x");
        expect(seen).toEqual([address]);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  it("that is not there is named in the error", async () => {
    const address = `unix:${join(tmpdir(), "kitex-ts-no-such.sock")}`;
    await using probe = createClient(Probe, address);
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({ kind: "get_connection", address, requestWritten: false });
    expect(error.message).toContain("there is no socket");
  });

  it("left behind by a dead process is taken over; one in use is not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kitex-ts-"));
    const address = `unix:${join(folder, "probe.sock")}`;
    const make = () => createServer(server.withServiceAddr(address), quiet).registerService(Probe, probeHandler());
    try {
      await using first = make();
      await first.start();
      await using second = make();
      await expect(second.start()).rejects.toMatchObject({
        kind: "internal_exception",
        message: expect.stringContaining("the address is in use") as string,
      });
      await first.stop();
      await using third = make();
      expect(await third.start()).toBe(address);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("one server", () => {
  it("serves all protocols on one port, at the same time", async () => {
    await using probe = await startProbe({ find: async (_name, ctx) => ctx.rpcInfo.config.transportProtocol });
    const protocols = Object.values(TransportProtocol);
    const clients = protocols.map((protocol) =>
      createClient(Probe, probe.address, client.withTransportProtocol(protocol)),
    );
    for (let round = 0; round < 3; round++) {
      expect(await Promise.all(clients.map((each) => each.find("x")))).toEqual(protocols);
    }
    await Promise.all(clients.map((each) => each[Symbol.asyncDispose]()));
  });
});
