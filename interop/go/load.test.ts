import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoClients, startGoClients } from "../support/go-peer.ts";
import { type Caller, pairs, type Served } from "../support/pair.ts";
import { rowsOf } from "../support/rows.ts";
import { ways } from "../support/ways.ts";

let goClients: GoClients;
beforeAll(() => {
  goClients = startGoClients();
});
afterAll(() => goClients[Symbol.asyncDispose]());

const texts = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `call ${i}`);

describe.each(pairs(() => goClients))("$direction", (pair) => {
  describe.each(ways)("$name", (way) => {
    const row = rowsOf(pair.direction, way);
    let served: Served;
    let caller: Caller;
    beforeAll(async () => {
      served = await pair.serve(way);
      caller = await pair.dial(served.address, way);
    });
    afterAll(async () => {
      await caller.close();
      await served.stop();
    });

    if (way.connections === "mux")
      it(
        "has ten thousand calls in flight, and gives each its own answer",
        row("10,000 calls in flight, every answer its own"),
        async () => {
          const wanted = texts(10_000);
          // None is answered before the last one has arrived.
          const gathered = wanted.map((text) => caller.gather("all", wanted.length, text));
          expect(await Promise.all(gathered)).toEqual(wanted);
          expect(await Promise.all(wanted.map((text) => caller.ping(text)))).toEqual(wanted);
          expect(caller.pending()).toBe(0);
        },
      );
    else
      it(
        "has two hundred calls in flight, and gives each its own answer",
        row("200 calls in flight on 200 connections, every answer its own"),
        async () => {
          const wanted = texts(200);
          for (const round of ["first", "second"]) {
            const gathered = wanted.map((text) => caller.gather(round, wanted.length, text));
            expect(await Promise.all(gathered)).toEqual(wanted);
          }
          expect(await Promise.all(wanted.map((text) => caller.ping(text)))).toEqual(wanted);
          expect(caller.pending()).toBe(0);
        },
      );
  });
});
