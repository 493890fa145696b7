import { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RPCError } from "@kitex-ts/core";
import { afterEach, describe, expect, it } from "vitest";
import { echoPayload } from "../../test/echo-service.ts";
import { attemptTo } from "../../test/harness.ts";
import { goReply, type RawServer, rawServer } from "../../test/raw-peer.ts";
import type { SocketAddress } from "../connection/address.ts";
import { dialSocket, type ReceiveBuffer } from "../connection/dial.ts";
import { PendingCall } from "../connection/pending-call.ts";
import { RequestWriter } from "../connection/request-writer.ts";
import { AddressPool } from "./address-pool.ts";
import { AvoidedAddresses } from "./avoided.ts";
import { type TransportProfile, transportProfile } from "./profile.ts";

const servers: RawServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A pool to a peer that answers in order, and the sockets it has dialed. */
const poolWith = async (
  partial: Partial<TransportProfile>,
  dial: (address: SocketAddress, receiveBuffer: ReceiveBuffer) => Socket = dialSocket,
): Promise<{
  readonly pool: AddressPool;
  readonly host: { isClosing: boolean };
  readonly sockets: Socket[];
  readonly server: RawServer;
}> => {
  const server = await rawServer((socket, message) => socket.write(goReply(message)));
  servers.push(server);
  const sockets: Socket[] = [];
  const profile = transportProfile(partial);
  const host = {
    profile,
    settings: { ...profile, codecs: [echoPayload], requestWriter: new RequestWriter(profile.protocol, 0, 1 << 20) },
    dialer: (address: SocketAddress, receiveBuffer: ReceiveBuffer) => {
      const socket = dial(address, receiveBuffer);
      sockets.push(socket);
      return socket;
    },
    idleCount: 0,
    isClosing: false,
    avoided: new AvoidedAddresses(),
    onChange: () => {},
  };
  return { pool: new AddressPool(server.address, host), host, sockets, server };
};

const submit = (pool: AddressPool): Promise<unknown> =>
  new Promise((resolve, reject) => {
    pool.submit(new PendingCall(attemptTo(pool.address), { msg: "hi" }, resolve, reject));
  });

describe("AddressPool", () => {
  it.each(["long", "mux"] as const)(
    "sends a request again over another connection when nothing of it was written (%s)",
    async (connection) => {
      const { pool, sockets, server } = await poolWith({ connection });
      await submit(pool);
      const call = submit(pool);
      // The request waits for the end of the turn; the socket does not live to see it.
      sockets[0]?.destroy();
      expect(await call).toEqual({ msg: "hi" });
      expect(server.accepted).toBe(2);
    },
  );

  it("gives every call a connection of its own, also those that have waited for one (short)", async () => {
    const { pool, server } = await poolWith({ connection: "short", maxConnectionsPerAddress: 2 });
    await Promise.all(Array.from({ length: 5 }, () => submit(pool)));
    expect(server.accepted).toBe(5);
  });

  it("does not dial a dead peer once for every call", async () => {
    const { pool, sockets, server } = await poolWith({ connection: "long" });
    server.close();
    await new Promise((resolve) => setImmediate(resolve));
    for (let round = 1; round <= 5; round++) {
      const before = sockets.length;
      const results = await Promise.allSettled(Array.from({ length: 100 }, () => submit(pool)));
      expect(results.every((result) => result.status === "rejected")).toBe(true);
      // Nothing is known at first; from then on one dial decides for all who wait.
      if (round > 1) expect(sockets.length - before).toBe(1);
    }
  });

  it("does not go on dialing for a closed client when the calls that waited have been given up", async () => {
    const { pool, host, sockets } = await poolWith({ connection: "long" }, () => new Socket());
    const attempt = attemptTo(pool.address);
    const given = new Promise((resolve, reject) => {
      const call = new PendingCall(attempt, { msg: "x" }, resolve, reject);
      call.watch();
      pool.submit(call);
    });
    host.isClosing = true;
    pool.close();
    expect(pool.isEmpty).toBe(false);
    attempt.cancelSlot.cancel(new RPCError("canceled_by_business", "enough"));
    await expect(given).rejects.toThrow("enough");
    expect(pool.isEmpty).toBe(true);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it("forgets calls that were given up while another waits", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const { pool } = await poolWith({ connection: "long", maxConnectionsPerAddress: 1 });
    const waiting = submit(pool);
    const requests: WeakRef<object>[] = [];
    const giveUp = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const request = { msg: "x" };
        requests.push(new WeakRef(request));
        const call = new PendingCall(attemptTo(pool.address), request, resolve, reject);
        call.watch();
        pool.submit(call);
        call.attempt.cancelSlot.cancel(new RPCError("canceled_by_business", "enough"));
      });
    const results = await Promise.allSettled(Array.from({ length: 1000 }, giveUp));
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    const kept = requests.filter((request) => request.deref() !== undefined).length;
    expect(kept).toBeLessThan(300);
    expect(await waiting).toEqual({ msg: "hi" });
  });

  it("does not send a request again once it was written", async () => {
    const { pool, sockets, server } = await poolWith({ connection: "long" });
    await submit(pool);
    const call = submit(pool).catch((error: unknown) => error);
    await new Promise((resolve) => process.nextTick(resolve));
    sockets[0]?.destroy();
    const error = await call;
    expect(error).toBeInstanceOf(RPCError);
    expect(error).toMatchObject({ code: "connection_closed", requestWritten: true });
    expect(server.accepted).toBe(1);
  });
});
