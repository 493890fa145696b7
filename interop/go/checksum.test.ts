import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoClients, startGoClients } from "../support/go-peer.ts";
import { failureClasses, pairs } from "../support/pair.ts";
import { type Side, startRelay } from "../support/relay.ts";
import { rowsOf } from "../support/rows.ts";
import { hasHeader, type Way, ways } from "../support/ways.ts";

let goClients: GoClients;
beforeAll(() => {
  goClients = startGoClients();
});
afterAll(() => goClients[Symbol.asyncDispose]());

const tampered = (side: Side) => (passing: Side, bytes: Buffer) =>
  side === passing ? Buffer.from(bytes.toString("latin1").replace("an apple", "an ample"), "latin1") : bytes;

describe.each(pairs(() => goClients))("$direction", (pair) => {
  const { lost, timeout, validation } = failureClasses(pair.direction);

  /** Both close without an answer. On a shared connection, which that would take from the others, Kitex is silent, and ours says so. */
  const refusalOf = ({ connections }: Way): string =>
    connections !== "mux" || pair.direction === "Go client, our server"
      ? lost
      : pair.direction === "our client, Go server"
        ? timeout
        : "remote_or_network/application exception 7";

  describe.each(ways.filter(hasHeader))("$name", (way) => {
    const row = rowsOf(pair.direction, way)("payload checksum, and payloads changed on the way");

    it.each([
      { at: "both sides", client: true, server: true },
      { at: "the client alone", client: true, server: false },
      { at: "the server alone", client: false, server: true },
    ])("is accepted from $at", row, async ({ client, server }) => {
      const served = await pair.serve(way, { checksum: server });
      const caller = await pair.dial(served.address, way, { checksum: client });
      for (const text of ["", "x", "x".repeat(100_000)]) expect(await caller.ping(text)).toBe(text);
      await caller.close();
      await served.stop();
    });

    it("refuses what was changed on the way, and goes on", row, async () => {
      const served = await pair.serve(way, { checksum: true });
      await using relay = await startRelay(served.address);
      const caller = await pair.dial(relay.address, way, { checksum: true });
      expect(await caller.ping("an apple")).toBe("an apple");
      relay.change = tampered("answer");
      await expect(caller.ping("an apple")).rejects.toMatchObject({ class: validation });
      expect(await caller.ping("a pear")).toBe("a pear");
      relay.change = tampered("request");
      await expect(caller.ping("an apple", 500)).rejects.toMatchObject({ class: refusalOf(way) });
      expect(await caller.ping("a pear")).toBe("a pear");
      await caller.close();
      await served.stop();
    });

    it("would not be noticed without it", row, async () => {
      const served = await pair.serve(way);
      await using relay = await startRelay(served.address);
      const caller = await pair.dial(relay.address, way);
      relay.change = tampered("answer");
      expect(await caller.ping("an apple")).toBe("an ample");
      await caller.close();
      await served.stop();
    });
  });
});
