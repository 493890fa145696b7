// Oneway calls that cannot be served: no caller hears of them, so the server's log must.
import { describe, expect, it } from "vitest";
import { client, createClient, type RPCError, server } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { bytes, noHeader, RawClient, ttheader } from "./support/peers.ts";
import { startProbe } from "./support/probe.ts";
import { eventually } from "./support/waiting.ts";

interface Report {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly error: RPCError;
  readonly message: string;
}

const start = async () => {
  const reports: Report[] = [];
  const note = (fields: Readonly<Record<string, unknown>>, message: string): void =>
    void reports.push({ fields, error: fields["error"] as RPCError, message });
  return { running: await startProbe({}, server.withLogger({ warn: note, error: note })), reports };
};

// Note(1: string text) that ends after the length of its text, and a method that nobody has.
const undecodable = bytes("80010004 00000004 4e6f7465 00000007 0b0001 00000064");
const unknown = bytes("80010004 00000004 4e6f7065 00000007 00");
const framed = (payload: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
};

describe("a oneway call that cannot be served", () => {
  it.each([
    ["TTHeader", (payload: Buffer) => ttheader(noHeader, payload)],
    ["TTHeaderFramed", (payload: Buffer) => ttheader(noHeader, framed(payload))],
    ["Framed", framed],
  ] as const)("is reported with its peer, its method and the reason, and not answered (%s)", async (_, wrap) => {
    const { running, reports } = await start();
    await using _running = running;
    using peer = await RawClient.connect(running.address);
    peer.send(wrap(undecodable));
    peer.send(wrap(unknown));
    await eventually(() => reports.length === 2);
    const [first, second] = reports as [Report, Report];
    expect(first).toMatchObject({ message: "oneway call dropped", fields: { method: "Note", suppressed: 0 } });
    expect(first.fields["peer"]).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(first.error).toMatchObject({ code: "oneway_dropped" });
    expect(first.error.message).toMatch(/a oneway call of "Note" was dropped: \S/);
    expect(second.error.message).toMatch(/a oneway call of "Nope" was dropped: unknown .*Nope/);
    // The connection goes on, and its next answer is that to the next call.
    peer.send(wrap(bytes("80010001 00000005 5265736574 00000009 00")));
    await eventually(() => peer.received.length > 0);
    expect(peer.received.includes(bytes("80010002 00000005 5265736574 00000009"))).toBe(true);
  });

  it("is counted rather than written down when there are many", async () => {
    const { running, reports } = await start();
    await using _running = running;
    using peer = await RawClient.connect(running.address);
    for (let index = 0; index < 500; index++) peer.send(ttheader(noHeader, unknown));
    await using probe = createClient(Probe, running.address, client.withShortConnection());
    await probe.find("x");
    await eventually(() => reports.length >= 10);
    expect(reports.length).toBeLessThan(100);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const before = reports.length;
    peer.send(ttheader(noHeader, unknown));
    await eventually(() => reports.length > before);
    const suppressed = reports.reduce((sum, { fields }) => sum + (fields["suppressed"] as number), 0);
    expect(suppressed + reports.length).toBe(501);
  });
});
