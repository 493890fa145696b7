// Damaged messages at the server's port: whatever comes, the process lives, memory stays, and neighbours get their answers.
import { afterEach, describe, expect, it } from "vitest";
import { callEcho, closeAll, entryOf, serve, transport } from "./harness.ts";
import { RawClient } from "./raw-peer.ts";
import { vectors } from "./vectors.ts";

afterEach(closeAll);

const numbers = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const recorded = Object.values(vectors);

/** A few recorded messages with bytes changed, removed, repeated or exchanged for the extremes. */
const damaged = (random: (below: number) => number): Buffer => {
  let bytes = Buffer.concat(Array.from({ length: 1 + random(3) }, () => recorded[random(recorded.length)] as Buffer));
  for (let change = random(6); change > 0; change--) {
    const at = random(bytes.length);
    switch (random(5)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes.fill(0xff, at, Math.min(bytes.length, at + 4));
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(8))]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes]);
        break;
      default:
        bytes.fill(0, at, Math.min(bytes.length, at + random(8)));
    }
    if (bytes.length === 0) return Buffer.from([0]);
  }
  return bytes;
};

describe("damaged messages", () => {
  it("end with an answer or a closed connection, and harm nobody else", async () => {
    const { address, listener } = await serve(
      entryOf((request) => request),
      { maxMessageBytes: 1 << 20, readTimeoutMs: 200 },
    );
    const neighbour = transport();
    await callEcho(neighbour, address, "hi");
    const random = numbers(20_260_803);
    const before = process.memoryUsage();
    for (let round = 0; round < 100; round++) {
      const attackers = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(address)));
      for (const attacker of attackers) attacker.socket.end(damaged(random));
      expect(await callEcho(neighbour, address, "hi")).toEqual({ msg: "hi" });
      for (const attacker of attackers) attacker.socket.destroySoon();
    }
    while (listener.connectionCount > 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(listener.runningCalls).toBe(0);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(64 << 20);
  }, 30_000);
});
