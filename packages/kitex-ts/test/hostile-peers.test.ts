// What arrives on the port of a service that everybody can reach. Whatever it is: others go on, and so does what shares its connection where the
// bytes still have a meaning.
import type { TestServer } from "@kitex-ts/testing";
import { describe, expect, it } from "vitest";
import {
  ApplicationException,
  background,
  callopt,
  client,
  createClient,
  metainfo,
  type RPCError,
  server,
} from "../src/index.ts";
import { Probe, type ProbeClient } from "./kitex_gen/probe/probe.ts";
import { bytes, noHeader, RawClient, rawServer, resetCall, ttheader } from "./support/peers.ts";
import { errorOf, startProbe } from "./support/probe.ts";
import { eventually, Gate } from "./support/waiting.ts";

/** A server with a neighbour that keeps calling, and what the server reports. */
const startWatched = async (...options: readonly server.ServerOption[]) => {
  const reports: { kind: string; message: string }[] = [];
  const note = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    const error = fields["error"] as RPCError | undefined;
    reports.push({ kind: error?.kind ?? "none", message: error?.message ?? message });
  };
  const probe = await startProbe({}, server.withLogger({ warn: note, error: note }), ...options);
  await probe.client.find("neighbour");
  return { probe, reports };
};

const expectGoesOn = async (probe: TestServer<ProbeClient>): Promise<void> => {
  expect(await probe.client.find("goes on")).toBe("found goes on");
  await using fresh = createClient(Probe, probe.address, client.withShortConnection());
  expect(await fresh.find("for newcomers too")).toBe("found for newcomers too");
};

describe("a connection that says", () => {
  const garbage: Readonly<Record<string, Buffer | string>> = {
    "HTTP/1.1": "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a TLS hello": bytes(`160301 0200 010001fc 0303 ${"ab".repeat(64)}`),
    "random bytes": Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919 + 13) & 0xff)),
    zeroes: Buffer.alloc(1024),
    "all ones": Buffer.alloc(1024, 0xff),
    "a negative frame length": bytes("ffffffff 80010001"),
    "a frame of the largest length": bytes("7fffffff 80010001 00000005"),
    "a TTHeader of the largest length": bytes("7fffffff 10000000 00000007 0001"),
    "a TTHeader whose header is longer than itself": ttheader(noHeader, resetCall, { words: 0xffff }),
    "a string of negative length": bytes("80010001 ffffffff"),
    "a string of the largest length": bytes("80010001 7fffffff 41424344"),
    "a struct nested without end": Buffer.concat([
      bytes("80010001 00000005 5265736574 00000001"),
      Buffer.concat(Array.from({ length: 20_000 }, () => bytes("0c0001"))),
    ]),
    "a list of the largest length": Buffer.concat([
      bytes("80010001 00000004 4563686f 00000001 0f0001 0c 7fffffff"),
      Buffer.alloc(64),
    ]),
  };
  for (const [what, sent] of Object.entries(garbage)) {
    it(`${what} is closed and reported; neighbours go on`, async () => {
      const { probe, reports } = await startWatched(server.withReadTimeout(30));
      await using _ = probe;
      using hostile = await RawClient.connect(probe.address);
      hostile.send(sent);
      const during = probe.client.find("during");
      await hostile.closed;
      expect(await during).toBe("found during");
      expect(reports.length).toBeGreaterThan(0);
      expect(reports[0]?.message).toBeTruthy();
      await expectGoesOn(probe);
    });
  }

  it("nothing at all is left alone", async () => {
    const { probe, reports } = await startWatched(server.withReadTimeout(5));
    await using _ = probe;
    using idle = await RawClient.connect(probe.address);
    for (let index = 0; index < 20; index++) await probe.client.find("x");
    idle.send(resetCall);
    await eventually(() => idle.received.length > 0);
    expect(idle.received.readUInt32BE(0)).toBe(0x80010002);
    expect(reports).toEqual([]);
  });

  it("half a frame, then nothing, is closed after the read timeout", async () => {
    const { probe, reports } = await startWatched(server.withReadTimeout(30));
    await using _ = probe;
    const frame = ttheader(noHeader, resetCall);
    for (const half of [frame.subarray(0, 3), frame.subarray(0, 13), frame.subarray(0, frame.length - 1)]) {
      using hostile = await RawClient.connect(probe.address);
      hostile.send(half);
      const during = probe.client.find("during");
      await hostile.closed;
      await during;
    }
    expect(reports).toHaveLength(3);
    for (const { kind, message } of reports) {
      expect(kind).toBe("remote_or_network");
      expect(message).toContain("half a message, and nothing more for 30 ms");
    }
    await expectGoesOn(probe);
  });

  it("half a frame and closes, or resets, is reported at most", async () => {
    const { probe } = await startWatched();
    await using _ = probe;
    const frame = ttheader(noHeader, resetCall);
    using ending = await RawClient.connect(probe.address);
    ending.send(frame.subarray(0, 10));
    ending.socket.end();
    await ending.closed;
    using resetting = await RawClient.connect(probe.address);
    resetting.send(frame.subarray(0, 10));
    await new Promise((resolve) => setImmediate(resolve));
    resetting.socket.resetAndDestroy();
    await resetting.closed;
    await expectGoesOn(probe);
  });
});

describe("a header bomb", () => {
  /** One block of string pairs. */
  const pairs = (count: number, keyBytes: number, valueBytes: number): Buffer => {
    const pair = Buffer.alloc(4 + keyBytes + valueBytes, 0x61);
    pair.writeUInt16BE(keyBytes, 0);
    pair.writeUInt16BE(valueBytes, 2 + keyBytes);
    const block = Buffer.concat([
      bytes("0000 01"),
      Buffer.from([count >> 8, count & 0xff]),
      ...Array(count).fill(pair),
    ]);
    return Buffer.concat([block, Buffer.alloc((4 - (block.length % 4)) % 4)]);
  };
  const bombs: Readonly<Record<string, Buffer>> = {
    "of more pairs than bytes": ttheader(bytes("0000 01 ffff 0000"), resetCall),
    "of a value longer than the header": ttheader(bytes("0000 01 0001 0001 61 ffff"), resetCall),
    "of an unknown transform": ttheader(bytes("00ff 0000"), resetCall),
    "of an unknown protocol": ttheader(bytes("7f00 0000"), resetCall),
    "of the largest size": ttheader(pairs(60, 10, 4300), resetCall),
    "of very many pairs": ttheader(pairs(20_000, 4, 4), resetCall),
    "of a key that is a prototype's": ttheader(
      Buffer.concat([bytes("0000 01 0001 0009"), Buffer.from("__proto__"), bytes("0001 61 00 00 00")]),
      resetCall,
    ),
  };
  for (const [what, bomb] of Object.entries(bombs)) {
    it(`${what} is answered or refused; neighbours go on`, async () => {
      const { probe } = await startWatched(server.withReadTimeout(50));
      await using _ = probe;
      using hostile = await RawClient.connect(probe.address);
      hostile.send(bomb);
      const during = probe.client.find("during");
      const isClosed = hostile.closed.then(() => true);
      const isAnswered = eventually(() => hostile.received.length > 12).then(() => true);
      expect(await Promise.race([isClosed, isAnswered])).toBe(true);
      expect(await during).toBe("found during");
      await expectGoesOn(probe);
      expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
    });
  }

  it("of one's own making fails its call, and nothing else on the connection", async () => {
    const peers = new Set<string | undefined>();
    await using probe = await startProbe({
      find: async (name, ctx) => {
        peers.add(ctx.rpcInfo.from.address);
        return name;
      },
    });
    await probe.client.find("before");
    const tooLong = metainfo.withPersistentValue(background(), "k", "v".repeat(70_000));
    let tooMuch = background();
    for (let index = 0; index < 10; index++) tooMuch = metainfo.withValue(tooMuch, `k${index}`, "v".repeat(50_000));
    const neighbours = ["a", "b", "c"].map((name) => probe.client.find(name));
    const errors = await Promise.all(
      [tooLong, tooMuch].map((ctx) => errorOf(probe.client.find("bomb", callopt.withContext(ctx)))),
    );
    for (const error of errors) expect(error).toMatchObject({ requestWritten: false, method: "Find" });
    expect(await Promise.all(neighbours)).toEqual(["a", "b", "c"]);
    await probe.client.find("after");
    expect(peers.size).toBe(1);
  });
});

describe("a message over the limit", () => {
  const big = { text: "big", payload: Buffer.alloc(100_000) };

  it("of the client is not sent; the connection goes on", async () => {
    await using probe = await startProbe({}, client.withMaxMessageSize(50_000));
    await probe.client.reset();
    const neighbour = probe.client.find("x");
    const error = await errorOf(probe.client.echo(big));
    expect(error).toMatchObject({ kind: "overlimit", code: "message_too_large", requestWritten: false });
    expect(error.message).toMatch(/request of 100\d\d\d bytes, the limit is 50000/);
    await neighbour;
    await probe.client.reset();
  });

  for (const protocol of ["TTHeader", "TTHeaderFramed"] as const) {
    it(`of the server is answered so over ${protocol}, neighbours on the connection too`, async () => {
      const gate = new Gate();
      await using probe = await startProbe(
        { reset: () => gate.pass() },
        server.withLimit({ maxMessageBytes: 50_000 }),
        client.withTransportProtocol(protocol),
      );
      await probe.client.find("known");
      const neighbour = probe.client.reset();
      await gate.entered;
      const error = await errorOf(probe.client.echo(big));
      expect(error).toBeInstanceOf(ApplicationException);
      expect(error).toMatchObject({ kind: "remote_or_network", typeId: 7, method: "Echo" });
      expect(error.message).toMatch(/message of 100\d\d\d bytes, the limit is 50000/);
      expect(await probe.client.find("beside")).toBe("found beside");
      gate.open();
      await neighbour;
      expect(await probe.client.find("after")).toBe("found after");
    });
  }

  for (const protocol of ["Framed", "PurePayload"] as const) {
    it(`of the server ends the connection over ${protocol}, the next call has another`, async () => {
      await using probe = await startProbe(
        {},
        server.withLimit({ maxMessageBytes: 50_000 }),
        client.withTransportProtocol(protocol),
      );
      await probe.client.find("known");
      expect((await errorOf(probe.client.echo(big))).kind).toBe("remote_or_network");
      expect(await probe.client.find("after")).toBe("found after");
    });
  }

  it("in an answer fails its call, the next call has another connection", async () => {
    await using probe = await startProbe({
      echo: async () => big,
    });
    await using small = createClient(Probe, probe.address, client.withMaxMessageSize(50_000));
    await small.reset();
    const error = await errorOf(small.echo({}));
    expect(error).toMatchObject({ kind: "remote_or_network", method: "Echo" });
    expect(error.message).toContain("50000");
    await small.reset();
  });

  it("in an answer, by the server's own limit, fails its call only", async () => {
    await using probe = await startProbe({ echo: async () => big }, server.withLimit({ maxMessageBytes: 50_000 }));
    await probe.client.reset();
    const neighbour = probe.client.find("x");
    const error = await errorOf(probe.client.echo({}));
    expect(error).toMatchObject({ typeId: 6 });
    expect(error.message).toContain("the limit is 50000");
    await neighbour;
  });
});

/** What an exception in Thrift Binary says, after the frame that may be around it. */
const exceptionIn = (answer: Buffer): Readonly<Record<string, unknown>> => {
  const start = answer.readUInt32BE(0) >>> 16 === 0x8001 ? 0 : 4;
  const nameEnd = start + 8 + answer.readUInt32BE(start + 4);
  const textEnd = nameEnd + 11 + answer.readUInt32BE(nameEnd + 7);
  return {
    isFramed: start === 4,
    word: answer.readUInt32BE(start).toString(16),
    name: answer.toString("latin1", start + 8, nameEnd),
    id: answer.readUInt32BE(nameEnd),
    text: answer.toString("latin1", nameEnd + 11, textEnd),
    typeId: answer.readUInt32BE(textEnd + 3),
  };
};

describe("a request that cannot be run, and has no TTHeader", () => {
  const nameless = bytes("80010001 00000000 00000007 00");
  for (const isFramed of [false, true]) {
    it(`is answered if it names no method, ${isFramed ? "Framed" : "Buffered"}, and the connection goes on`, async () => {
      const { probe } = await startWatched();
      await using _ = probe;
      using peer = await RawClient.connect(probe.address);
      peer.send(isFramed ? Buffer.concat([bytes("0000000d"), nameless]) : nameless);
      await eventually(() => peer.received.length > 0);
      expect(exceptionIn(peer.received)).toEqual({
        isFramed,
        word: "80010003",
        name: "",
        id: 7,
        text: "the request names no method",
        typeId: 7,
      });
      peer.received = Buffer.alloc(0);
      peer.send(resetCall);
      await eventually(() => peer.received.length > 0);
      expect(peer.received.readUInt32BE(0)).toBe(0x80010002);
    });
  }

  it.each([
    ["a text of negative length", "80010001 00000004 46696e64 00000009 0b0001 ffffffff", /negative|length -1/, 7],
    ["an unknown type", "80010001 00000004 46696e64 00000009 100009 00000001", /16/, 7],
    ["an unknown type, for an unknown method", "80010001 00000004 4e6f7065 00000009 100009 00000001", /Nope/, 20],
    ["an unknown type, in an answer", "80010002 00000004 46696e64 00000009 100009 00000001", /message type 2/, 2],
  ])(
    "is answered before the connection closes if nobody can tell where it ends: %s",
    async (_what, hex, text, typeId) => {
      const { probe, reports } = await startWatched();
      await using _ = probe;
      using peer = await RawClient.connect(probe.address);
      // What is behind it means nothing any more.
      peer.send(Buffer.concat([bytes(hex), resetCall]));
      await peer.closed;
      const { text: said, ...rest } = exceptionIn(peer.received);
      expect(said).toMatch(text);
      expect(rest).toMatchObject({ isFramed: false, word: "80010003", id: 9, typeId });
      expect(reports).toHaveLength(1);
      await expectGoesOn(probe);
    },
  );

  it("is answered when its name and id have come in parts, and not when it is oneway", async () => {
    const { probe, reports } = await startWatched();
    await using _ = probe;
    using peer = await RawClient.connect(probe.address);
    const call = bytes("80010001 00000004 46696e64 00000009 0b0001 ffffffff");
    for (const byte of call) {
      peer.send(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.closed;
    expect(exceptionIn(peer.received)).toMatchObject({ name: "Find", id: 9, typeId: 7 });
    using oneway = await RawClient.connect(probe.address);
    oneway.send(bytes("80010004 00000004 4e6f7465 00000009 0b0001 ffffffff"));
    await oneway.closed;
    expect(oneway.received).toHaveLength(0);
    expect(reports.map(({ message }) => message).join("\n")).toContain('a oneway call of "Note" was dropped');
  });
});

describe("too many connections", () => {
  it("are refused, those within the limit go on", async () => {
    const { probe, reports } = await startWatched(server.withLimit({ maxConnections: 2 }));
    await using _ = probe;
    using second = await RawClient.connect(probe.address);
    second.send(resetCall);
    await eventually(() => second.received.length > 0);
    using third = await RawClient.connect(probe.address);
    await third.closed;
    expect(reports).toEqual([
      { kind: "overlimit", message: expect.stringContaining("2 connections are open") as string },
    ]);
    expect(await probe.client.find("x")).toBe("found x");
  });
});

describe("a server that answers", () => {
  const answers: Readonly<Record<string, Buffer | string>> = {
    "HTTP/1.1": "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "random bytes": Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 7919 + 131) & 0xff)),
    "a frame of the largest length": bytes("7fffffff 10000000 00000001 0001"),
    "a reply that nobody asked for": ttheader(noHeader, bytes("80010002 00000005 5265736574 00000063 00")),
    "the reply of another method": ttheader(noHeader, bytes("80010002 00000004 4563686f 00000001 00")),
    "an empty frame": bytes("00000000"),
  };
  for (const [what, answer] of Object.entries(answers)) {
    it(`${what} fails the call with a clear error, or leaves it to its timeout`, async () => {
      await using wrong = await rawServer((socket) => {
        socket.on("data", () => socket.write(answer));
      });
      await using probe = createClient(Probe, wrong.address, client.withRPCTimeout(100));
      const error = await errorOf(probe.reset());
      expect(["remote_or_network", "rpc_timeout"]).toContain(error.kind);
      expect(error).toMatchObject({ method: "Reset", address: wrong.address });
      expect(error.message.length).toBeGreaterThan(20);
    });
  }

  it("by closing fails the call, and says that the answer is lost", async () => {
    await using closing = await rawServer((socket) => {
      socket.on("data", () => socket.destroy());
    });
    await using probe = createClient(Probe, closing.address);
    const error = await errorOf(probe.reset());
    expect(error).toMatchObject({
      kind: "remote_or_network",
      code: "connection_closed",
      requestWritten: true,
      address: closing.address,
    });
  });

  it("nothing, and closes idle connections, is called again over a new one", async () => {
    await using probe = await startProbe();
    await probe.client.reset();
    const address = probe.address;
    await probe.close();
    const [, port] = address.split(":");
    await using again = await startProbe({}, server.withServiceAddr(`127.0.0.1:${port}`));
    await using own = createClient(Probe, again.address);
    expect(await own.find("x")).toBe("found x");
  });
});
