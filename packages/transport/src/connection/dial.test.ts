import { createServer, Socket } from "node:net";
import type { TransportError } from "@kitex-ts/core";
import { describe, expect, it } from "vitest";
import { Dial, type Dialer, dialSocket } from "./dial.ts";

/** How one dial ended. */
const dial = (address: string, timeoutMs: number, dialer: Dialer): Promise<Socket | TransportError> =>
  new Promise((resolve) => {
    new Dial(address, timeoutMs, dialer, {
      onConnected: (_dial, socket) => resolve(socket),
      onDialFailed: (_dial, error) => resolve(error),
    });
  });

describe("Dial", () => {
  it("gives up on a peer that does not answer, and takes the socket down", async () => {
    const socket = new Socket();
    const error = await dial("10.0.0.1:80", 20, () => socket);
    expect(error).toMatchObject({ code: "connect_timeout", kind: "get_connection", requestWritten: false });
    expect((error as TransportError).message).toMatch(/10\.0\.0\.1:80 took longer than 20 ms/);
    expect(socket.destroyed).toBe(true);
  });

  it("reports each failure once, also when the socket goes on failing", async () => {
    const socket = new Socket();
    const failures: TransportError[] = [];
    new Dial("10.0.0.1:80", 0, () => socket, {
      onConnected: () => {},
      onDialFailed: (_dial, error) => failures.push(error),
    });
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    socket.emit("error", refused);
    socket.emit("error", refused);
    expect(failures).toEqual([expect.objectContaining({ code: "connection_refused", cause: refused })]);
  });

  it("speaks of the host when its name is unknown", async () => {
    const socket = new Socket();
    const failed = dial("no.such.host:80", 0, () => socket);
    socket.emit("error", Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }));
    expect(((await failed) as TransportError).message).toMatch(/host name of no\.such\.host:80 is unknown/);
  });

  it("says nothing any more once abandoned", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as { port: number };
    let calls = 0;
    const abandoned = new Dial(`127.0.0.1:${port}`, 1000, dialSocket, {
      onConnected: () => calls++,
      onDialFailed: () => calls++,
    });
    abandoned.abandon();
    const socket = (await dial(`127.0.0.1:${port}`, 1000, dialSocket)) as Socket;
    expect(calls).toBe(0);
    socket.destroy();
    server.close();
  });
});
