import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoClients, startGoClients } from "../support/go-peer.ts";
import { failureClasses, pairs } from "../support/pair.ts";
import { startRelay } from "../support/relay.ts";
import { rowsOf } from "../support/rows.ts";
import { ways } from "../support/ways.ts";

let goClients: GoClients;
beforeAll(() => {
  goClients = startGoClients();
});
afterAll(() => goClients[Symbol.asyncDispose]());

describe.each(pairs(() => goClients))("$direction", (pair) => {
  describe.each(ways)("$name", (way) => {
    const row = rowsOf(pair.direction, way);

    it("loses nothing when answers come after their callers have gone", row("timeouts, late answers"), async () => {
      const { timeout } = failureClasses(pair.direction);
      const served = await pair.serve(way);
      await using relay = await startRelay(served.address);
      const caller = await pair.dial(relay.address, way);
      expect(await caller.ping("before")).toBe("before");

      const late = Array.from({ length: 20 }, (_, i) =>
        caller.sleep(100 + 2 * i, 30 + i).then(
          (value) => `answered ${value}`,
          (error: unknown) => (error as { readonly class?: string }).class ?? error,
        ),
      );
      expect(await Promise.all(late)).toEqual(Array(20).fill(timeout));
      // While their answers are on the way, and come, calls of all kinds get their own.
      const clock = { isOver: false };
      const slowest = caller.sleep(160, 20_000).finally(() => {
        clock.isOver = true;
      });
      for (let round = 0; !clock.isOver; round++) {
        const texts = Array.from({ length: 10 }, (_, i) => `${round}/${i}`);
        expect(await Promise.all(texts.map((text) => caller.ping(text, 20_000)))).toEqual(texts);
      }
      expect(await slowest).toBe(160);

      expect(caller.pending()).toBe(0);
      if (way.connections === "mux") expect(relay.accepted).toBe(1);
      await caller.close();
      await served.stop();
    });
  });
});
