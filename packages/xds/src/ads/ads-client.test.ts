import { Cluster, ClusterLoadAssignment, DiscoveryResponse, Listener, RouteConfiguration } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { MemoryTransport, settled } from "../../test/support/memory-transport.ts";
import { RecordingLogger } from "../../test/support/recording-logger.ts";
import { ADSClient, type TypedResponse } from "./ads-client.ts";
import type { TypeName } from "./type-urls.ts";

interface Setup {
  readonly client: ADSClient;
  readonly transport: MemoryTransport;
  readonly clock: ManualClock;
  readonly logger: RecordingLogger;
  readonly responses: TypedResponse[];
  readonly requested: [TypeName, readonly string[]][];
  /** What the handler finds wrong, response by response. */
  problems: readonly string[];
}

function setUp(random = 0.5): Setup {
  const transport = new MemoryTransport();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const setup: Setup = {
    transport,
    clock,
    logger,
    responses: [],
    requested: [],
    problems: [],
    client: new ADSClient({
      transport,
      node: { id: "node" },
      clock,
      logger,
      random: () => random,
      handler: {
        onResponse: (response) => {
          setup.responses.push(response);
          return Promise.resolve(setup.problems);
        },
        onRequested: (type, names) => setup.requested.push([type, names]),
        onStatus: () => {},
      },
    }),
  };
  return setup;
}

const response = (typeUrl: string, number: number) => ({ typeUrl, versionInfo: `v${number}`, nonce: `n${number}` });

describe("ADSClient", () => {
  it("asks in the order clusters, endpoints, listeners, routes, and sends the node once per stream", async () => {
    const { client, transport } = setUp();
    client.subscribe("RDS", ["b", "a"]);
    client.subscribe("LDS", "*");
    client.subscribe("EDS", ["e"]);
    client.subscribe("CDS", "*");
    client.start();
    await settled();
    const { requests } = transport.current;
    expect(requests.map(({ typeUrl }) => typeUrl)).toEqual([
      Cluster.typeUrl,
      ClusterLoadAssignment.typeUrl,
      Listener.typeUrl,
      RouteConfiguration.typeUrl,
    ]);
    expect(requests.map(({ node }) => node?.id)).toEqual(["node", undefined, undefined, undefined]);
    expect(requests.map(({ resourceNames }) => resourceNames)).toEqual([[], ["e"], [], ["b", "a"]]);
  });

  it("acknowledges with the response's nonce and version, and the names wanted by then", async () => {
    const { client, transport } = setUp();
    client.subscribe("RDS", ["a"]);
    client.start();
    await transport.current.respond(response(RouteConfiguration.typeUrl, 1));
    transport.current.respondBytes(DiscoveryResponse.encode(response(RouteConfiguration.typeUrl, 2)));
    client.subscribe("RDS", ["a", "b"]);
    await settled();
    const [, first, second] = transport.current.requests;
    expect(first).toMatchObject({ versionInfo: "v1", responseNonce: "n1", resourceNames: ["a"] });
    expect(second).toMatchObject({ versionInfo: "v2", responseNonce: "n2", resourceNames: ["a", "b"] });
    // The change travelled in the acknowledgement; one request less for the server.
    expect(transport.current.requests).toHaveLength(3);
  });

  it("refuses with the last accepted version, the nonce and the reasons", async () => {
    const setup = setUp();
    setup.client.subscribe("CDS", "*");
    setup.client.start();
    await setup.transport.current.respond(response(Cluster.typeUrl, 1));
    setup.problems = ["CDS x: broken", "CDS y: broken too"];
    await setup.transport.current.respond(response(Cluster.typeUrl, 2));
    expect(setup.transport.current.requests.at(-1)).toMatchObject({
      versionInfo: "v1",
      responseNonce: "n2",
      errorDetail: { code: 3, message: "CDS x: broken\nCDS y: broken too" },
    });
  });

  it("says once in the log what it refuses, and again after it was good in between", async () => {
    const setup = setUp();
    const { client, transport, logger } = setup;
    client.subscribe("CDS", "*");
    client.start();
    setup.problems = ["CDS x: broken"];
    await transport.current.respond(response(Cluster.typeUrl, 1));
    await transport.current.respond(response(Cluster.typeUrl, 2));
    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toContain("refused");
    expect(logger.lines[0]).toContain("CDS v1 CDS x: broken");
    setup.problems = [];
    await transport.current.respond(response(Cluster.typeUrl, 3));
    setup.problems = ["CDS x: broken"];
    await transport.current.respond(response(Cluster.typeUrl, 4));
    expect(logger.lines).toHaveLength(2);
  });

  it("keeps a refusal short, however much is wrong", async () => {
    const setup = setUp();
    setup.client.subscribe("CDS", "*");
    setup.client.start();
    setup.problems = Array.from({ length: 5_000 }, (_, index) => `CDS ${index}: broken`);
    await setup.transport.current.respond(response(Cluster.typeUrl, 1));
    const { message } = setup.transport.current.requests.at(-1)?.errorDetail ?? { message: "" };
    expect(message.split("\n")).toHaveLength(21);
    expect(message).toContain("and 4980 more");
  });

  it("sends changes of one turn in one request, with the newest nonce", async () => {
    const { client, transport } = setUp();
    client.subscribe("EDS", ["a"]);
    client.start();
    await transport.current.respond(response(ClusterLoadAssignment.typeUrl, 1));
    client.subscribe("EDS", ["a", "b"]);
    client.subscribe("EDS", ["a", "b", "c"]);
    await settled();
    expect(transport.current.requests).toHaveLength(3);
    expect(transport.current.requests.at(-1)).toMatchObject({
      responseNonce: "n1",
      versionInfo: "v1",
      resourceNames: ["a", "b", "c"],
    });
  });

  it("unsubscribes from all routes with an empty list, but never asks for all listeners by accident", async () => {
    const { client, transport } = setUp();
    client.subscribe("RDS", ["a"]);
    client.subscribe("LDS", ["l"]);
    client.start();
    await settled();
    client.subscribe("RDS", []);
    client.subscribe("LDS", []);
    await settled();
    expect(transport.current.of(RouteConfiguration).map(({ resourceNames }) => resourceNames)).toEqual([["a"], []]);
    expect(transport.current.of(Listener).map(({ resourceNames }) => resourceNames)).toEqual([["l"]]);
    await transport.current.respond(response(Listener.typeUrl, 1));
    expect(transport.current.of(Listener).at(-1)?.resourceNames).toEqual(["l"]);
  });

  it("acknowledges a response nobody asked for and does not look at it", async () => {
    const { client, transport, responses } = setUp();
    client.start();
    await transport.current.respond(response(Cluster.typeUrl, 1));
    expect(transport.current.requests).toMatchObject([{ responseNonce: "n1", versionInfo: "v1" }]);
    expect(responses).toEqual([]);
  });

  it("ignores a response of an unknown type, with one warning (defect 10: unknown types)", async () => {
    const { client, transport, logger } = setUp();
    client.start();
    await transport.current.respond(response("type.googleapis.com/nobody.knows.This", 1));
    await transport.current.respond(response("type.googleapis.com/nobody.knows.This", 2));
    expect(transport.current.requests).toEqual([]);
    expect(logger.lines).toHaveLength(1);
  });

  it("begins a new stream after a response that is none, since it has no nonce to refuse", async () => {
    const { client, transport, clock } = setUp();
    client.subscribe("CDS", "*");
    client.start();
    transport.current.respondBytes(new Uint8Array([0xff, 0xff, 0xff]));
    expect(transport.streams[0]?.isClosed).toBe(true);
    expect(client.status).toMatchObject({ state: "unreachable" });
    clock.advance(2_000);
    expect(transport.streams).toHaveLength(2);
  });

  it("asks again for everything on a new stream, with the versions it has and no nonce", async () => {
    const { client, transport, clock } = setUp();
    client.subscribe("CDS", "*");
    client.subscribe("RDS", ["a"]);
    client.start();
    await transport.current.respond(response(Cluster.typeUrl, 7));
    transport.current.end("closed");
    clock.advance(1_000);
    expect(transport.streams).toHaveLength(2);
    expect(transport.current.requests).toMatchObject([
      { typeUrl: Cluster.typeUrl, versionInfo: "v7", responseNonce: "", node: { id: "node" } },
      { typeUrl: RouteConfiguration.typeUrl, versionInfo: "", responseNonce: "", resourceNames: ["a"] },
    ]);
  });

  it("waits longer after every stream that brought nothing (defect 1: a server that accepts and fails is not stormed)", async () => {
    const { client, transport, clock } = setUp();
    client.start();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      transport.current.end("not ready");
      delays.push(clock.delays[0] ?? 0);
      clock.advance(delays.at(-1) ?? 0);
    }
    expect(delays.map(Math.round)).toEqual([1000, 1600, 2560, 4096, 6554, 10_486, 16_777, 26_844, 30_000, 30_000]);
    await transport.current.respond(response(Cluster.typeUrl, 1));
    transport.current.end("planned");
    expect(clock.delays).toEqual([500]);
    clock.advance(500);
    transport.current.end("not ready");
    expect(clock.delays.map(Math.round)).toEqual([1000]);
  });

  it("never gives up (defect 2, defect 4: an early or an authentication failure is not the end)", () => {
    const { client, transport, clock } = setUp();
    client.start();
    for (let attempt = 1; attempt <= 50; attempt++) {
      expect(transport.streams).toHaveLength(attempt);
      transport.current.end("UNAUTHENTICATED: token expired");
      clock.advance(36_000);
    }
    expect(client.status).toMatchObject({ state: "unreachable", lastError: "UNAUTHENTICATED: token expired" });
  });

  it("keeps subscriptions made while there is no stream (defect 9: requests for a dead stream are not lost, nobody blocks)", async () => {
    const { client, transport, clock } = setUp();
    client.start();
    transport.current.end("gone");
    for (let index = 0; index < 5_000; index++) client.subscribe("EDS", [`e${index}`]);
    await settled();
    clock.advance(2_000);
    expect(transport.current.requests.map(({ resourceNames }) => resourceNames)).toEqual([["e4999"]]);
  });

  it("reads no further while it works on a response, and does not answer on a stream that ended meanwhile", async () => {
    const { client, transport, clock } = setUp();
    client.subscribe("CDS", "*");
    client.start();
    const [stream] = transport.streams;
    const bytes = (number: number) => DiscoveryResponse.encode(response(Cluster.typeUrl, number));
    stream?.respondBytes(bytes(1));
    stream?.respondBytes(bytes(2));
    expect(stream?.isPaused).toBe(true);
    await settled();
    expect(stream?.isPaused).toBe(false);
    expect(stream?.requests.map(({ responseNonce }) => responseNonce)).toEqual(["", "n1", "n2"]);
    stream?.respondBytes(bytes(3));
    stream?.end("closed");
    await settled();
    expect(stream?.requests).toHaveLength(3);
    clock.advance(2_000);
    // What was accepted is remembered all the same.
    expect(transport.current.requests).toMatchObject([{ responseNonce: "" }]);
  });

  it("does nothing more once closed", async () => {
    const { client, transport, clock, responses } = setUp();
    client.subscribe("CDS", "*");
    client.start();
    const [stream] = transport.streams;
    client.close();
    client.close();
    client.start();
    client.subscribe("CDS", "*");
    stream?.end("late");
    stream?.respondBytes(DiscoveryResponse.encode(response(Cluster.typeUrl, 1)));
    await settled();
    clock.advance(100_000);
    expect(stream?.isClosed).toBe(true);
    expect(transport.streams).toHaveLength(1);
    expect(responses).toEqual([]);
    expect(client.status.state).toBe("closed");
    expect(clock.delays).toEqual([]);
  });
});
