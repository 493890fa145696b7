// Thrift Compact between client and server, and beside Binary on one port.
import { startTestServer } from "@kitex-ts/testing";
import { compact, serviceInfo } from "@kitex-ts/thrift";
import { describe, expect, it } from "vitest";
import {
  ApplicationException,
  BizStatusError,
  client,
  createClient,
  server,
  type TransportProtocol,
} from "../src/index.ts";
import { Denied, NotFound, Probe, ProbeNext, type ProbeNextClient } from "./kitex_gen/probe/probe.ts";
import { bytes, noHeader, RawClient, ttheader } from "./support/peers.ts";
import { errorOf, probeHandler, quiet } from "./support/probe.ts";
import { eventually } from "./support/waiting.ts";

const handler = probeHandler({
  find: async (name) => {
    if (name === "nobody") throw new NotFound({ what: name });
    if (name === "secret") throw new Denied({ message: "not for you", code: -7 });
    if (name === "business") throw new BizStatusError(404, "no business");
    if (name === "broken") throw new Error("broken");
    return `found ${name}`;
  },
});

const protocols: readonly TransportProtocol[] = ["TTHeader", "TTHeaderFramed", "Framed", "PurePayload"];

describe.each(protocols)("Thrift Compact over %s", (protocol) => {
  it("carries calls, results and exceptions, with Binary beside it on the same port", async () => {
    await using running = await startTestServer(compact(Probe), handler, quiet);
    for (const service of [compact(Probe), Probe, compact(Probe)]) {
      await using probe = createClient(service, running.address, client.withTransportProtocol(protocol));
      expect(await probe.echo({ text: "hi", payload: Uint8Array.of(1) })).toEqual({
        text: "hi",
        payload: Uint8Array.of(1),
      });
      expect(await probe.join("a", -5, true)).toBe("a/-5/true");
      expect(await probe.now()).toBe(0n);
      await probe.reset();
      await probe.note("noted");
      expect(await probe.find("x")).toBe("found x");
      expect(await errorOf(probe.find("nobody"))).toMatchObject({ what: "nobody" });
      expect(await errorOf(probe.find("secret"))).toMatchObject({ message: "not for you", code: -7 });
      const broken = await errorOf(probe.find("broken"));
      expect(broken).toBeInstanceOf(ApplicationException);
      expect(broken).toMatchObject({ typeId: 6 });
      if (protocol.startsWith("TTHeader")) {
        expect(await errorOf(probe.find("business"))).toMatchObject({ kind: "biz", code: 404 });
      }
    }
  });

  it("carries many calls at a time, large and small", async () => {
    await using running = await startTestServer(compact(Probe), handler, quiet, client.withTransportProtocol(protocol));
    const texts = Array.from({ length: 60 }, (_, index) => "x".repeat(index % 10 === 0 ? 100_000 : index));
    const answers = await Promise.all(texts.map((text) => running.client.echo({ text })));
    expect(answers.map(({ text }) => text.length)).toEqual(texts.map((text) => text.length));
  });
});

describe("Thrift Compact", () => {
  it("fits messages of six bytes without a frame", async () => {
    interface Short {
      p(): Promise<void>;
    }
    const Short = serviceInfo<Short, Short>({
      serviceName: "Short",
      packageName: "",
      methods: { p: { name: "p", args: [], result: "void" } },
    });
    let calls = 0;
    const count = { p: async () => void calls++ };
    await using running = await startTestServer(
      compact(Short),
      count,
      quiet,
      client.withTransportProtocol("PurePayload"),
    );
    await running.client.p();
    await running.client.p();
    expect(calls).toBe(2);
  });

  it.each(protocols.filter((protocol) => protocol.startsWith("TTHeader")))(
    "is what a client that speaks nothing else is refused in (%s)",
    async (protocol) => {
      await using running = await startTestServer(
        compact(Probe),
        handler,
        quiet,
        server.withLimit({ maxMessageBytes: 50_000 }),
      );
      // Each on a connection of its own, of which the server knows nothing yet.
      const only = (): ReturnType<typeof createClient<unknown, ProbeNextClient>> =>
        createClient(
          compact(ProbeNext),
          running.address,
          client.withTransportProtocol(protocol),
          client.withShortConnection(),
        );
      await using probe = only();
      const oversized = await errorOf(probe.echo({ text: "x".repeat(60_000) }));
      expect(oversized).toBeInstanceOf(ApplicationException);
      expect(oversized).toMatchObject({ typeId: 7 });
      expect(oversized.message).toMatch(/message of 60\d\d\d bytes, the limit is 50000/);
      const unknown = await errorOf(probe.added());
      expect(unknown).toBeInstanceOf(ApplicationException);
      expect(unknown.message).toMatch(/Added/);
    },
  );

  it("is what a request in it is refused in that cannot be decoded, or whose header cannot be read", async () => {
    await using running = await startTestServer(compact(Probe), handler, quiet);
    // Find(1: string name), of 100 bytes, of which none have come.
    const cut = bytes("82 21 07 04 46696e64 18 64");
    const unreadable = bytes("00 00 7f 00");
    const found = bytes("82 21 07 04 46696e64 18 01 61 00");
    for (const messages of [[ttheader(noHeader, cut)], [ttheader(noHeader, found), ttheader(unreadable, found)]]) {
      using peer = await RawClient.connect(running.address);
      for (const message of messages) peer.send(message);
      let at = 0;
      for (const _ of messages) {
        await eventually(
          () => peer.received.length >= at + 4 && peer.received.length >= at + 4 + peer.received.readUInt32BE(at),
        );
        const payload = at + 14 + peer.received.readUInt16BE(at + 12) * 4;
        expect(peer.received[payload]).toBe(0x82);
        at += 4 + peer.received.readUInt32BE(at);
      }
    }
  });

  it("is refused by a server that speaks Binary only", async () => {
    await using running = await startTestServer(Probe, handler, quiet);
    await using probe = createClient(compact(Probe), running.address);
    expect(await errorOf(probe.find("x"))).toMatchObject({ kind: "remote_or_network" });
  });
});
