import {
  Cluster,
  ClusterLoadAssignment,
  HealthStatus,
  jsonOf,
  LbPolicy,
  type Node,
  RouteConfiguration,
} from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { createMesh, type RunningEndpoint } from "../src/index.ts";
import { clientNode, GRPC_NODE, TestAdsClient } from "./ads-client.ts";
import { BASE, HOST, ruleWith, weightedRule } from "./manifests.ts";

const V1 = `outbound|80|v1|${HOST}`;
const V2 = `outbound|80|v2|${HOST}`;
const TO_V1 = "route: [{destination: {host: kitex-server, subset: v1}}]";

interface Input {
  readonly sources: readonly string[];
  readonly endpoints?: readonly RunningEndpoint[];
  readonly node?: Node;
}

/** What a client gets of one type, as bytes. */
const fetch = async (type: "rds" | "cds" | "eds", names: readonly string[], input: Input) => {
  await using mesh = createMesh();
  for (const source of input.sources) await mesh.apply(source);
  mesh.setEndpoints(input.endpoints ?? []);
  using client = new TestAdsClient(await mesh.listen(), input.node);
  return (await client.subscribe(type, names)).resources.map(({ value }) => value);
};

const routesOf = async (input: Input, name = `${HOST}:80`) => {
  const [bytes = new Uint8Array()] = await fetch("rds", [name], input);
  return RouteConfiguration.decode(bytes).virtualHosts;
};

const targets = async (input: Input): Promise<readonly (string | undefined)[]> =>
  ((await routesOf(input))[0]?.routes ?? []).map(({ route }) => route?.cluster);

const endpointsOf = async (cluster: string, input: Input) => {
  const [bytes = new Uint8Array()] = await fetch("eds", [cluster], input);
  return ClusterLoadAssignment.decode(bytes).endpoints;
};

const addressesOf = async (cluster: string, input: Input): Promise<readonly string[]> =>
  (await endpointsOf(cluster, input))
    .flatMap(({ lbEndpoints }) => lbEndpoints)
    .map(
      ({ endpoint }) => `${endpoint?.address?.socketAddress?.address}:${endpoint?.address?.socketAddress?.portValue}`,
    );

describe("routes", () => {
  it.each([
    ["labels of the client", "sourceLabels: {app: kitex-client}", clientNode(), []],
    ["another namespace", "sourceNamespace: shop", clientNode(), []],
    ["its own namespace", "sourceNamespace: default", clientNode(), [V1]],
    ["the namespace of the node id", "sourceNamespace: default", clientNode({ NAMESPACE: "" }), [V1]],
    ["another port", "port: 81", clientNode(), []],
    ["gateways", "gateways: [ingress]", clientNode(), []],
    ["the mesh among gateways", "gateways: [ingress, mesh]", clientNode(), [V1]],
  ])("are sent only to those whom they concern: %s", async (_what, condition, node, expected) => {
    const rule = ruleWith(`{match: [{${condition}}], ${TO_V1}}`);
    expect(await targets({ sources: [BASE, rule], node })).toEqual(expected);
  });

  it("know the labels of a client from its Pod", async () => {
    const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: kitex-client-0, labels: {app: kitex-client}}\n";
    const rule = ruleWith(`{match: [{sourceLabels: {app: kitex-client}}], ${TO_V1}}`);
    expect(await targets({ sources: [BASE, rule, pod] })).toEqual([V1]);
  });

  it("end where one matches everything", async () => {
    const rule = ruleWith(
      `{match: [{uri: {prefix: /}}], ${TO_V1}}\n  - {route: [{destination: {host: kitex-server}}]}`,
    );
    expect(await targets({ sources: [BASE, rule] })).toEqual([V1]);
  });

  it("leave out destinations without weight", async () => {
    const [host] = await routesOf({ sources: [BASE, weightedRule(100)] });
    expect(host?.routes[0]?.route?.weightedClusters?.clusters).toMatchObject([{ name: V1, weight: { value: 100 } }]);
  });

  it("go to the only port of another Service, or to the one that the rule names", async () => {
    const other = BASE.replaceAll("kitex-server", "other").replace("port: 80,", "port: 90,");
    const plain = ruleWith("{route: [{destination: {host: other}}]}");
    const named = ruleWith("{route: [{destination: {host: other, port: {number: 91}}}]}");
    expect(await targets({ sources: [BASE, other, plain] })).toEqual(["outbound|90||other.default.svc.cluster.local"]);
    expect(await targets({ sources: [BASE, other, named] })).toEqual(["outbound|91||other.default.svc.cluster.local"]);
  });

  it("prefer the rule for the full name, then the longest wildcard, then the oldest", async () => {
    const rule = (name: string, host: string, subset: string, created: string) =>
      ruleWith(`{route: [{destination: {host: ${HOST}, subset: ${subset}}}]}`)
        .replace("{name: kitex-server}", `{name: ${name}, creationTimestamp: "${created}"}`)
        .replace("[kitex-server]", `["${host}"]`);
    const short = rule("a", "*.cluster.local", "v1", "2020-01-01T00:00:00Z");
    const long = rule("b", "*.svc.cluster.local", "v2", "2021-01-01T00:00:00Z");
    const younger = rule("c", HOST, "v1", "2022-01-01T00:00:00Z");
    const older = rule("d", HOST, "v2", "2021-01-01T00:00:00Z");
    expect(await targets({ sources: [BASE, short] })).toEqual([V1]);
    expect(await targets({ sources: [BASE, short, long] })).toEqual([V2]);
    expect(await targets({ sources: [BASE, short, long, younger] })).toEqual([V1]);
    expect(await targets({ sources: [BASE, younger, older] })).toEqual([V2]);
  });

  it("carry header operations, and the authority as a rewrite", async () => {
    const rule = ruleWith(
      '{headers: {request: {set: {b: "1", a: "2", ":authority": x.example.com}, remove: [c]}, response: {add: {d: "3"}}}, ' +
        `${TO_V1}}`,
    );
    const [host] = await routesOf({ sources: [BASE, rule] });
    expect(host?.routes[0]).toMatchObject({
      requestHeadersToAdd: [
        { header: { key: "a", value: "2" }, appendAction: 2 },
        { header: { key: "b", value: "1" }, appendAction: 2 },
      ],
      requestHeadersToRemove: ["c"],
      responseHeadersToAdd: [{ header: { key: "d", value: "3" }, appendAction: 0 }],
      route: { hostRewriteLiteral: "x.example.com" },
    });
  });

  it("of HTTP ports share a configuration; short names depend on the caller's namespace", async () => {
    const service = (name: string, namespace: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {ports: [{name: http, port: 80}]}\n`;
    const hosts = await routesOf({ sources: [service("near", "default"), service("far", "shop")] }, "80");
    const domains = new Map(hosts.map((host) => [host.name, host.domains]));
    expect([...domains.keys()]).toEqual([
      "far.shop.svc.cluster.local:80",
      "near.default.svc.cluster.local:80",
      "allow_any",
    ]);
    expect(domains.get("near.default.svc.cluster.local:80")).toContain("near");
    expect(domains.get("far.shop.svc.cluster.local:80")).toContain("far.shop");
    expect(domains.get("far.shop.svc.cluster.local:80")).not.toContain("far");
    expect(domains.get("allow_any")).toEqual(["*"]);
  });
});

describe("clusters", () => {
  const policy = (text: string) => BASE.replace("  subsets:", `  trafficPolicy: ${text}\n  subsets:`);
  const clustersOf = async (source: string, node?: Node) => {
    const bytes = await fetch("cds", node === undefined ? [] : [`outbound|80||${HOST}`, V1], {
      sources: [source],
      ...(node === undefined ? {} : { node }),
    });
    return new Map(bytes.map((resource) => Cluster.decode(resource)).map((cluster) => [cluster.name, cluster]));
  };

  it.each([
    ["ROUND_ROBIN", LbPolicy.ROUND_ROBIN],
    ["LEAST_CONN", LbPolicy.LEAST_REQUEST],
    ["RANDOM", LbPolicy.RANDOM],
  ])("balance as the rule says: %s", async (simple, expected) => {
    const clusters = await clustersOf(policy(`{loadBalancer: {simple: ${simple}}}`));
    expect(clusters.get(V1)?.lbPolicy).toBe(expected);
  });

  it("have the limits of the rule", async () => {
    const source = policy(
      "{connectionPool: {tcp: {connectTimeout: 0.3s, maxConnections: 7}, http: {http2MaxRequests: 9, maxRetries: 2}}}",
    );
    const cluster = (await clustersOf(source)).get(V2);
    expect(cluster?.connectTimeout).toMatchObject({ seconds: 0, nanos: 300_000_000 });
    expect(cluster?.circuitBreakers?.thresholds[0]).toMatchObject({
      maxConnections: { value: 7 },
      maxPendingRequests: { value: 4_294_967_295 },
      maxRequests: { value: 9 },
      maxRetries: { value: 2 },
    });
    const grpc = await clustersOf(source, GRPC_NODE);
    expect(grpc.get(V1)?.circuitBreakers?.thresholds[0]).toMatchObject({ maxRequests: { value: 9 } });
    expect(grpc.get(V1)?.connectTimeout).toBeUndefined();
  });

  it("merge the DestinationRules of a host", async () => {
    const more = BASE.slice(BASE.lastIndexOf("---") + 4)
      .replace("{name: kitex-server}", "{name: more}")
      .replaceAll("v1", "v3")
      .replace("istio.io/v3", "istio.io/v1");
    await using mesh = createMesh();
    await mesh.apply(BASE);
    await mesh.apply(more);
    using client = new TestAdsClient(await mesh.listen());
    const names = (await client.subscribe("cds")).resources.map(({ value }) => Cluster.decode(value).name);
    expect(names).toEqual(expect.arrayContaining([V1, V2, `outbound|80|v3|${HOST}`]));
  });
});

describe("endpoints", () => {
  const processes: readonly RunningEndpoint[] = [
    { deployment: "kitex-server-v1", address: "127.0.0.1:1" },
    { deployment: "kitex-server-v2", address: "[::1]:2" },
    { service: `kitex-server.default`, labels: { version: "v2" }, address: "127.0.0.1:3", ready: false },
    { service: "kitex-server", address: "127.0.0.1:4" },
  ];

  it("of processes go to the subsets of their labels", async () => {
    const input = { sources: [BASE], endpoints: processes };
    expect(await addressesOf(`outbound|80||${HOST}`, input)).toEqual([
      "127.0.0.1:1",
      "::1:2",
      "127.0.0.1:3",
      "127.0.0.1:4",
    ]);
    expect(await addressesOf(V1, input)).toEqual(["127.0.0.1:1"]);
    expect(await addressesOf(V2, input)).toEqual(["::1:2", "127.0.0.1:3"]);
    expect(await addressesOf(`outbound|80|v9|${HOST}`, input)).toEqual([]);
    expect(await addressesOf(`outbound|81||${HOST}`, input)).toEqual([]);
  });

  it("stand only behind Services that select their Deployment", async () => {
    const strict = BASE.replace("selector: {app: kitex-server}", "selector: {app: kitex-server, version: v1}");
    expect(await addressesOf(`outbound|80||${HOST}`, { sources: [strict], endpoints: processes.slice(0, 2) })).toEqual([
      "127.0.0.1:1",
    ]);
  });

  it("serve the port that they name", async () => {
    const source = BASE.replace("[{port: 80,", "[{name: a, port: 81}, {name: b, port: 80,");
    const endpoints = [
      { service: "kitex-server", address: "127.0.0.1:1", port: 81 },
      { service: "kitex-server", address: "127.0.0.1:2", port: "b" },
    ];
    expect(await addressesOf(`outbound|81||${HOST}`, { sources: [source], endpoints })).toEqual(["127.0.0.1:1"]);
    expect(await addressesOf(`outbound|80||${HOST}`, { sources: [source], endpoints })).toEqual(["127.0.0.1:2"]);
  });

  it("that are not ready are UNHEALTHY, those that end are gone; localities come from nodes", async () => {
    const slice = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: a, labels: {kubernetes.io/service-name: kitex-server}}
ports: [{name: "", port: 8888}]
endpoints:
- {addresses: [10.0.0.1], nodeName: near, targetRef: {kind: Pod, name: p1}}
- {addresses: [10.0.0.2], nodeName: far, conditions: {ready: false}}
- {addresses: [10.0.0.3], nodeName: far, conditions: {ready: false, serving: true, terminating: true}}
- {addresses: [10.0.0.1], nodeName: near}
---
apiVersion: v1
kind: Pod
metadata: {name: p1, labels: {app: kitex-server, security.istio.io/tlsMode: istio}}
spec: {nodeName: near}
---
apiVersion: v1
kind: Node
metadata: {name: near, labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: a}}
---
apiVersion: v1
kind: Node
metadata: {name: far, labels: {topology.kubernetes.io/region: r, topology.kubernetes.io/zone: b}}
`;
    const localities = await endpointsOf(`outbound|80||${HOST}`, { sources: [BASE, slice] });
    expect(localities.map(({ locality, loadBalancingWeight }) => [locality?.zone, loadBalancingWeight?.value])).toEqual(
      [
        ["a", 1],
        ["b", 1],
      ],
    );
    expect(localities[1]?.lbEndpoints).toMatchObject([{ healthStatus: HealthStatus.UNHEALTHY }]);
    const [first] = localities[0]?.lbEndpoints ?? [];
    expect(first?.healthStatus).toBe(HealthStatus.HEALTHY);
  });

  it("say that their pod speaks mutual TLS", async () => {
    const endpoints = [
      { service: "kitex-server", labels: { "security.istio.io/tlsMode": "istio" }, address: "127.0.0.1:1" },
    ];
    const [locality] = await endpointsOf(`outbound|80||${HOST}`, { sources: [BASE], endpoints });
    const metadata = locality?.lbEndpoints[0]?.metadata?.filterMetadata["envoy.transport_socket_match"];
    expect(metadata && jsonOf(metadata)).toEqual({ tlsMode: "istio" });
  });
});
