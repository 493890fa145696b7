import { type MessageInit, type Route, RouteConfiguration } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { decodeRouteConfig, type RouteActionResource, type VirtualHostResource } from "./route-config.ts";

const encode = (routes: readonly MessageInit<Route>[], more: MessageInit<RouteConfiguration> = {}): Uint8Array =>
  RouteConfiguration.encode({
    name: "routes",
    virtualHosts: [{ name: "host", domains: ["Host.example", "*"], routes }],
    ...more,
  });

function virtualHost(...routes: readonly MessageInit<Route>[]): VirtualHostResource {
  const decoded = decodeRouteConfig(encode(routes));
  if (!decoded.isOk) throw new Error(decoded.error);
  return decoded.resource.virtualHosts[0] as VirtualHostResource;
}

const match = { prefix: "/" };
const action = (route: MessageInit<Route>): RouteActionResource | undefined =>
  virtualHost({ match, ...route }).routes[0]?.action;

describe("decodeRouteConfig()", () => {
  it("reads names, domains in lower case, and the order of routes", () => {
    const host = virtualHost(
      { name: "a", match, route: { cluster: "c1" } },
      { name: "b", match, route: { cluster: "c2" } },
    );
    expect(host.domains).toEqual(["host.example", "*"]);
    expect(host.routes.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("leaves out a route that no RPC can ever meet, and keeps its neighbours", () => {
    const never: MessageInit<Route>["match"][] = [
      { prefix: "/", queryParameters: [{ name: "debug" }] },
      { prefix: "/", queryParameters: [{ name: "debug", presentMatch: true }] },
      { prefix: "/", grpc: {} },
      { connectMatcher: {} },
    ];
    const host = virtualHost(
      ...never.map((condition, index) => ({ name: `never-${index}`, match: condition, route: { cluster: "c" } })),
      { name: "good", match, route: { cluster: "c" } },
    );
    expect(host.routes.map(({ name }) => name)).toEqual(["good"]);
    expect(host.refused).toHaveLength(never.length);
    expect(host.refused[0]).toBe("route never-0: it asks for query parameters, which an RPC does not have");
  });

  it("takes a query parameter that must be absent for what it is: always met", () => {
    const host = virtualHost({
      match: { prefix: "/", queryParameters: [{ name: "debug", presentMatch: false }] },
      route: { cluster: "c" },
    });
    expect(host.routes[0]?.action.kind).toBe("forward");
  });

  const x = { name: "x", exactMatch: "1" };
  it.each<[string, MessageInit<Route>["match"]]>([
    ["it has no match", undefined],
    ["a path condition of an unknown kind", {}],
    ['regex "(" does not compile', { safeRegex: { regex: "(" } }],
    ["a matcher for header y without a condition", { prefix: "/a", headers: [x, { name: "y" }] }],
    [
      'regex "(" does not compile',
      { prefix: "/a", headers: [{ name: "y", stringMatch: { safeRegex: { regex: "(" } } }, x] },
    ],
    ["properties of a client certificate", { prefix: "/a", headers: [x], tlsContext: {} }],
    ["dynamic metadata", { prefix: "/a", headers: [x], dynamicMetadata: [{ filter: "jwt" }] }],
    ["unknown denominator", { prefix: "/a", headers: [x], runtimeFraction: { defaultValue: { denominator: 9 } } }],
  ])(
    "fails the calls that may be meant by a route it cannot judge (%s), and keeps its neighbours",
    (reason, condition) => {
      const decoded = decodeRouteConfig(
        encode([
          { name: "bad", match: condition, route: { cluster: "c" } },
          { name: "good", match, route: { cluster: "c" } },
        ]),
      );
      if (!decoded.isOk) throw new Error(decoded.error);
      const [bad, good] = decoded.resource.virtualHosts[0]?.routes ?? [];
      expect(bad?.action).toEqual({
        kind: "fail",
        reason: expect.stringContaining("may be meant for this call, which cannot be told: "),
      });
      expect(bad?.action).toMatchObject({ reason: expect.stringContaining(reason) });
      // What can be checked still is.
      const isNarrow = condition?.prefix !== undefined;
      expect(bad?.path).toMatchObject({ kind: "prefix", value: isNarrow ? "/a" : "" });
      expect(bad?.headers.map(({ name }) => name)).toEqual(isNarrow ? ["x"] : []);
      expect(good?.action.kind).toBe("forward");
      expect(decoded.refused).toEqual([expect.stringContaining("virtual host host: route bad fails its calls: ")]);
    },
  );

  it("takes no route of a virtual host whose routes are a matcher tree", () => {
    const decoded = decodeRouteConfig(
      RouteConfiguration.encode({
        name: "r",
        virtualHosts: [{ name: "h", domains: ["*"], matcher: {}, routes: [{ match, route: { cluster: "c" } }] }],
      }),
    );
    expect(decoded).toMatchObject({
      isOk: true,
      resource: { virtualHosts: [{ routes: [], refused: [expect.any(String)] }] },
    });
  });

  it.each<[string, MessageInit<Route>]>([
    ["redirects", { redirect: {} }],
    ["answers directly with HTTP status 503", { directResponse: { status: 503 } }],
    ["no action that a client can follow", { nonForwardingAction: {} }],
    ["no action that a client can follow", { filterAction: {} }],
    ["no action that a client can follow", {}],
    ["takes the cluster from a header", { route: { clusterHeader: "x" } }],
    ["names no cluster", { route: { cluster: "" } }],
    ["in a way that is not supported", { route: { clusterSpecifierPlugin: "rls" } }],
    ["only clusters of weight 0", { route: { weightedClusters: { clusters: [{ name: "a", weight: { value: 0 } }] } } }],
    ["only clusters of weight 0", { route: { weightedClusters: {} } }],
  ])("keeps a route that %s, so that its calls fail instead of going elsewhere (defect 23)", (reason, route) => {
    expect(action(route)).toMatchObject({ kind: "fail", reason: expect.stringContaining(reason) });
  });

  it("drops clusters of weight 0 and adds up large weights (defect 24)", () => {
    const weights = [0, 4_000_000_000, 0, 200_000_000].map((value, index) => ({
      name: `c${index}`,
      weight: { value },
    }));
    expect(action({ route: { weightedClusters: { clusters: weights } } })).toMatchObject({
      clusters: [
        { cluster: "c1", weight: 4_000_000_000 },
        { cluster: "c3", weight: 200_000_000 },
      ],
      totalWeight: 4_200_000_000,
    });
    const tooMuch = [...weights, { name: "c4", weight: { value: 4_000_000_000 } }];
    expect(action({ route: { weightedClusters: { clusters: tooMuch } } })).toMatchObject({ kind: "fail" });
  });

  it.each<[number, MessageInit<Route>["route"]]>([
    [0, { cluster: "c" }],
    [0, { cluster: "c", timeout: { seconds: 0, nanos: 0 } }],
    [1_500, { cluster: "c", timeout: { seconds: 1, nanos: 500_000_000 } }],
    [250, { cluster: "c", timeout: {}, maxStreamDuration: { maxStreamDuration: { seconds: 0, nanos: 250_000_000 } } }],
    [500, { cluster: "c", timeout: { nanos: 500_000_000 }, maxStreamDuration: { maxStreamDuration: {} } }],
    [0, { cluster: "c", maxStreamDuration: { maxStreamDuration: { seconds: -1, nanos: 0 } } }],
  ])("reads a timeout of %s ms, where 0 is no opinion (defect 25)", (timeoutMs, route) => {
    expect(action({ route })).toMatchObject({ kind: "forward", timeoutMs });
  });

  it.each([
    [{ numerator: 25 }, 0.25],
    [{ numerator: 5, denominator: 1 }, 0.0005],
    [{ numerator: 125_000, denominator: 2 }, 0.125],
    [{ numerator: 300 }, 1],
  ])("reads the runtime fraction %j as %s", (defaultValue, fraction) => {
    const host = virtualHost({ match: { prefix: "/", runtimeFraction: { defaultValue } }, route: { cluster: "c" } });
    expect(host.routes[0]?.fraction).toBeCloseTo(fraction, 9);
  });

  it("refuses a configuration in which a domain has two owners, with its name", () => {
    const decoded = decodeRouteConfig(
      encode([], {
        virtualHosts: [
          { name: "a", domains: ["x"] },
          { name: "b", domains: ["X"] },
        ],
      }),
    );
    expect(decoded).toEqual({ isOk: false, name: "routes", error: "two virtual hosts have the domain x" });
  });

  it("gives bad bytes back as an error, with the name when it can be read", () => {
    const bytes = encode([{ match, route: { cluster: "c" } }]);
    expect(decodeRouteConfig(bytes.subarray(0, bytes.length - 3))).toMatchObject({ isOk: false, name: "routes" });
    expect(decodeRouteConfig(new Uint8Array([0x0a, 0xff]))).toMatchObject({ isOk: false, name: undefined });
    expect(decodeRouteConfig(new Uint8Array())).toMatchObject({ isOk: false, name: undefined });
  });
});
