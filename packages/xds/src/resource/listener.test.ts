import {
  ConnectionSourceType,
  type FilterChainMatch,
  HttpConnectionManager,
  Listener,
  type MessageInit,
  packAny,
  TcpProxy,
  ThriftProxy,
  TrafficDirection,
} from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { hcm } from "../../test/support/resources.ts";
import { decodeListener, type ListenerResource } from "./listener.ts";

function decode(message: MessageInit<Listener>): ListenerResource & { readonly refused: readonly string[] } {
  const decoded = decodeListener(Listener.encode({ name: "l", ...message }));
  if (!decoded.isOk) throw new Error(decoded.error);
  return { ...decoded.resource, refused: decoded.refused };
}

const tcp = (message: MessageInit<TcpProxy>) => ({
  filters: [{ name: "tcp", typedConfig: packAny(TcpProxy, message) }],
});
const http = (name: string) => ({ filters: [{ name: "http", typedConfig: hcm(name) }] });

describe("decodeListener()", () => {
  it("reads HTTP and TCP chains, the default chain, and what they are for", () => {
    const listener = decode({
      filterChains: [
        {
          ...http("routes"),
          filterChainMatch: {
            destinationPort: { value: 80 },
            prefixRanges: [{ addressPrefix: "10.0.0.0", prefixLen: { value: 8 } }],
            serverNames: ["a.example"],
            applicationProtocols: ["h2c"],
          },
        },
      ],
      defaultFilterChain: tcp({
        weightedClusters: {
          clusters: [
            { name: "c1", weight: 80 },
            { name: "c2", weight: 20 },
          ],
        },
      }),
    });
    expect(listener.chains).toEqual([
      {
        action: { kind: "http", routes: { kind: "rds", name: "routes" } },
        destinationPort: 80,
        prefixRanges: [{ address: "10.0.0.0", bits: 8 }],
        serverNames: ["a.example"],
      },
    ]);
    expect(listener.defaultChain?.action).toEqual({
      kind: "tcp",
      clusters: [
        { cluster: "c1", weight: 80 },
        { cluster: "c2", weight: 20 },
      ],
    });
  });

  it("finds the terminal filter behind others it does not know", () => {
    const stats = {
      name: "istio.stats",
      typedConfig: { typeUrl: "type.googleapis.com/stats.PluginConfig", value: new Uint8Array([1]) },
    };
    const listener = decode({ filterChains: [{ filters: [stats, ...http("routes").filters] }] });
    expect(listener.chains).toHaveLength(1);
  });

  it("reads routes that stand in the listener, and those of gRPC clients", () => {
    const inline = packAny(HttpConnectionManager, {
      routeConfig: { name: "inline", virtualHosts: [{ name: "v", domains: ["*"] }] },
    });
    expect(
      decode({ filterChains: [{ filters: [{ name: "http", typedConfig: inline }] }] }).chains[0]?.action,
    ).toMatchObject({
      routes: { kind: "inline", routeConfig: { name: "inline" } },
    });
    expect(decode({ apiListener: { apiListener: hcm("api") } }).apiRoutes).toEqual({ kind: "rds", name: "api" });
  });

  it("reads the routes of a Thrift proxy (defect 22)", () => {
    const thrift = packAny(ThriftProxy, {
      routeConfig: {
        routes: [
          {
            match: { methodName: "SayHello", invert: true, headers: [{ name: "x", exactMatch: "1" }] },
            route: { cluster: "c" },
          },
          { match: { serviceName: "Greet" }, route: { clusterHeader: "x" } },
          { match: {}, route: { cluster: "c" } },
          {
            match: { methodName: "" },
            route: { weightedClusters: { clusters: [{ name: "w", weight: { value: 3 } }] } },
          },
        ],
      },
    });
    const listener = decode({ filterChains: [{ filters: [{ name: "thrift", typedConfig: thrift }] }] });
    expect(listener.chains[0]?.action).toMatchObject({
      kind: "thrift",
      routes: [
        {
          path: { kind: "rpc", method: "SayHello", isInverted: true },
          headers: [{ name: "x" }],
          action: { kind: "forward" },
        },
        { path: { kind: "rpc", service: "Greet" }, action: { kind: "fail" } },
        {
          path: { kind: "prefix", value: "" },
          action: { kind: "fail", reason: expect.stringContaining("a condition of an unknown kind") },
        },
        {
          path: { kind: "rpc", service: undefined, method: undefined },
          action: { clusters: [{ cluster: "w", weight: 3 }] },
        },
      ],
    });
    expect(listener.refused).toEqual(["thrift route #2 fails its calls: a condition of an unknown kind"]);
  });

  it("keeps a chain that cannot be used, so that the calls it may be for go nowhere else", () => {
    const listener = decode({
      filterChains: [
        {
          name: "scoped",
          filters: [{ name: "http", typedConfig: packAny(HttpConnectionManager, { scopedRoutes: {} }) }],
        },
        { name: "no cluster", ...tcp({}) },
        {
          name: "broken",
          filters: [
            { name: "http", typedConfig: { typeUrl: HttpConnectionManager.typeUrl, value: new Uint8Array([0xff]) } },
          ],
        },
        { name: "empty", filters: [] },
        http("good"),
      ],
    });
    const unusable = (of: string, reason: string) => ({
      kind: "unusable",
      of,
      reason: expect.stringContaining(reason) as string,
    });
    expect(listener.chains.map(({ action }) => action)).toEqual([
      unusable(
        "http",
        "filter chain scoped of listener l cannot be used: its routes come from a source that is not supported",
      ),
      unusable("tcp", "filter chain no cluster of listener l cannot be used: a TCP proxy without a cluster"),
      unusable("http", "filter chain broken of listener l cannot be used: "),
      unusable("tcp", "filter chain empty of listener l cannot be used: it has no filter that a client could act on"),
      { kind: "http", routes: { kind: "rds", name: "good" } },
    ]);
    expect(listener.refused.map((line) => line.split(":")[0])).toEqual([
      "filter chain scoped",
      "filter chain no cluster",
      "filter chain broken",
      "filter chain empty",
    ]);
  });

  it("keeps a chain whose conditions cannot be checked, for all that it may be for", () => {
    const only = (filterChainMatch: MessageInit<FilterChainMatch>) =>
      decode({ filterChains: [{ name: "c", filterChainMatch, ...tcp({ cluster: "c1" }) }] }).chains[0];
    const good = { addressPrefix: "10.0.0.0", prefixLen: { value: 8 } };
    for (const bad of [
      { addressPrefix: "nonsense", prefixLen: { value: 8 } },
      { addressPrefix: "10.0.0.0", prefixLen: { value: 33 } },
      { addressPrefix: "", prefixLen: { value: 0 } },
    ]) {
      expect(only({ destinationPort: { value: 80 }, prefixRanges: [good, bad] })).toMatchObject({
        action: { kind: "unusable", of: "tcp", reason: expect.stringContaining("is no range of addresses") as string },
        destinationPort: 80,
        prefixRanges: [],
      });
    }
    for (const condition of [
      { sourcePorts: [1] },
      { sourcePrefixRanges: [good] },
      { directSourcePrefixRanges: [good] },
      { sourceType: ConnectionSourceType.EXTERNAL },
    ]) {
      expect(only({ prefixRanges: [good], ...condition })).toMatchObject({
        action: {
          kind: "unusable",
          of: "tcp",
          reason: expect.stringContaining("where a connection comes from") as string,
        },
        prefixRanges: [{ address: "10.0.0.0", bits: 8 }],
      });
    }
    expect(only({ prefixRanges: [good] })?.action.kind).toBe("tcp");
  });

  it("refuses a listener whose chains a matcher tree chooses, and a TCP proxy that tunnels", () => {
    const bytes = Listener.encode({ name: "l", filterChains: [http("routes")], filterChainMatcher: {} });
    expect(decodeListener(bytes)).toEqual({
      isOk: false,
      name: "l",
      error: "its filter chains are chosen by a matcher tree, which is not supported",
    });
    const tunnel = decode({ filterChains: [{ name: "t", ...tcp({ cluster: "c", tunnelingConfig: {} }) }] });
    expect(tunnel.refused).toEqual(["filter chain t: a TCP proxy that tunnels"]);
  });

  it("looks at nothing of an inbound listener, which is policy for a server", () => {
    const listener = decode({
      name: "virtualInbound",
      trafficDirection: TrafficDirection.INBOUND,
      filterChains: [http("inbound")],
    });
    expect(listener).toMatchObject({ chains: [], defaultChain: undefined });
  });
});
