import {
  Cluster,
  DiscoveryType,
  LbPolicy,
  type MessageInit,
  packAny,
  RawBuffer,
  TcpStatsConfig,
  type TransportSocket,
  UpstreamTlsContext,
} from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { lbEndpoint } from "../../test/support/resources.ts";
import { type ClusterResource, decodeCluster, decodeGRPCCluster } from "./cluster.ts";
import { type SocketKind, socketFor } from "./transport-security.ts";

const eds: MessageInit<Cluster> = {
  name: "c",
  type: DiscoveryType.EDS,
  edsClusterConfig: { edsConfig: { ads: {} }, serviceName: "service" },
};

function decode(message: MessageInit<Cluster>, decoder = decodeCluster): ClusterResource {
  const decoded = decoder(Cluster.encode({ ...eds, ...message }));
  if (!decoded.isOk) throw new Error(decoded.error);
  return decoded.resource;
}

const tls: MessageInit<TransportSocket> = {
  name: "envoy.transport_sockets.tls",
  typedConfig: packAny(UpstreamTlsContext, { sni: "x" }),
};
const rawBuffer: MessageInit<TransportSocket> = {
  name: "envoy.transport_sockets.raw_buffer",
  typedConfig: packAny(RawBuffer, {}),
};

const socketOf = (message: MessageInit<Cluster>, tlsMode?: string, decoder = decodeCluster): SocketKind["kind"] =>
  socketFor(decode(message, decoder).security, new Map(tlsMode === undefined ? [] : [["tlsMode", tlsMode]])).kind;

describe("decodeCluster()", () => {
  it("reads EDS clusters, with the cluster's name where the service has none", () => {
    expect(decode({}).discovery).toEqual({ kind: "eds", serviceName: "service" });
    expect(decode({ edsClusterConfig: { edsConfig: { self: {} } } }).discovery).toEqual({
      kind: "eds",
      serviceName: "c",
    });
    expect(decodeCluster(Cluster.encode({ ...eds, edsClusterConfig: {} }))).toMatchObject({ isOk: false, name: "c" });
  });

  it("reads endpoints that stand in the cluster", () => {
    const { discovery } = decode({
      type: DiscoveryType.STATIC,
      loadAssignment: { clusterName: "c", endpoints: [{ lbEndpoints: [lbEndpoint({ address: "10.0.0.1" })] }] },
    });
    expect(discovery).toMatchObject({
      kind: "static",
      endpoints: { localities: [{ endpoints: [{ address: "10.0.0.1:8888" }] }] },
    });
  });

  it.each<[string, MessageInit<Cluster>]>([
    ["DNS", { type: DiscoveryType.STRICT_DNS }],
    ["DNS", { type: DiscoveryType.LOGICAL_DNS }],
    ["needs a proxy", { type: DiscoveryType.ORIGINAL_DST }],
    ["headless", { name: "outbound|80||peers", type: DiscoveryType.ORIGINAL_DST }],
    ["type 42", { type: 42 }],
    ["envoy.clusters.aggregate", { clusterType: { name: "envoy.clusters.aggregate" } }],
  ])("keeps a cluster of another kind, so that calls to it fail and say why: %s (defect 26)", (reason, message) => {
    const { type: _, ...rest } = eds;
    const decoded = decodeCluster(Cluster.encode({ ...rest, ...message }));
    expect(decoded).toMatchObject({
      isOk: true,
      resource: { discovery: { kind: "unsupported", reason: expect.stringContaining(reason) } },
    });
  });

  it.each([
    [LbPolicy.ROUND_ROBIN, {}, { kind: "round-robin" }],
    [LbPolicy.RANDOM, {}, { kind: "random" }],
    [LbPolicy.LEAST_REQUEST, {}, { kind: "least-request", choiceCount: 2 }],
    [
      LbPolicy.LEAST_REQUEST,
      { leastRequestLbConfig: { choiceCount: { value: 99 } } },
      { kind: "least-request", choiceCount: 10 },
    ],
    [LbPolicy.CLUSTER_PROVIDED, {}, { kind: "random" }],
  ])("reads load balancing policy %s", (lbPolicy, more, expected) => {
    expect(decode({ lbPolicy, ...more }).loadBalancing).toEqual(expected);
  });

  it("says so when a policy is replaced by another (defect 26: unknown policies become round robin in silence)", () => {
    expect(decodeCluster(Cluster.encode({ ...eds, lbPolicy: LbPolicy.MAGLEV }))).toMatchObject({
      isOk: true,
      refused: ["load balancing policy MAGLEV is not supported: calls are spread at random"],
    });
  });

  it("reads thresholds, and never panics unless told to", () => {
    expect(decode({}).panicThreshold).toBe(0);
    expect(
      decode({ commonLbConfig: { healthyPanicThreshold: { value: 40 }, localityWeightedLbConfig: {} } }),
    ).toMatchObject({
      panicThreshold: 0.4,
      isLocalityWeighted: true,
    });
  });
});

describe("the transport socket of an endpoint (defect 32)", () => {
  const autoMTLS: MessageInit<Cluster> = {
    transportSocketMatches: [
      { name: "tlsMode-istio", match: { fields: { tlsMode: { stringValue: "istio" } } }, transportSocket: tls },
      { name: "tlsMode-disabled", match: {}, transportSocket: rawBuffer },
    ],
  };

  it("is plaintext when the cluster says nothing, or raw buffer", () => {
    expect(socketOf({})).toBe("plaintext");
    expect(socketOf({ transportSocket: rawBuffer })).toBe("plaintext");
    expect(socketOf({ transportSocket: { name: "envoy.transport_sockets.raw_buffer" } })).toBe("plaintext");
  });

  it("is TLS when the cluster says so, whatever the endpoint's labels", () => {
    expect(socketOf({ transportSocket: tls })).toBe("tls");
    expect(socketOf({ transportSocket: tls }, "istio")).toBe("tls");
  });

  it("follows the endpoint's labels where the cluster leaves it to them", () => {
    expect(socketOf(autoMTLS, "istio")).toBe("tls");
    expect(socketOf(autoMTLS)).toBe("plaintext");
    expect(socketOf(autoMTLS, "other")).toBe("plaintext");
  });

  it("is unknown, not plaintext, for every socket nobody here speaks", () => {
    expect(socketOf({ transportSocket: { name: "quic" } })).toBe("unknown");
    expect(
      socketOf({
        transportSocket: { name: "x", typedConfig: { typeUrl: "type.googleapis.com/x.Y", value: new Uint8Array() } },
      }),
    ).toBe("unknown");
    expect(
      socketOf({
        transportSocket: {
          name: "envoy.transport_sockets.raw_buffer",
          typedConfig: { typeUrl: "type.googleapis.com/x.Y", value: new Uint8Array() },
        },
      }),
    ).toBe("unknown");
  });

  it("looks into a wrapper that only counts", () => {
    const counted = (inner: MessageInit<TransportSocket>): MessageInit<TransportSocket> => ({
      name: "envoy.transport_sockets.tcp_stats",
      typedConfig: packAny(TcpStatsConfig, { transportSocket: inner }),
    });
    expect(socketOf({ transportSocket: counted(tls) })).toBe("tls");
    expect(socketOf({ transportSocket: counted(rawBuffer) })).toBe("plaintext");
    expect(socketOf({ transportSocket: counted({ name: "quic" }) })).toBe("unknown");
  });

  it("does not take a match on something that is no text for a match on nothing", () => {
    const odd: MessageInit<Cluster> = {
      transportSocketMatches: [
        { name: "odd", match: { fields: { tlsMode: { boolValue: true } } }, transportSocket: rawBuffer },
      ],
      transportSocket: tls,
    };
    expect(socketOf(odd, "true")).toBe("tls");
  });

  it("is TLS by the label alone in the grpc dialect, where clusters do not say", () => {
    expect(socketOf({}, "istio", decodeGRPCCluster)).toBe("tls");
    expect(socketOf({}, undefined, decodeGRPCCluster)).toBe("plaintext");
    expect(socketOf({ transportSocket: rawBuffer }, "istio", decodeGRPCCluster)).toBe("plaintext");
  });
});
