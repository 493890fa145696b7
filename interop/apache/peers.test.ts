import { describe, expect, it } from "vitest";
import { toJson } from "../support/json.ts";
import { fullFor, judges } from "./support/judges.ts";
import { ways } from "./support/ways.ts";

const pairs = judges.flatMap((client) =>
  judges.map((server) => ({ client, server, name: `${client.name} → ${server.name}` })),
);

// The judges among themselves, through the same helpers: what fails here says nothing about us.
describe.each(pairs)("$name", ({ client, server }) => {
  it.each(ways)("$name", async (way) => {
    await using running = await server.startServer(way);
    await using clients = client.startClients();
    const { address } = running;
    const dialled = await clients.dial({ ...way, address, service: "Judge" });
    const most = toJson(fullFor(way, client, server));
    expect((await dialled.call("EchoEverything", { request: most })).ok).toEqual(most);
    expect(await dialled.call("Notify", { token: "t" })).toEqual({ ok: null });
    await running.notified("t");
    expect((await dialled.call("Find", { what: "missing" })).error).toMatchObject({ name: "NotFound" });
    const newer = await clients.dial({ ...way, address, service: "NewJudge" });
    expect((await newer.call("Added", { text: "" })).error).toMatchObject({
      kind: "application",
      typeId: server.unknownMethod,
    });
    await newer.close();
    await dialled.close();
  });
});
