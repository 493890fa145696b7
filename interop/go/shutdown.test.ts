import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoClients, startGoClients } from "../support/go-peer.ts";
import { startLoad } from "../support/load.ts";
import { pairs } from "../support/pair.ts";
import { startRelay } from "../support/relay.ts";
import { rowsOf } from "../support/rows.ts";
import { closeLosses, stopLosses } from "../support/shutdown-losses.ts";
import { ways } from "../support/ways.ts";

let goClients: GoClients;
beforeAll(() => {
  goClients = startGoClients();
});
afterAll(() => goClients[Symbol.asyncDispose]());

const says = (losses: readonly string[]): string =>
  losses.length === 0 ? "0 failed" : `failed only as ${losses.join(", ")}`;

describe.each(pairs(() => goClients))("$direction", (pair) => {
  describe.each(ways)("$name", (way) => {
    const row = rowsOf(pair.direction, way);
    const onStop = stopLosses(pair.direction, way);
    const onClose = closeLosses(pair.direction, way);

    it(
      "a server that stops loses no call that it need not lose",
      row("graceful stop of the server under load", says(onStop)),
      async ({ task }) => {
        const [going, staying] = await Promise.all([pair.serve(way), pair.serve(way)]);
        const caller = await pair.dial(`${going.address},${staying.address}`, way);
        const load = startLoad(caller, 30);
        await load.more(300);
        await going.stop();
        await load.more(300);
        const { failures, report } = await load.end();
        task.meta.load = report;
        expect(failures.filter(({ class: found }) => !onStop.includes(found))).toEqual([]);
        // What was lost was in flight when the server stopped; those who call next are served by the other one.
        expect(failures.length).toBeLessThan(100);
        expect(caller.pending()).toBe(0);
        await caller.close();
        await staying.stop();
      },
    );

    it(
      "a client that closes lets its calls end",
      row("graceful close of the client under load", says(onClose)),
      async ({ task }) => {
        const served = await pair.serve(way);
        await using relay = await startRelay(served.address);
        const caller = await pair.dial(relay.address, way);
        const before = relay.requested;
        await caller.sleep(0);
        const size = relay.requested - before;
        const outcomes = Array.from({ length: 50 }, (_, i) =>
          caller.sleep(100 + i).then(
            () => undefined,
            (error: unknown) => error as { readonly class?: string },
          ),
        );
        while (relay.requested < before + 51 * size) await new Promise((resolve) => setTimeout(resolve, 1));
        await caller.close();
        const failures = (await Promise.all(outcomes)).filter((outcome) => outcome !== undefined);
        task.meta.load = `${failures.length} of 50 calls in flight failed`;
        expect(failures.filter(({ class: found }) => found === undefined || !onClose.includes(found))).toEqual([]);
        await served.stop();
      },
    );
  });
});
