import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GoClients, type GoServer, type GoTransport, startGoClients, startGoServer } from "../support/go-peer.ts";

// Kitex against Kitex, through the same helpers: what fails here says nothing about us.
describe("the Go peers", () => {
  let server: GoServer;
  let muxServer: GoServer;
  let clients: GoClients;
  beforeAll(async () => {
    [server, muxServer] = await Promise.all([startGoServer(), startGoServer({ mux: true })]);
    clients = startGoClients();
  });
  afterAll(async () => {
    await clients[Symbol.asyncDispose]();
    expect(await Promise.all([server.stop(), muxServer.stop()])).toEqual([
      "ended with status 0",
      "ended with status 0",
    ]);
  });

  it.each<GoTransport>(["PurePayload", "Framed", "TTHeader", "TTHeaderFramed"])("talk over %s", async (transport) => {
    const client = await clients.dial({ address: server.address, transport });
    expect(await client.call("Ping", { text: "hi" })).toEqual({ ok: "hi" });
    expect((await client.call("Notify", { token: transport })).error).toBeUndefined();
    await server.notified(transport);
    await client.close();
  });

  it("multiplex", async () => {
    const client = await clients.dial({ address: muxServer.address, mux: true });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => client.call("Ping", { text: `${i}` })));
    expect(answers.map(({ ok }) => ok)).toEqual(answers.map((_, i) => `${i}`));
    await client.close();
  });

  it("carry errors and metainfo", async () => {
    const client = await clients.dial({ address: server.address, caller: "vitest" });
    const refused = await client.call("Refuse", { business: { code: 404, message: "gone", extra: [["k", "v"]] } });
    expect(refused.error).toEqual({ kind: "biz", message: "gone", code: 404, extra: { k: "v" } });
    const slow = await client.call("Sleep", { milliseconds: 2000 }, { timeoutMs: 50 });
    expect(slow.error?.kind).toBe("timeout");
    const observed = await client.call(
      "Observe",
      { backward: [["b", "1"]] },
      { transient: { t: "2" }, persistent: { p: "3" } },
    );
    expect(observed.ok).toMatchObject({ transient: [["t", "2"]], persistent: [["p", "3"]], callerService: "vitest" });
    expect(observed.backward).toMatchObject({ b: "1" });
    await client.close();
  });

  it("say what is wrong with a request", async () => {
    const transport = "Smoke" as GoTransport;
    await expect(clients.dial({ address: server.address, transport })).rejects.toThrow('unknown transport "Smoke"');
    const client = await clients.dial({ address: server.address });
    expect((await client.call("Nope")).error?.message).toMatch(/no method "Nope"/);
    expect((await client.call("Ping", { text: 1 })).error?.message).toMatch(/arguments: text: 1 does not fit string/);
  });
});
