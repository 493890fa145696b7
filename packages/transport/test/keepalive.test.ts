// Who is never asked whether it is there: peers that have not shown that they know heartbeats.
import { afterEach, describe, expect, it } from "vitest";
import { callEcho, closeAll, sleep, transport } from "./harness.ts";
import { goReply, type RawServer, rawServer } from "./raw-peer.ts";

afterEach(closeAll);

const servers: RawServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const keepalive = { keepaliveTimeMs: 20, keepaliveTimeoutMs: 20 };

/** A peer that answers calls with these flags, and notes whatever comes. */
const peerWith = async (
  flags: number,
  answerTo: (message: Buffer) => Buffer | undefined = (message) => goReply(message, "hi", { flags }),
): Promise<{ readonly address: string; readonly sequenceIds: number[] }> => {
  const sequenceIds: number[] = [];
  const server = await rawServer((socket, message) => {
    sequenceIds.push(message.readInt32BE(8));
    const answer = answerTo(message);
    if (answer !== undefined) socket.write(answer);
  });
  servers.push(server);
  return { address: server.address, sequenceIds };
};

describe("heartbeats", () => {
  it.each(["auto", "mux", "long"] as const)("never reach a Go server (%s)", async (connection) => {
    const { address, sequenceIds } = await peerWith(0);
    const client = transport({ ...keepalive, connection, minIdlePerAddress: 1 });
    for (let round = 0; round < 3; round++) {
      await callEcho(client, address, "hi");
      await sleep(100);
    }
    expect(sequenceIds).toHaveLength(3);
    expect(sequenceIds).not.toContain(0);
  });

  it("reach a peer that answers in any order once, and no more if it does not answer them", async () => {
    const { address, sequenceIds } = await peerWith(1, (message) => {
      const isSlow = message.includes("slow");
      if (message.readInt32BE(8) === 0 || isSlow) return undefined;
      return goReply(message, "hi", { flags: 1 });
    });
    const client = transport({ ...keepalive, connection: "mux" });
    await callEcho(client, address, "hi");
    const slow = callEcho(client, address, "slow").catch((error: unknown) => error);
    await sleep(300);
    // It is not given up either: its silence says nothing.
    expect(client.diagnosis().addresses[0]).toMatchObject({ connections: 1, callsInFlight: 1 });
    expect(sequenceIds.filter((id) => id === 0)).toHaveLength(1);
    for (const server of servers) server.close();
    expect(await slow).toMatchObject({ code: "connection_closed" });
  });
});
