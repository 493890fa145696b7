import { status } from "@grpc/grpc-js";
import { Cluster, ClusterLoadAssignment, Listener, NameTable, RouteConfiguration } from "@kitex-ts/xds-protos";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createMesh, type Mesh, type MeshAddress, type MeshEvents } from "../src/index.ts";
import { callRaw, clientNode, GRPC_NODE, TestAdsClient, typeOf } from "./ads-client.ts";
import { BASE, HOST, weightedRule } from "./manifests.ts";

const ALL = `outbound|80||${HOST}`;
const V1 = `outbound|80|v1|${HOST}`;
const ROUTE = `${HOST}:80`;

let mesh: Mesh;
let address: MeshAddress;

beforeEach(async () => {
  mesh = createMesh({ debounceMs: 1 });
  await mesh.apply(BASE);
  mesh.setEndpoints([{ deployment: "kitex-server-v1", address: "127.0.0.1:18881" }]);
  address = await mesh.listen();
});
afterEach(() => mesh.close());

const nextEvent = <Name extends keyof MeshEvents>(name: Name): Promise<MeshEvents[Name]> =>
  new Promise((resolve) => {
    const off = mesh.on(name, (event) => {
      off();
      resolve(event);
    });
  });

describe("ADS, sidecar dialect", () => {
  it("answers LDS, CDS and NDS completely and RDS and EDS by name", async () => {
    using client = new TestAdsClient(address);
    const cds = await client.subscribe("cds");
    const lds = await client.subscribe("lds");
    const rds = await client.subscribe("rds", [ROUTE]);
    const eds = await client.subscribe("eds", [ALL, V1]);
    const nds = await client.subscribe("nds");

    expect(cds.resources.map(({ value }) => Cluster.decode(value).name)).toEqual(
      expect.arrayContaining([ALL, V1, "PassthroughCluster"]),
    );
    const vip = NameTable.decode(nds.resources[0]?.value ?? new Uint8Array()).table[HOST]?.ips[0];
    expect(lds.resources.map(({ value }) => Listener.decode(value).name)).toEqual([`${vip}_80`, "virtualOutbound"]);
    expect(rds.resources.map(({ value }) => RouteConfiguration.decode(value).name)).toEqual([ROUTE]);
    expect(eds.resources.map(({ value }) => ClusterLoadAssignment.decode(value).clusterName)).toEqual([ALL, V1]);
  });

  it("has one version for all types and a nonce for each response", async () => {
    using client = new TestAdsClient(address);
    const first = await client.subscribe("cds");
    const second = await client.subscribe("lds");
    expect(first.versionInfo).toMatch(/^\d{4}-.*Z\/\d+$/);
    expect(second.versionInfo).toBe(first.versionInfo);
    expect(second.nonce).not.toBe(first.nonce);
  });

  it("answers unknown names with empty resources", async () => {
    using client = new TestAdsClient(address);
    const rds = await client.subscribe("rds", ["nobody.default.svc.cluster.local:80"]);
    const eds = await client.subscribe("eds", ["nonsense"]);
    const route = RouteConfiguration.decode(rds.resources[0]?.value ?? new Uint8Array());
    const assignment = ClusterLoadAssignment.decode(eds.resources[0]?.value ?? new Uint8Array());
    expect(route).toMatchObject({ name: "nobody.default.svc.cluster.local:80", virtualHosts: [] });
    expect(assignment).toMatchObject({ clusterName: "nonsense", endpoints: [] });
  });

  it("answers only the added names when a list grows, and nothing when it shrinks", async () => {
    using client = new TestAdsClient(address);
    const first = await client.subscribe("eds", [ALL]);
    client.ack("eds", [ALL, V1], first);
    const second = await client.next();
    expect(second.resources.map(({ value }) => ClusterLoadAssignment.decode(value).clusterName)).toEqual([V1]);
    client.ack("eds", [V1], second);
    // Would the shrunken list be answered, this answer would come second.
    expect(typeOf(await client.subscribe("nds"))).toBe("nds");
  });

  it("ignores requests with an old nonce", async () => {
    using client = new TestAdsClient(address);
    const first = await client.subscribe("eds", [ALL]);
    client.send("eds", [ALL, V1], { responseNonce: "another" });
    expect(typeOf(await client.subscribe("nds"))).toBe("nds");
    client.ack("eds", [ALL, V1], first);
    expect(typeOf(await client.next())).toBe("eds");
  });

  it("answers a reconnecting client, whatever nonce it brings", async () => {
    using client = new TestAdsClient(address);
    client.send("cds", [], { responseNonce: "of another life", versionInfo: "7" });
    expect(typeOf(await client.next())).toBe("cds");
  });

  it("reports a NACK and goes on", async () => {
    using client = new TestAdsClient(address);
    client.send("cds", []);
    const { nonce } = await client.next();
    const nacked = nextEvent("nack");
    client.send("cds", [], { responseNonce: nonce, errorDetail: { code: 3, message: "cluster x: no endpoints" } });
    await expect(nacked).resolves.toMatchObject({ type: "cds", message: "cluster x: no endpoints" });
    expect(typeOf(await client.subscribe("lds"))).toBe("lds");
  });

  it("forgets a type when its list becomes empty", async () => {
    using client = new TestAdsClient(address);
    const first = await client.subscribe("rds", [ROUTE]);
    client.ack("rds", [], first);
    await client.subscribe("nds");
    await mesh.apply(weightedRule(50));
    await mesh.apply(BASE.replaceAll("kitex-server", "other-server"));
    // The first push that arrives is NDS, for the new Service; RDS would come before.
    expect(typeOf(await client.next())).toBe("nds");
  });

  it.each([
    ["a rule", () => mesh.apply(weightedRule(50)), ["cds", "lds", "rds"]],
    ["other subsets", () => mesh.apply(BASE.replace("{name: v2, ", "{name: v3, ")), ["cds", "eds", "lds", "rds"]],
    ["a new Service", () => mesh.apply(BASE.replaceAll("kitex-server", "two")), ["cds", "eds", "lds", "rds", "nds"]],
    ["a removed Service", () => mesh.delete(BASE), ["cds", "eds", "lds", "rds", "nds"]],
    ["an endpoint", async () => mesh.setEndpoints([]), ["eds"]],
  ])("pushes for %s what istiod pushes", async (_what, change, expected) => {
    using client = new TestAdsClient(address);
    await client.subscribe("cds");
    await client.subscribe("eds", [ALL, V1]);
    await client.subscribe("lds");
    await client.subscribe("rds", [ROUTE]);
    await client.subscribe("nds");
    await change();
    const types: string[] = [];
    while (types.length < expected.length) types.push(typeOf(await client.next()));
    expect(types).toEqual(expected);
  });

  it("pushes nothing when nothing changed", async () => {
    using client = new TestAdsClient(address);
    const first = await client.subscribe("cds");
    await mesh.apply(`# a line more\n${BASE}`);
    await mesh.apply(weightedRule(50));
    const second = await client.next();
    const [revision = 0, next = 0] = [first, second].map(({ versionInfo }) => Number(versionInfo.split("/")[1]));
    expect(next - revision).toBe(2);
  });

  it("empties the resources of a Service that is gone", async () => {
    using client = new TestAdsClient(address);
    await client.subscribe("eds", [ALL]);
    await client.subscribe("rds", [ROUTE]);
    await mesh.delete(BASE);
    const eds = ClusterLoadAssignment.decode((await client.next()).resources[0]?.value ?? new Uint8Array());
    const rds = RouteConfiguration.decode((await client.next()).resources[0]?.value ?? new Uint8Array());
    expect(eds).toMatchObject({ clusterName: ALL, endpoints: [] });
    expect(rds).toMatchObject({ name: ROUTE, virtualHosts: [] });
  });
});

describe("ADS, grpc dialect", () => {
  it("serves listeners, routes, clusters by the names asked for", async () => {
    using client = new TestAdsClient(address, GRPC_NODE);
    const lds = await client.subscribe("lds", [`${HOST}:80`, "kitex-server:80", "nobody:80"]);
    const cds = await client.subscribe("cds", [V1, `outbound|80|v9|${HOST}`]);
    expect(lds.resources.map(({ value }) => Listener.decode(value).name)).toEqual([`${HOST}:80`, "kitex-server:80"]);
    expect(cds.resources.map(({ value }) => Cluster.decode(value).name)).toEqual([V1]);
  });

  it("takes an empty list of listeners for all, and of clusters for none", async () => {
    using client = new TestAdsClient(address, GRPC_NODE);
    const lds = await client.subscribe("lds");
    expect(lds.resources.map(({ value }) => Listener.decode(value).name)).toEqual([`${HOST}:80`]);
    expect((await client.subscribe("cds")).resources).toEqual([]);
  });

  it("answers all names again when a list grows", async () => {
    using client = new TestAdsClient(address, GRPC_NODE);
    const first = await client.subscribe("eds", [ALL]);
    client.ack("eds", [ALL, V1], first);
    expect((await client.next()).resources).toHaveLength(2);
  });

  it("pushes everything again for an endpoint", async () => {
    using client = new TestAdsClient(address, GRPC_NODE);
    const route = `outbound|80||${HOST}`;
    await client.subscribe("lds", [`${HOST}:80`]);
    await client.subscribe("rds", [route]);
    await client.subscribe("cds", [ALL]);
    await client.subscribe("eds", [ALL]);
    mesh.setEndpoints([]);
    const types = [];
    for (let count = 0; count < 4; count++) types.push(typeOf(await client.next()));
    expect(types).toEqual(["cds", "eds", "lds", "rds"]);
  });
});

describe("ADS, clients that are not as they should be", () => {
  it("refuses a first request without a node", async () => {
    using client = new TestAdsClient(address, undefined);
    client.sendRaw({ typeUrl: "type.googleapis.com/envoy.config.cluster.v3.Cluster" });
    await expect(client.ended).resolves.toMatchObject({ code: status.INVALID_ARGUMENT, details: /must carry a node/ });
  });

  it("refuses a node id that is none", async () => {
    using client = new TestAdsClient(address, { ...clientNode(), id: "kitex-client" });
    client.send("cds", []);
    await expect(client.ended).resolves.toMatchObject({ code: status.INVALID_ARGUMENT, details: /"kitex-client"/ });
    expect(mesh.clients).toEqual([]);
  });

  it("stays silent about types that it does not serve", async () => {
    using client = new TestAdsClient(address);
    await client.subscribe("nds");
    client.sendRaw({ typeUrl: "type.googleapis.com/envoy.service.runtime.v3.Runtime" });
    expect(typeOf(await client.subscribe("cds"))).toBe("cds");
  });

  it("ends a stream of garbage and goes on serving others", async () => {
    using good = new TestAdsClient(address);
    const ended = await callRaw(address, "StreamAggregatedResources", Buffer.from("ffffffffffffffff", "hex"));
    expect(ended).toBe(status.INTERNAL);
    expect(typeOf(await good.subscribe("cds"))).toBe("cds");
  });

  it("refuses the incremental protocol, so that clients fall back", async () => {
    expect(await callRaw(address, "DeltaAggregatedResources", Buffer.alloc(0))).toBe(status.UNIMPLEMENTED);
  });

  it("refuses more names than anybody needs", async () => {
    using client = new TestAdsClient(address);
    client.send("eds", new Array<string>(50_001).fill("x"));
    await expect(client.ended).resolves.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it("brings a client that did not read to the newest state once it reads", async () => {
    using client = new TestAdsClient(address);
    await client.subscribe("rds", [ROUTE]);
    client.pause();
    for (let weight = 1; weight < 100; weight++) await mesh.apply(weightedRule(weight));
    client.resume();
    let version = "";
    do {
      const response = await client.next();
      client.ack("rds", [ROUTE], response);
      version = response.versionInfo;
    } while (!version.endsWith("/101"));
    await mesh.synced();
    expect(mesh.clients).toHaveLength(1);
  });
});

describe("Mesh", () => {
  it("reports who comes and goes", async () => {
    const connected = nextEvent("connect");
    const disconnected = nextEvent("disconnect");
    {
      using client = new TestAdsClient(address);
      await client.subscribe("cds");
      expect(await connected).toMatchObject({ client: { pod: "kitex-client-0.default", dialect: "sidecar" } });
      expect(mesh.clients).toHaveLength(1);
    }
    await disconnected;
    expect(mesh.clients).toEqual([]);
  });

  it("says who has not answered", async () => {
    using client = new TestAdsClient(address);
    client.send("cds", []);
    const response = await client.next();
    await expect(mesh.synced(20)).rejects.toMatchObject({ kind: "timeout", message: /kitex-client-0\.default/ });
    client.ack("cds", [], response);
    await mesh.synced();
  });

  it("resolves at once when nobody is connected", async () => {
    await expect(mesh.synced()).resolves.toBeUndefined();
  });

  it("says that a port is taken", async () => {
    await using other = createMesh();
    await expect(other.listen(address)).rejects.toMatchObject({
      kind: "listen",
      message: /cannot listen on 127\.0\.0\.1/,
    });
    await expect(other.listen()).resolves.toMatchObject({ host: "127.0.0.1" });
  });

  it("listens once", async () => {
    await expect(mesh.listen()).rejects.toMatchObject({ kind: "listen" });
  });

  it("ends the streams when it closes, and its port is free again", async () => {
    using client = new TestAdsClient(address);
    await client.subscribe("cds");
    await mesh.close();
    await mesh.close();
    expect((await client.ended).code).not.toBe(status.OK);
    await expect(mesh.apply(BASE)).rejects.toMatchObject({ kind: "closed" });
    await using next = createMesh();
    await expect(next.listen(address)).resolves.toEqual(address);
  });

  it("keeps virtual addresses over a restart", async () => {
    const listenersOf = async (at: MeshAddress) => {
      using client = new TestAdsClient(at);
      return (await client.subscribe("lds")).resources.map(({ value }) => Listener.decode(value).name);
    };
    await using other = createMesh();
    await other.apply(BASE);
    expect(await listenersOf(await other.listen())).toEqual(await listenersOf(address));
  });

  it("keeps its state when a source is refused", async () => {
    using client = new TestAdsClient(address);
    await client.subscribe("rds", [ROUTE]);
    await expect(mesh.apply(weightedRule(50).replace("weight", "wieght"))).rejects.toMatchObject({ kind: "config" });
    await mesh.apply(weightedRule(70));
    const [route] = RouteConfiguration.decode(
      (await client.next()).resources[0]?.value ?? new Uint8Array(),
    ).virtualHosts;
    expect(route?.routes[0]?.route?.weightedClusters?.clusters[0]?.weight?.value).toBe(70);
  });

  it("goes on when a listener throws", async () => {
    mesh.on("change", () => {
      throw new Error("of the listener");
    });
    const warned = new Promise((resolve) => process.once("warning", resolve));
    await mesh.apply(weightedRule(50));
    await expect(warned).resolves.toMatchObject({ message: "of the listener" });
  });

  it("refuses options that it does not know", () => {
    expect(() => createMesh({ debounceMS: 3 } as object)).toThrow(
      /unknown option debounceMS: did you mean debounceMs\?/,
    );
    expect(() => createMesh({ debounceMs: -1 })).toThrow(/debounceMs must be/);
    expect(() => createMesh({ domain: "not a domain" })).toThrow(/domain must be/);
    expect(Object.isFrozen(mesh.options)).toBe(true);
  });
});
