import { TransportProtocol } from "@kitex-ts/core";
import { afterEach, describe, expect, it } from "vitest";
import { callEcho, closeAll, entryOf, serve, sleep, transport } from "./harness.ts";

afterEach(closeAll);

describe.each(Object.values(TransportProtocol))("a call over %s", (protocol) => {
  it("comes back", async () => {
    const { address } = await serve(entryOf((request) => request));
    const client = transport({ protocol });
    expect(await callEcho(client, address, "hi")).toEqual({ msg: "hi" });
    expect(await callEcho(client, address, "again")).toEqual({ msg: "again" });
  });

  it("comes back to whom it belongs among a thousand", async () => {
    const { address } = await serve(
      entryOf(async (request) => {
        await sleep(Number(request.msg) % 3);
        return request;
      }),
    );
    const client = transport({ protocol, maxConnectionsPerAddress: 50 });
    const calls = Array.from({ length: 1000 }, (_, index) => callEcho(client, address, String(index)));
    const answers = await Promise.all(calls);
    expect(answers.map(({ msg }) => msg)).toEqual(answers.map((_, index) => String(index)));
    const [pool] = client.diagnosis().addresses;
    expect(pool?.peer).toBe(protocol.startsWith("TTHeader") ? "in any order" : "in order");
    expect(pool?.callsInFlight).toBe(0);
    if (protocol.startsWith("TTHeader")) expect(pool?.connections).toBe(1);
  });
});
