// Checksums and validators of payloads, as a user turns them on, with a network between that changes bytes.
import { startTestServer, type TestServer } from "@kitex-ts/testing";
import { describe, expect, it } from "vitest";
import { client, createClient, type RPCError, server } from "../src/index.ts";
import { Probe, type ProbeClient } from "./kitex_gen/probe/probe.ts";
import { errorOf, probeHandler } from "./support/probe.ts";
import { Relay, replacing } from "./support/relay.ts";
import { eventually } from "./support/waiting.ts";

const length: client.PayloadValidator = {
  key: "length",
  generate: (payload) => String(payload.length),
  validate: (value, payload) => value === String(payload.length),
};
/** Refuses a payload in which a word stands that nobody has sent. */
const wordlist: client.PayloadValidator = {
  key: "words",
  generate: (payload) => (Buffer.from(payload).includes("changed") ? "dirty" : "clean"),
  validate: (value, payload) => value === wordlist.generate(payload),
};

const protocols = ["TTHeader", "TTHeaderFramed"] as const;
const uses = {
  auto: [],
  short: [client.withShortConnection()],
  pool: [client.withLongConnection()],
  mux: [client.withMuxConnection()],
} as const;
const ways = protocols.flatMap((protocol) =>
  Object.entries(uses).flatMap(([use, options]) =>
    [
      { name: "CRC-32C", validators: [] },
      { name: "a validator of one's own", validators: [wordlist] },
      { name: "several", validators: [length, wordlist] },
    ].map((kind) => ({ protocol, use, ...kind, options: [client.withTransportProtocol(protocol), ...options] })),
  ),
);

interface Watched extends TestServer<ProbeClient> {
  readonly reports: RPCError[];
  readonly relay: Relay;
  /** A client behind the relay. */
  readonly behind: ProbeClient & AsyncDisposable;
}

const start = async (
  validators: readonly client.PayloadValidator[],
  ...options: readonly client.ClientOption[]
): Promise<Watched> => {
  const reports: RPCError[] = [];
  const note = (fields: Readonly<Record<string, unknown>>): void => void reports.push(fields["error"] as RPCError);
  const running = await startTestServer(
    Probe,
    probeHandler({ find: async (name) => `${name} found` }),
    server.withLogger({ warn: note, error: note }),
    server.withPayloadChecksum(...validators),
    client.withPayloadChecksum(...validators),
    ...options,
  );
  const relay = await Relay.to(running.address);
  const behind = createClient(Probe, relay.address, client.withPayloadChecksum(...validators), ...options);
  const close = async (): Promise<void> => {
    await behind[Symbol.asyncDispose]();
    await running.close();
    await relay[Symbol.asyncDispose]();
  };
  return { ...running, reports, relay, behind, close, [Symbol.asyncDispose]: close };
};

describe.each(ways)("$name over $protocol, $use", ({ use, validators, options }) => {
  it("passes what nobody changes", async () => {
    await using running = await start(validators, ...options);
    const texts = ["", "x", "x".repeat(30_000), "x".repeat(500_000)];
    const answers = await Promise.all(texts.map((text) => running.behind.echo({ text })));
    expect(answers.map(({ text }) => text.length)).toEqual(texts.map((text) => text.length));
    await running.behind.note("noted");
    expect(running.reports).toEqual([]);
  });

  it("finds an answer that was changed on its way; neighbours are not harmed", async () => {
    await using running = await start(validators, ...options);
    await running.behind.find("first");
    running.relay.onReply = replacing("spoil01 found", "changed found");
    const neighbours = Array.from({ length: 30 }, (_, index) => running.behind.find(`n${index}`));
    const spoilt = errorOf(running.behind.find("spoil01"));
    const others = Array.from({ length: 30 }, (_, index) => running.behind.find(`m${index}`));
    const error = await spoilt;
    expect(error).toMatchObject({ kind: "payload_validation", code: "payload_validation", requestWritten: true });
    expect(error).toMatchObject({ method: "Find", address: running.relay.address });
    expect(await Promise.all([...neighbours, ...others])).toHaveLength(60);
    expect(await running.behind.find("afterwards")).toBe("afterwards found");
  });

  it("finds a request that was changed on its way; it is not served, and neighbours are not harmed", async () => {
    await using running = await start(validators, ...options);
    await running.behind.find("first");
    running.relay.onRequest = replacing("spoil02", "changed");
    const neighbours = Array.from({ length: 30 }, (_, index) => running.behind.find(`n${index}`));
    const spoilt = errorOf(running.behind.find("spoil02"));
    const others = Array.from({ length: 30 }, (_, index) => running.behind.find(`m${index}`));
    const error = await spoilt;
    expect(error).toMatchObject({ kind: "remote_or_network", method: "Find", address: running.relay.address });
    // Where answers come in any order the server can say what it was; where not, it closes, as Kitex does.
    if (use === "auto" || use === "mux") expect(error.message).toMatch(/payload validation error|does not fit/);
    else expect(error).toMatchObject({ code: "connection_closed", requestWritten: true });
    expect(await Promise.all([...neighbours, ...others])).toHaveLength(60);
    await eventually(() => running.reports.length > 0);
    expect(running.reports[0]).toMatchObject({ kind: "payload_validation" });
    expect(await running.behind.find("afterwards")).toBe("afterwards found");
  });
});

describe("withPayloadChecksum", () => {
  it("on one side only is accepted: peers turn it on one by one", async () => {
    await using both = await startTestServer(Probe, probeHandler(), client.withPayloadChecksum());
    expect(await both.client.find("x")).toBe("found x");
    await using other = await startTestServer(Probe, probeHandler(), server.withPayloadChecksum());
    expect(await other.client.find("x")).toBe("found x");
  });
});
