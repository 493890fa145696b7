import { describe, expect, it } from "vitest";
import { callopt, client, createClient, diagnosis } from "../src/index.ts";
import { Probe } from "./kitex_gen/probe/probe.ts";
import { startProbe } from "./support/probe.ts";
import { Gate } from "./support/waiting.ts";

describe("diagnosis()", () => {
  it("says what a client was told, by whom, and what its connections do", async () => {
    const gate = new Gate();
    await using probe = await startProbe({ reset: () => gate.pass() });
    await using own = createClient(
      Probe,
      probe.address,
      client.withRPCTimeout(60_000),
      client.withTag("stage", "prod"),
      client.withSuite({ name: "s", options: () => [client.withConnectTimeout(250)] }),
      client.withMaxMessageSize(1 << 20),
    );
    expect(diagnosis(own)).toEqual({
      destination: probe.address,
      service: "Probe",
      options: ["withRPCTimeout(60000)", "withTag(stage, prod)", "withSuite(s)", "withMaxMessageSize(1048576)"],
      resolver: `static(${probe.address})`,
      rpcTimeoutMs: { value: 60_000, source: "client option" },
      connectTimeoutMs: { value: 250, source: "client option" },
      transportProtocol: "TTHeader",
      transport: {
        profile: expect.objectContaining({
          protocol: "TTHeader",
          connection: "auto",
          maxMessageBytes: 1 << 20,
        }) as unknown,
        sharedBy: 1,
        addresses: [],
      },
    });
    await own.find("known");
    const running = [own.reset(), own.reset(callopt.withRPCTimeout(30_000))];
    await gate.entered;
    expect(diagnosis(own).transport).toMatchObject({
      addresses: [{ address: probe.address, peer: "in any order", connections: 1, callsInFlight: 2, callsWaiting: 0 }],
    });
    gate.open();
    await Promise.all(running);
    expect(diagnosis(own).transport).toMatchObject({ addresses: [{ callsInFlight: 0, idle: 1 }] });
  });

  it("is plain data", () => {
    const own = createClient(Probe, "127.0.0.1:1", client.withClientBasicInfo({ serviceName: "me" }));
    const told = diagnosis(own);
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
    expect(told.rpcTimeoutMs).toEqual({ value: 0, source: "default" });
    expect(told.options).toEqual(["withClientBasicInfo(me)"]);
  });
});
