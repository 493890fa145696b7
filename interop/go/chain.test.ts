import { background, callopt, createClient, metainfo } from "kitex-ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Interop } from "../kitex_gen/interop/interop.ts";
import { goDial, ourOptions } from "../support/dial-options.ts";
import { type GoServer, startGoClients, startGoServer } from "../support/go-peer.ts";
import { type OurServer, startOurServer } from "../support/our-server.ts";
import { rowsOf } from "../support/rows.ts";
import { hasHeader, ways } from "../support/ways.ts";

let stock: GoServer;
let mux: GoServer;
let ours: OurServer;
beforeAll(async () => {
  [stock, mux, ours] = await Promise.all([startGoServer(), startGoServer({ mux: true }), startOurServer()]);
});
afterAll(async () => {
  await Promise.all([stock.stop(), mux.stop(), ours[Symbol.asyncDispose]()]);
});

describe.each(ways.filter(hasHeader))("metainfo over two hops: $name", (way) => {
  it("from us through Go to us", rowsOf("our client, Go server", way)("metainfo over two hops"), async () => {
    const middle = way.connections === "mux" ? mux : stock;
    await using interop = createClient(Interop, middle.address, ...ourOptions(way));
    let ctx = metainfo.withBackwardValues(background());
    ctx = metainfo.withPersistentValue(metainfo.withValue(ctx, "t1", "first"), "p1", "all");
    const response = await interop.chain(
      {
        address: ours.address,
        transient: new Map([["t2", "second"]]),
        persistent: new Map([["p2", "on"]]),
        backward: new Map([["b", "v"]]),
      },
      callopt.withContext(ctx),
    );
    expect(response).toMatchObject({
      middle: { transient: new Map([["t1", "first"]]), persistent: new Map([["p1", "all"]]), callerService: "tester" },
      last: {
        transient: new Map([["t2", "second"]]),
        persistent: new Map(Object.entries({ p1: "all", p2: "on" })),
        callerService: "middle",
        callerMethod: "Chain",
      },
    });
    expect(response.backward.get("last.b")).toBe("v");
    expect(metainfo.recvBackwardValue(ctx, "middle.b")).toBe("v");
    expect(metainfo.recvBackwardValue(ctx, "last.b")).toBeUndefined();
  });

  it("from Go through us to Go", rowsOf("Go client, our server", way)("metainfo over two hops"), async () => {
    await using clients = startGoClients();
    const interop = await clients.dial(goDial(ours.address, way));
    const request = {
      address: stock.address,
      transient: [["t2", "second"]],
      persistent: [["p2", "on"]],
      backward: [["b", "v"]],
    };
    const { ok, backward } = await interop.call(
      "Chain",
      { request },
      { transient: { t1: "first" }, persistent: { p1: "all" }, timeoutMs: 9000 },
    );
    expect(ok).toMatchObject({
      middle: { transient: [["t1", "first"]], persistent: [["p1", "all"]], callerService: "tester", timeoutMs: "9000" },
      last: {
        transient: [["t2", "second"]],
        persistent: [
          ["p1", "all"],
          ["p2", "on"],
        ],
        callerService: "middle",
        callerMethod: "Chain",
      },
    });
    // The caller's deadline bounds the second hop.
    const { last } = ok as { last: { timeoutMs: string } };
    expect(Number(last.timeoutMs)).toBeLessThanOrEqual(9000);
    expect(Number(last.timeoutMs)).toBeGreaterThan(5000);
    expect(backward).toMatchObject({ "middle.b": "v" });
    expect(backward).not.toHaveProperty("last.b");
  });
});
