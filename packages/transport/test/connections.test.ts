// How calls share connections, and what happens when connections come and go.
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RPCError } from "@kitex-ts/core";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientTransport } from "../src/index.ts";
import { echo, ping } from "./echo-service.ts";
import { attemptTo, callEcho, closeAll, entryOf, type Handler, serve, sleep, transport } from "./harness.ts";
import { goReply, type RawServer, rawServer } from "./raw-peer.ts";
import { vectors } from "./vectors.ts";

afterEach(closeAll);

const servers: RawServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const peer = async (...args: Parameters<typeof rawServer>): Promise<RawServer> => {
  const server = await rawServer(...args);
  servers.push(server);
  return server;
};

/** A stock Go server: answers in order, no flag. */
const goPeer = (delayMs = 0): Promise<RawServer> =>
  peer((socket, message) => {
    if (delayMs === 0) socket.write(goReply(message));
    else setTimeout(() => socket.write(goReply(message)), delayMs);
  });

const echoBack: Handler = (request) => request;
const manyCalls = (client: ClientTransport, address: string, count: number): Promise<unknown[]> =>
  Promise.all(Array.from({ length: count }, () => callEcho(client, address, "hi")));

const failureOf = (call: Promise<unknown>): Promise<RPCError> =>
  call.then(
    () => {
      throw new Error("the call should have failed");
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(RPCError);
      return error as RPCError;
    },
  );

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(2);
};

describe("to a peer that answers in any order", () => {
  it("concurrent first calls end on one connection", async () => {
    const { address, listener } = await serve(entryOf(echoBack));
    const client = transport();
    await manyCalls(client, address, 200);
    await manyCalls(client, address, 200);
    expect(client.diagnosis().addresses).toEqual([
      { address, peer: "in any order", connections: 1, idle: 1, dialing: 0, callsInFlight: 0, callsWaiting: 0 },
    ]);
    await until(() => listener.connectionCount === 1);
  });

  it("calls that come all at once after a pause may be more than one message may hold", async () => {
    const { address } = await serve(entryOf(echoBack));
    const client = transport({ maxMessageBytes: 100_000 });
    await callEcho(client, address, "hi");
    // Longer than a connection may rest before it is looked at.
    await sleep(60);
    const text = "x".repeat(90_000);
    const calls = Array.from({ length: 20 }, () => callEcho(client, address, text));
    expect((await Promise.allSettled(calls)).filter(({ status }) => status === "rejected")).toEqual([]);
  });

  it("a call made while another is encoded goes out behind it", async () => {
    const { address } = await serve(entryOf(echoBack));
    const client = transport();
    await callEcho(client, address, "hi");
    let inner: Promise<unknown> | undefined;
    const request = {
      get msg(): string {
        inner = callEcho(client, address, "inner");
        return "outer";
      },
    };
    expect(await client.call(attemptTo(address), request)).toEqual({ msg: "outer" });
    expect(await inner).toEqual({ msg: "inner" });
    expect(await callEcho(client, address, "next")).toEqual({ msg: "next" });
  });

  it("first calls that are never answered do not hold up the others", async () => {
    let letGo: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const { address } = await serve(
      entryOf(async (request) => {
        if (request.msg === "slow") await gate;
        return request;
      }),
    );
    const client = transport();
    const slow = Array.from({ length: 6 }, () => callEcho(client, address, "slow"));
    await manyCalls(client, address, 50);
    letGo();
    await Promise.all(slow);
    expect(client.diagnosis().addresses[0]?.connections).toBe(1);
  });

  it("ten thousand calls are in flight at once", async () => {
    const { address } = await serve(
      entryOf(async (request) => {
        await sleep(50);
        return request;
      }),
    );
    const client = transport();
    await callEcho(client, address, "hi");
    expect(await manyCalls(client, address, 10_000)).toHaveLength(10_000);
    expect(client.diagnosis().addresses[0]?.connections).toBe(1);
  });

  it("a call that is given up frees its place; its late answer harms nobody", async () => {
    const { address } = await serve(
      entryOf(async (request) => {
        await sleep(request.msg === "slow" ? 30 : 0);
        return request;
      }),
    );
    const client = transport();
    await callEcho(client, address, "hi");
    const attempt = attemptTo(address);
    const slow = failureOf(client.call(attempt, { msg: "slow" }));
    const reason = new RPCError("rpc_timeout", "too slow");
    await sleep(5);
    attempt.cancelSlot.cancel(reason);
    expect(await slow).toBe(reason);
    expect(client.diagnosis().addresses[0]?.callsInFlight).toBe(0);
    await sleep(40);
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(client.diagnosis().addresses[0]?.connections).toBe(1);
  });

  it("too many calls in flight are refused, not queued without end", async () => {
    const { address } = await serve(entryOf(() => sleep(30).then(() => ({ msg: "" }))));
    const client = transport({ maxPendingCalls: 10 });
    await callEcho(client, address, "hi");
    const results = await Promise.allSettled(Array.from({ length: 15 }, () => callEcho(client, address, "hi")));
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(5);
    expect(refused[0]?.reason).toMatchObject({ kind: "overlimit", requestWritten: false });
  });

  it("a peer that does not read makes calls fail, not memory grow", async () => {
    const { address } = await peer(
      () => {},
      (socket) => void setTimeout(() => socket.pause(), 20),
    );
    const client = transport({ connection: "mux", maxPendingBytes: 1 << 20 });
    const text = "x".repeat(100_000);
    const calls: Promise<unknown>[] = [];
    let refused: unknown;
    for (let index = 0; index < 2000 && refused === undefined; index++) {
      calls.push(
        callEcho(client, address, text).catch((error: unknown) => {
          if (error instanceof RPCError && error.kind === "overlimit") refused ??= error;
        }),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(refused).toMatchObject({ code: "peer_does_not_read", requestWritten: false });
  });
});

describe("to a peer that answers in order", () => {
  it("auto is a pool: as many connections as calls at once, used again", async () => {
    const { address, sockets } = await goPeer(5);
    const client = transport();
    await callEcho(client, address, "hi");
    await manyCalls(client, address, 8);
    await manyCalls(client, address, 8);
    expect(sockets).toHaveLength(8);
    expect(client.diagnosis().addresses[0]).toMatchObject({ peer: "in order", connections: 8, idle: 8 });
  });

  it.each([echo, ping])("the end of an idle connection costs no call ($name)", async (method) => {
    const received: string[] = [];
    const server = await peer((socket, message) => {
      received.push(message.includes("ping") ? "ping" : "echo");
      if (!message.includes("ping")) socket.write(goReply(message));
    });
    const client = transport({ connection: "long" });
    await callEcho(client, server.address, "first");
    // Longer than a connection may rest before it is looked at.
    await sleep(60);
    server.sockets[0]?.destroy();
    await client.call(attemptTo(server.address, { method }), method === ping ? "hi" : { msg: "hi" });
    await until(() => received.length === 2);
    expect(received).toEqual(["echo", method.name]);
    expect(server.accepted).toBe(2);
  });

  it("the number of connections has a limit; further calls wait", async () => {
    const { address, sockets } = await goPeer(1);
    const client = transport({ connection: "long", maxConnectionsPerAddress: 3 });
    await manyCalls(client, address, 30);
    expect(sockets).toHaveLength(3);
  });

  it("a waiting call that is given up leaves the queue", async () => {
    const { address } = await goPeer(20);
    const client = transport({ connection: "long", maxConnectionsPerAddress: 1 });
    const first = callEcho(client, address, "hi");
    const attempt = attemptTo(address);
    const second = failureOf(client.call(attempt, { msg: "hi" }));
    const third = callEcho(client, address, "hi");
    const reason = new RPCError("canceled_by_business", "enough");
    attempt.cancelSlot.cancel(reason);
    expect(await second).toBe(reason);
    expect(await first).toEqual({ msg: "hi" });
    expect(await third).toEqual({ msg: "hi" });
    expect(client.diagnosis().addresses[0]?.callsWaiting).toBe(0);
  });

  it("a call that was given up before it began is not sent", async () => {
    const { address, sockets } = await goPeer();
    const client = transport();
    const attempt = attemptTo(address);
    const reason = new RPCError("rpc_timeout", "no time left");
    attempt.cancelSlot.cancel(reason);
    expect(await failureOf(client.call(attempt, { msg: "hi" }))).toBe(reason);
    expect(sockets).toHaveLength(0);
  });

  it("a call that is given up takes its connection with it", async () => {
    const { address, sockets } = await goPeer(30);
    const client = transport({ protocol: "TTHeaderFramed", connection: "long" });
    const attempt = attemptTo(address);
    const call = failureOf(client.call(attempt, { msg: "hi" }));
    await until(() => sockets.length === 1);
    await sleep(5);
    attempt.cancelSlot.cancel(new RPCError("rpc_timeout", "too slow"));
    await call;
    expect(client.diagnosis().addresses[0]?.connections).toBe(0);
    await callEcho(client, address, "hi");
    expect(sockets).toHaveLength(2);
  });

  it("no more idle connections are kept than asked for, and none for long", async () => {
    const { address, sockets } = await goPeer(5);
    const client = transport({ connection: "long", maxIdlePerAddress: 2, maxIdleTimeoutMs: 60 });
    await manyCalls(client, address, 6);
    expect(client.diagnosis().addresses[0]).toMatchObject({ connections: 2, idle: 2 });
    await until(() => client.diagnosis().addresses.length === 0);
    await until(() => sockets.every((socket) => socket.closed || socket.readableEnded));
  });

  it("the least number of idle connections stays", async () => {
    const { address } = await goPeer(5);
    const client = transport({ connection: "long", minIdlePerAddress: 1, maxIdleTimeoutMs: 30 });
    await manyCalls(client, address, 4);
    await until(() => client.diagnosis().addresses[0]?.connections === 1);
    await sleep(100);
    expect(client.diagnosis().addresses[0]?.connections).toBe(1);
  });

  it("idle connections have a limit over all addresses", async () => {
    const [one, two] = [await goPeer(5), await goPeer(5)];
    const client = transport({ connection: "long", maxIdleGlobal: 3 });
    await Promise.all([manyCalls(client, one.address, 2), manyCalls(client, two.address, 2)]);
    const idle = client.diagnosis().addresses.reduce((sum, pool) => sum + pool.idle, 0);
    expect(idle).toBe(3);
  });

  it("short opens one for every call", async () => {
    const { address, sockets } = await goPeer();
    const client = transport({ connection: "short" });
    await callEcho(client, address, "hi");
    await callEcho(client, address, "hi");
    expect(sockets).toHaveLength(2);
    expect(client.diagnosis().addresses[0]?.connections).toBe(0);
  });

  it("mux shares one all the same, for servers that multiplex and do not say so", async () => {
    const waiting: [Socket, Buffer][] = [];
    const { address, sockets } = await peer((socket, message) => {
      waiting.push([socket, message]);
      // Only when all ten are here, and the last first.
      if (waiting.length === 10) for (const [to, request] of waiting.reverse()) to.write(goReply(request));
    });
    const client = transport({ connection: "mux" });
    expect(await manyCalls(client, address, 10)).toHaveLength(10);
    expect(sockets).toHaveLength(1);
  });
});

describe("when a peer changes", () => {
  it("from in order to in any order and back, no call is lost", async () => {
    let flags = 0;
    const { address } = await peer((socket, message) => socket.write(goReply(message, "hi", { flags })));
    const client = transport({ maxIdlePerAddress: 0 });
    await manyCalls(client, address, 5);
    expect(client.diagnosis().addresses[0]?.peer).toBe("in order");
    flags = 1;
    await manyCalls(client, address, 5);
    expect(client.diagnosis().addresses[0]).toMatchObject({ peer: "in any order", connections: 1 });
    for (const socket of servers.flatMap((server) => server.sockets)) socket.destroy();
    flags = 0;
    await until(() => client.diagnosis().addresses[0]?.connections === 0);
    await manyCalls(client, address, 5);
    expect(client.diagnosis().addresses[0]?.peer).toBe("in order");
    await manyCalls(client, address, 5);
  });
});

describe("when a connection breaks", () => {
  it("every call in flight on it fails and says that it may have been seen", async () => {
    const { address } = await peer((socket) => void setTimeout(() => socket.destroy(), 10));
    const client = transport({ connection: "mux" });
    const failures = await Promise.all(Array.from({ length: 5 }, () => failureOf(callEcho(client, address, "hi"))));
    for (const error of failures) {
      expect(error).toMatchObject({
        kind: "remote_or_network",
        code: "connection_closed",
        requestWritten: true,
        service: "svc",
        method: "echo",
        address,
      });
    }
  });

  it.each([0, 3, 10, 40])(
    "inside an answer, after %i bytes, the call fails and the next gets through",
    async (bytes) => {
      const { address, sockets } = await peer((socket, message) => {
        if (sockets.length === 1) socket.end(goReply(message).subarray(0, bytes));
        else socket.write(goReply(message));
      });
      const client = transport();
      expect(await failureOf(callEcho(client, address, "hi"))).toMatchObject({ code: "connection_closed" });
      expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    },
  );

  it.each(["auto", "long", "mux"] as const)("an idle one (%s) is noticed before the next call", async (connection) => {
    const { address, sockets } = await peer((socket, message) => {
      socket.write(goReply(message));
      setTimeout(() => socket.end(), 5);
    });
    const client = transport({ connection });
    for (let round = 1; round <= 3; round++) {
      expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
      await until(() => client.diagnosis().addresses[0]?.connections === 0);
      expect(sockets).toHaveLength(round);
    }
  });
});

describe("crrst", () => {
  it.each(["short", "long"] as const)(
    "in the first answer of a connection says that the server is leaving (%s)",
    async (connection) => {
      const { address } = await peer((socket, message) => socket.write(goReply(message, "hi", { crrst: true })));
      const client = transport({ connection });
      expect(client.avoided.any).toBe(false);
      await callEcho(client, address, "hi");
      expect(client.avoided.any).toBe(true);
      expect(client.avoided.has(address)).toBe(true);
      expect(client.avoided.has("127.0.0.1:1")).toBe(false);
    },
  );

  it("in a later answer says no more than that the connection is to end, as when certificates were replaced", async () => {
    let answers = 0;
    const { address } = await peer((socket, message) =>
      socket.write(goReply(message, "hi", { crrst: ++answers === 2 })),
    );
    const client = transport({ connection: "long" });
    await callEcho(client, address, "hi");
    await callEcho(client, address, "hi");
    expect(client.avoided.any).toBe(false);
  });

  it("on an answer retires the connection, the call is unharmed", async () => {
    for (const flags of [0, 1]) {
      const { address, sockets } = await peer((socket, message) =>
        socket.write(goReply(message, "hi", { flags, crrst: sockets.length === 1 })),
      );
      const client = transport();
      for (let round = 0; round < 3; round++) expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
      expect(sockets).toHaveLength(2);
    }
  });

  it("in a control frame retires a shared connection; calls in flight end on it", async () => {
    const { address, sockets } = await peer((socket, message) => {
      if (sockets.length > 1 || message.readInt32BE(8) === 1) socket.write(goReply(message, "hi", { flags: 1 }));
      else {
        socket.write(vectors.CTL);
        setTimeout(() => socket.write(goReply(message, "hi", { flags: 1 })), 30);
      }
    });
    const client = transport();
    await callEcho(client, address, "hi");
    const slow = callEcho(client, address, "hi");
    await sleep(10);
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(sockets).toHaveLength(2);
    expect(await slow).toEqual({ msg: "hi" });
    await until(() => sockets[0]?.readableEnded === true);
  });
});

describe("dialing", () => {
  it("a dead port fails the call with get_connection, unwritten, and says why", async () => {
    const server = await goPeer();
    server.close();
    await sleep(5);
    const error = await failureOf(callEcho(transport(), server.address, "hi"));
    expect(error).toMatchObject({
      kind: "get_connection",
      code: "connection_refused",
      requestWritten: false,
      service: "svc",
      method: "echo",
      address: server.address,
    });
    expect(error.message).toBe(`get connection error: nothing listens at ${server.address}`);
  });

  it.each([
    ["nonsense", "invalid_address"],
    ["unix:/nowhere/echo.sock", "connect_failed"],
  ])("%s fails the call with %s", async (address, code) => {
    expect(await failureOf(callEcho(transport(), address, "hi"))).toMatchObject({ kind: "get_connection", code });
  });

  it("a dead peer is found as soon as it is back", async () => {
    const first = await serve(entryOf(echoBack));
    const { address } = first;
    first.listener.close();
    await sleep(5);
    const client = transport();
    for (let round = 0; round < 5; round++) {
      expect((await failureOf(callEcho(client, address, "hi"))).kind).toBe("get_connection");
    }
    await serve(entryOf(echoBack), {}, address);
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
  });

  it("calls go on after the server was restarted", async () => {
    const client = transport();
    const first = await serve(entryOf(echoBack));
    await callEcho(client, first.address, "hi");
    first.listener.close();
    await until(() => client.diagnosis().addresses[0]?.connections === 0);
    await serve(entryOf(echoBack), {}, first.address);
    expect(await callEcho(client, first.address, "hi")).toEqual({ msg: "hi" });
  });
});

describe("sharing and closing", () => {
  it("a name that resolves to several addresses is tried on each", async () => {
    const { address } = await serve(entryOf(echoBack));
    const byName = address.replace("127.0.0.1", "localhost");
    expect(await callEcho(transport(), byName, "hi")).toEqual({ msg: "hi" });
  });

  it("transports of an equal profile share connections, others do not", async () => {
    const { address, listener } = await serve(entryOf(echoBack));
    const [one, two, other] = [transport(), transport(), transport({ maxIdlePerAddress: 9 })];
    for (const client of [one, two, other]) await callEcho(client, address, "hi");
    expect(listener.connectionCount).toBe(2);
    expect(one.diagnosis().sharedBy).toBe(2);
    await one.close();
    expect(await callEcho(two, address, "hi")).toEqual({ msg: "hi" });
    await two.close();
    await until(() => listener.connectionCount === 1);
  });

  it("a closed transport refuses calls and lets running ones end", async () => {
    const { address, listener } = await serve(entryOf(() => sleep(30).then(() => ({ msg: "late" }))));
    for (const connection of ["auto", "long", "mux", "short"] as const) {
      const client = transport({ connection });
      const calls = [callEcho(client, address, "hi"), callEcho(client, address, "hi")];
      await sleep(1);
      const closed = client.close();
      expect(await failureOf(callEcho(client, address, "hi"))).toMatchObject({ requestWritten: false });
      expect(await Promise.all(calls)).toEqual([{ msg: "late" }, { msg: "late" }]);
      await closed;
      await client.close();
      await until(() => listener.connectionCount === 0);
    }
  });
});

describe("a peer that has gone without a word", () => {
  it("keeps a shared connection only as long as calls on it are not given up after a long silence", async () => {
    const { address, sockets } = await peer((socket, message) => {
      if (message.readInt32BE(8) === 1) socket.write(goReply(message, "hi", { flags: 1 }));
    });
    const client = transport();
    await callEcho(client, address, "hi");
    for (const [ago, connections] of [
      [100, 1],
      [6000, 2],
    ] as const) {
      const attempt = attemptTo(address, { startedAgoMs: ago });
      const call = failureOf(client.call(attempt, { msg: "hi" }));
      await sleep(5);
      attempt.cancelSlot.cancel(new RPCError("rpc_timeout", "silence"));
      await call;
      const next = attemptTo(address);
      const answered = client.call(next, { msg: "hi" }).catch(() => undefined);
      await sleep(10);
      next.cancelSlot.cancel(new RPCError("rpc_timeout", "silence"));
      await answered;
      expect(sockets).toHaveLength(connections);
      // The next round begins with a peer that has just been heard.
      if (connections === 1) sockets[0]?.write(vectors.T3);
      await sleep(5);
    }
  });
});

describe("over a unix socket", () => {
  it("a call that is given up closes its connection, as over TCP", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kitex-ts-"));
    try {
      const { address, listener } = await serve(
        entryOf(() => new Promise(() => {})),
        {},
        `unix:${join(folder, "x.sock")}`,
      );
      const attempt = attemptTo(address);
      const call = failureOf(transport({ connection: "long" }).call(attempt, { msg: "hi" }));
      await until(() => listener.runningCalls === 1);
      const reason = new RPCError("rpc_timeout", "too slow");
      attempt.cancelSlot.cancel(reason);
      expect(await call).toBe(reason);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("large messages", () => {
  it.each(["TTHeader", "Framed", "PurePayload"] as const)("of 16 MiB pass over %s", async (protocol) => {
    const { address } = await serve(entryOf(echoBack));
    const client = transport({ protocol });
    const msg = "0123456789abcdef".repeat(1 << 20);
    const [large, small] = await Promise.all([callEcho(client, address, msg), callEcho(client, address, "hi")]);
    expect(large.msg === msg).toBe(true);
    expect(small).toEqual({ msg: "hi" });
  });

  it("of one byte less than the limit pass, of more do not, in both directions", async () => {
    const maxMessageBytes = 100_000;
    const { address, listener } = await serve(
      entryOf(({ msg }) => ({ msg: msg === "more" ? "x".repeat(maxMessageBytes) : msg })),
    );
    const client = transport({ maxMessageBytes });
    const overhead = 200;
    expect((await callEcho(client, address, "x".repeat(maxMessageBytes - overhead))).msg).toHaveLength(
      maxMessageBytes - overhead,
    );
    expect(await failureOf(callEcho(client, address, "x".repeat(maxMessageBytes)))).toMatchObject({
      kind: "overlimit",
    });
    const [more, neighbour] = await Promise.all([
      failureOf(callEcho(client, address, "more")),
      callEcho(client, address, "hi"),
    ]);
    expect(more).toMatchObject({ code: "frame_too_large", requestWritten: true });
    expect(neighbour).toEqual({ msg: "hi" });
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(listener.connectionCount).toBe(1);
  });
});
