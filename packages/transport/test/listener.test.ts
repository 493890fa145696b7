import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { RPCError, TransportError } from "@kitex-ts/core";
import { afterEach, describe, expect, it } from "vitest";
import { callEcho, closeAll, entryOf, type Handler, serve, sleep, transport } from "./harness.ts";
import { RawClient } from "./raw-peer.ts";
import { vectors } from "./vectors.ts";

afterEach(closeAll);

const echoBack: Handler = (request) => request;
const slowly =
  (ms: number): Handler =>
  async (request) => {
    await sleep(ms);
    return request;
  };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const socketPath = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "kitex-ts-"));
  folders.push(folder);
  return join(folder, "echo.sock");
};

describe("listen()", () => {
  it("answers the port it got", async () => {
    const { address } = await serve(entryOf(echoBack), {}, "127.0.0.1:0");
    expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  });

  it("takes a unix socket, and one that a dead process has left", async () => {
    const path = socketPath();
    const { address } = await serve(entryOf(echoBack), {}, `unix:${path}`);
    expect(address).toBe(`unix:${path}`);
    expect(await callEcho(transport(), address, "hi")).toEqual({ msg: "hi" });
    await expect(serve(entryOf(echoBack), {}, address)).rejects.toThrow(/in use/);
    await closeAll();
    expect(existsSync(path)).toBe(false);
    const dying = "require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
    await promisify(execFile)(process.execPath, ["-e", dying, path]).catch(() => {});
    expect(existsSync(path)).toBe(true);
    await serve(entryOf(echoBack), {}, address);
    expect(await callEcho(transport(), address, "hi")).toEqual({ msg: "hi" });
  });

  it("removes no file that is not a socket", async () => {
    const path = socketPath();
    writeFileSync(path, "precious");
    await expect(serve(entryOf(echoBack), {}, `unix:${path}`)).rejects.toMatchObject({ code: "listen_failed" });
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  it.each([
    ["nowhere", "invalid_address"],
    ["203.0.113.1:1", "listen_failed"],
    ["unix:/no/such/folder/x.sock", "listen_failed"],
  ])("says what is in the way of %s", async (address, code) => {
    const error = await serve(entryOf(echoBack), {}, address).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code, address });
  });

  it("says that a port is taken", async () => {
    const { address } = await serve(entryOf(echoBack));
    await expect(serve(entryOf(echoBack), {}, address)).rejects.toThrow(
      `cannot listen at ${address}: the address is in use; stop the other process or choose another port`,
    );
  });
});

describe("drain()", () => {
  it("lets running calls end, refuses new connections, and loses no call of a multiplexed client under load", async () => {
    const servers = [await serve(entryOf(slowly(3))), await serve(entryOf(slowly(3)))];
    const [leaving, staying] = servers;
    const client = transport();
    let isLeaving = false;
    let failures: unknown[] = [];
    let calls = 0;
    const lane = async (): Promise<void> => {
      while (!isLeaving || calls < 500) {
        calls++;
        const failed = await callEcho(client, leaving?.address ?? "", "hi").then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failed === undefined) continue;
        failures.push(failed);
        await callEcho(client, staying?.address ?? "", "hi");
      }
    };
    const lanes = Array.from({ length: 20 }, lane);
    await sleep(30);
    const drained = await leaving?.listener.drain(2000);
    isLeaving = true;
    await Promise.all(lanes);
    expect(drained).toEqual({ aborted: 0 });
    // Whoever came too late was refused before a byte of the request had been sent.
    failures = failures.filter((error) => !(error instanceof RPCError && error.requestWritten === false));
    expect(failures).toEqual([]);
  });

  it("tells a multiplexing client with the shutdown frame, and waits for it to go", async () => {
    const { address, listener } = await serve(entryOf(echoBack));
    const client = await RawClient.connect(address);
    client.socket.write(vectors.MUXREQ);
    await client.unit();
    const drained = listener.drain(3000);
    expect((await client.unit()).toString("hex")).toBe(vectors.CTL.toString("hex"));
    // A request that was under way when the frame came is still answered.
    client.socket.write(vectors.MUXREQ);
    expect((await client.unit()).readInt32BE(8)).toBe(7);
    client.socket.end();
    expect(await drained).toEqual({ aborted: 0 });
  });

  it("says crrst in replies over TTHeader, and closes what is idle", async () => {
    const { address, listener } = await serve(entryOf(slowly(30)));
    const [busy, idle] = [await RawClient.connect(address), await RawClient.connect(address)];
    idle.socket.write(vectors.T1);
    await idle.take(30);
    busy.socket.write(vectors.H1);
    await sleep(5);
    const drained = listener.drain(3000);
    expect((await busy.unit()).toString("latin1")).toContain("\x00\x05crrst\x00\x011");
    expect((await idle.rest()).length).toBe(0);
    expect((await busy.rest()).length).toBe(0);
    expect(await drained).toEqual({ aborted: 0 });
  });

  it("answers whom the kernel has let in before the port was closed", async () => {
    const { address, listener } = await serve(entryOf(echoBack));
    const port = Number(address.split(":")[1]);
    const answers = Array.from({ length: 20 }, async () => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.write(vectors.H1);
      for await (const bytes of socket) return (bytes as Buffer).toString("latin1");
      return "";
    });
    // The connections are there, and the poller has not looked yet.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const drained = listener.drain(3000);
    for (const answer of await Promise.all(answers)) expect(answer).toContain("echo");
    expect(await drained).toEqual({ aborted: 0 });
    await expect(RawClient.connect(address)).rejects.toThrow(/ECONNREFUSED/);
  });

  it("leaves the port open to clients that come and go, until they have been told, or for a second", async () => {
    const { address, listener } = await serve(entryOf(echoBack));
    const client = transport({ connection: "short" });
    await callEcho(client, address, "hi");
    expect(client.avoided.has(address)).toBe(false);
    while (listener.connectionCount > 0) await sleep(1);
    const drained = listener.drain(10_000);
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(client.avoided.has(address)).toBe(true);
    // Whoever knows no other address does not hold it open for ever.
    const state = { isOver: false };
    void drained.then(() => {
      state.isOver = true;
    });
    while (!state.isOver) await callEcho(client, address, "hi").catch(() => {});
    await expect(callEcho(client, address, "hi")).rejects.toMatchObject({ code: "connection_refused" });
  });

  it("cuts off what takes longer than allowed, and counts it", async () => {
    const { address, listener } = await serve(entryOf(() => new Promise(() => {})));
    const client = transport();
    const calls = [1, 2, 3].map(() => callEcho(client, address, "hi").catch((error: unknown) => error));
    await sleep(20);
    expect(listener.runningCalls).toBeGreaterThan(0);
    const running = listener.runningCalls;
    expect(await listener.drain(50)).toEqual({ aborted: running });
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(RPCError);
  });

  it("is over at once without connections", async () => {
    const { listener } = await serve(entryOf(echoBack));
    expect(await listener.drain(5000)).toEqual({ aborted: 0 });
    listener.close();
  });
});

describe("a listener without limits in the way", () => {
  it("serves many connections at a time", async () => {
    const { address, listener } = await serve(entryOf(slowly(5)));
    const client = transport({ connection: "long", maxIdlePerAddress: 100 });
    await Promise.all(Array.from({ length: 100 }, () => callEcho(client, address, "hi")));
    expect(listener.connectionCount).toBe(100);
  });

  it("is not disturbed by connections that do nothing", async () => {
    const { address } = await serve(entryOf(echoBack), { readTimeoutMs: 20 });
    const quiet = await RawClient.connect(address);
    await sleep(50);
    expect(quiet.isClosed).toBe(false);
    quiet.socket.destroy();
    expect(await callEcho(transport(), address, "hi")).toEqual({ msg: "hi" });
  });
});
