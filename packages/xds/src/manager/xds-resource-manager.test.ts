import { RPCError } from "@kitex-ts/core";
import {
  HttpConnectionManager,
  Listener,
  type MessageInit,
  type MessageType,
  packAny,
  RouteConfiguration,
  TcpProxy,
  ThriftProxy,
} from "@kitex-ts/xds-protos";
import { afterEach, describe, expect, it } from "vitest";
import { makeCall, route, routeError } from "../../test/support/calls.ts";
import { clusterName, hostName, MemoryMesh } from "../../test/support/memory-mesh.ts";
import { settled } from "../../test/support/memory-transport.ts";
import { cluster, endpoints, hcm, listener, nameTable, routeConfig, routeTo } from "../../test/support/resources.ts";

const meshes: MemoryMesh[] = [];

afterEach(async () => {
  for (const mesh of meshes.splice(0)) await mesh.manager.close();
});

function open(options?: ConstructorParameters<typeof MemoryMesh>[0]): MemoryMesh {
  const mesh = new MemoryMesh(options);
  meshes.push(mesh);
  return mesh;
}

const routes = `${hostName}:80`;
const v2 = `outbound|80|v2|${hostName}`;

/** What the resolver gives for a call, as a client asks it. */
function instances(mesh: MemoryMesh, name: string): readonly string[] | undefined {
  const subscription = mesh.suite.resolver.open(name);
  const addresses = subscription.current?.instances.map(({ address }) => address);
  subscription.close();
  return addresses;
}

describe("a destination's snapshot", () => {
  it("is there when listener, routes, cluster and endpoints are, and not before", async () => {
    const mesh = open({ fetchTimeoutMs: 1_000_000 });
    const deciding = route(mesh.suite);
    const steps: string[] = [];
    void deciding.then(() => steps.push("decided"));
    const step = async (name: string, push: Promise<unknown>): Promise<void> => {
      await push;
      steps.push(name);
    };
    await step("CDS", mesh.push("CDS", [cluster(clusterName)]));
    await step("LDS", mesh.push("LDS", [listener("10.96.0.10_80", routes)]));
    await step("NDS", mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]));
    await settled();
    expect(mesh.names("RDS")).toEqual([routes]);
    await step("RDS", mesh.push("RDS", [routeConfig(routes, [routeTo(clusterName)])]));
    await settled();
    expect(mesh.names("EDS")).toEqual([clusterName]);
    await step("EDS", mesh.push("EDS", [endpoints(clusterName, ["10.0.0.1"])]));
    await deciding;
    expect(steps).toEqual(["CDS", "LDS", "NDS", "RDS", "decided", "EDS"]);
    expect(instances(mesh, clusterName)).toEqual(["10.0.0.1:8888"]);
  });

  it("routes without waiting once it is there", async () => {
    const mesh = open();
    await mesh.pushService();
    let isDone = false;
    const call = makeCall();
    await mesh.suite.routerMiddleware(() => {
      isDone = true;
      return Promise.resolve();
    })(undefined, call);
    expect(isDone).toBe(true);
    const again = makeCall();
    void mesh.suite.routerMiddleware(() => Promise.resolve())(undefined, again);
    expect(again.route?.cluster).toBe(clusterName);
  });

  it("stays as it is until its successor is complete: make before break", async () => {
    const mesh = open();
    await mesh.pushService();
    await mesh.push("RDS", [routeConfig(routes, [routeTo(v2)])]);
    await settled();
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
    await mesh.push("CDS", [cluster(clusterName), cluster(v2)]);
    await settled();
    expect(mesh.names("EDS")).toEqual([clusterName, v2].sort());
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
    await mesh.push("EDS", [endpoints(v2, ["10.0.0.2"])]);
    expect((await route(mesh.suite))?.cluster).toBe(v2);
  });

  it("goes on with the last good routes when an update is refused, and with the other clusters when one is missing", async () => {
    const mesh = open();
    await mesh.pushService();
    const answer = await mesh.push("RDS", [
      {
        typeUrl: RouteConfiguration.typeUrl,
        value: RouteConfiguration.encode({
          name: routes,
          virtualHosts: [
            { name: "a", domains: ["x"] },
            { name: "b", domains: ["x"] },
          ],
        }),
      },
    ]);
    expect(answer?.errorDetail?.message).toContain(`RDS ${routes}: two virtual hosts have the domain x`);
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
    const missing = `outbound|80|gone|${hostName}`;
    await mesh.push("RDS", [
      routeConfig(routes, [
        routeTo(missing, { prefix: "/", headers: [{ name: "stage", stringMatch: { exact: "gone" } }] }),
        routeTo(clusterName),
      ]),
    ]);
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
    // Perhaps it is on its way; after a while it is not.
    expect((await route(mesh.suite, { tags: { stage: "gone" } }))?.cluster).toBe(clusterName);
    mesh.clock.advance(2_000);
    const error = await routeError(mesh.suite, { tags: { stage: "gone" } });
    expect(error.kind).toBe("service_discovery");
    expect(error.message).toContain(`cluster ${missing} does not exist`);
  });

  it("keeps working when the service's listener, routes or cluster are deleted (keep last good)", async () => {
    const mesh = open();
    await mesh.pushService();
    await mesh.push("CDS", []);
    await mesh.push("LDS", []);
    await mesh.push("NDS", [nameTable({})]);
    await mesh.push("RDS", [routeConfig(routes, [])]);
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
    expect(instances(mesh, clusterName)).toEqual(["10.0.0.1:8888"]);
    // Endpoints that go away are gone, though: that is a state, not an error.
    await mesh.push("EDS", [endpoints(clusterName, [])]);
    expect((await routeError(mesh.suite)).message).toContain(
      `cluster ${clusterName}: it has no endpoints (the mesh does not know the host ${hostName}`,
    );
    await mesh.pushService(["10.0.0.7"]);
    expect(instances(mesh, clusterName)).toEqual(["10.0.0.7:8888"]);
  });

  it("does not keep last good against the control plane's word: a cluster that now needs TLS, or a proxy, is not called", async () => {
    const mesh = open();
    await mesh.pushService();
    await mesh.push("CDS", [cluster(clusterName, { transportSocket: { name: "envoy.transport_sockets.tls" } })]);
    expect((await routeError(mesh.suite)).message).toContain("transport envoy.transport_sockets.tls");
    await mesh.push("CDS", [cluster(clusterName)]);
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
    await mesh.push("CDS", [cluster(clusterName, { type: 4 })]);
    expect((await routeError(mesh.suite)).message).toContain("a headless service");
  });

  it("follows endpoints as they come and go, keeping the objects of those that stay", async () => {
    const mesh = open();
    await mesh.pushService(["10.0.0.1", "10.0.0.2"]);
    const subscription = mesh.suite.resolver.open(clusterName);
    const before = subscription.current;
    await mesh.push("EDS", [endpoints(clusterName, ["10.0.0.2", "10.0.0.3"])]);
    const after = subscription.current;
    expect(after?.version).not.toBe(before?.version);
    expect(after?.instances.map(({ address }) => address)).toEqual(["10.0.0.2:8888", "10.0.0.3:8888"]);
    expect(after?.instances[0]).toBe(before?.instances[1]);
    // The same again is no news.
    await mesh.push("EDS", [endpoints(clusterName, ["10.0.0.2", "10.0.0.3"])]);
    expect(subscription.current).toBe(after);
    subscription.close();
  });
});

describe("a Thrift proxy in a listener (defect 22)", () => {
  it("has its routes tried first, and leaves the calls it does not take to the HTTP routes", async () => {
    const mesh = open();
    await mesh.pushService();
    const thrift = packAny(ThriftProxy, {
      routeConfig: {
        routes: [
          {
            match: { methodName: "SayHello2", headers: [{ name: "stage", exactMatch: "canary" }] },
            route: { cluster: v2 },
          },
        ],
      },
    });
    await mesh.push("CDS", [cluster(clusterName), cluster(v2)]);
    await mesh.push("LDS", [
      packAny(Listener, {
        name: "10.96.0.10_80",
        filterChains: [{ filters: [{ name: "http", typedConfig: hcm(routes) }] }],
        defaultFilterChain: { filters: [{ name: "thrift", typedConfig: thrift }] },
      }),
    ]);
    await settled();
    await mesh.push("EDS", [endpoints(v2, ["10.0.0.2"])]);
    const second = { method: "proxyless.GreetService/SayHello2" };
    expect((await route(mesh.suite, { ...second, tags: { stage: "canary" } }))?.cluster).toBe(v2);
    expect((await route(mesh.suite, second))?.cluster).toBe(clusterName);
    expect((await route(mesh.suite, { tags: { stage: "canary" } }))?.cluster).toBe(clusterName);
  });
});

describe("a filter chain that cannot be used", () => {
  type Chains = Partial<MessageInit<Listener>>;
  const filter = <T extends object>(type: MessageType<T>, message: MessageInit<T>) => ({
    filters: [{ name: "f", typedConfig: packAny(type, message) }],
  });
  const http = { filters: [{ name: "f", typedConfig: hcm(routes) }] };
  const tcp = filter(TcpProxy, { cluster: clusterName });
  const empty = { name: "bad", filters: [] };

  /** A mesh whose listener for the service has these chains; behind it stands another that would take its calls. */
  const meshWith = async (chains: Chains): Promise<MemoryMesh> => {
    const mesh = open();
    await mesh.push("CDS", [cluster(clusterName)]);
    const own = packAny(Listener, { name: "10.96.0.10_80", ...chains });
    await mesh.push("LDS", [own, listener("0.0.0.0_80", routes)]);
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]);
    mesh.watch(`${hostName}:80`);
    await settled();
    await mesh.push("RDS", [routeConfig(routes, [routeTo(clusterName)])]);
    await mesh.push("EDS", [endpoints(clusterName, ["10.0.0.1"])]);
    return mesh;
  };

  it.each<[string, Chains]>([
    [
      "with routes from elsewhere, before one of TCP",
      {
        filterChains: [{ name: "bad", ...filter(HttpConnectionManager, { scopedRoutes: {} }) }],
        defaultFilterChain: tcp,
      },
    ],
    ["without a filter, before one of TCP", { filterChains: [empty], defaultFilterChain: tcp }],
    ["without a filter, as the default, before another listener", { defaultFilterChain: empty }],
    [
      "of Thrift, beside one of HTTP",
      { filterChains: [{ name: "bad", ...filter(ThriftProxy, {}) }], defaultFilterChain: http },
    ],
    [
      "with a condition on the caller's address",
      { filterChains: [{ name: "bad", filterChainMatch: { sourcePorts: [1] }, ...tcp }], defaultFilterChain: tcp },
    ],
  ])("fails the calls that it may be for: %s", async (_what, chains) => {
    const mesh = await meshWith(chains);
    // Anywhere else the calls might be where they must not go.
    expect((await routeError(mesh.suite)).message).toContain(
      "filter chain bad of listener 10.96.0.10_80 cannot be used: ",
    );
  });

  it.each<[string, Chains]>([
    ["for another port", { filterChains: [{ ...empty, filterChainMatch: { destinationPort: { value: 81 } } }, http] }],
    ["of TCP, beside one of HTTP", { filterChains: [filter(TcpProxy, {}), http] }],
  ])("concerns no others: %s", async (_what, chains) => {
    const mesh = await meshWith(chains);
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
  });
});

describe("the name table (defect 12)", () => {
  it("maps a service to its new listener when its virtual IP changes", async () => {
    const mesh = open();
    await mesh.pushService();
    await mesh.push("LDS", [listener("10.96.0.10_80", routes), listener("10.96.0.99_80", "other routes")]);
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.99"] })]);
    await settled();
    expect(mesh.names("RDS")).toContain("other routes");
    await mesh.push("RDS", [routeConfig("other routes", [routeTo(clusterName, undefined, "moved")])]);
    expect((await route(mesh.suite))?.routeName).toBe("moved");
  });

  it("may come last, and may give several addresses", async () => {
    const mesh = open({ fetchTimeoutMs: 1_000_000 });
    const deciding = route(mesh.suite);
    await mesh.push("CDS", [cluster(clusterName)]);
    await mesh.push("LDS", [listener("10.96.0.11_80", routes)]);
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10", "10.96.0.11"] })]);
    await settled();
    await mesh.push("RDS", [routeConfig(routes, [routeTo(clusterName)])]);
    await mesh.push("EDS", [endpoints(clusterName, ["10.0.0.1"])]);
    expect((await deciding)?.cluster).toBe(clusterName);
  });

  it("is not needed where the listener is shared (defect 3: a control plane without one)", async () => {
    const mesh = open({ fetchTimeoutMs: 1_000_000 });
    const deciding = route(mesh.suite);
    await mesh.push("CDS", [cluster(clusterName)]);
    await mesh.push("LDS", [listener("0.0.0.0_80", "80")]);
    await settled();
    await mesh.push("RDS", [routeConfig("80", [routeTo("other")], ["other.host"])]);
    await mesh.push("RDS", [routeConfig("80", [routeTo(clusterName)], [hostName])]);
    await mesh.push("EDS", [endpoints(clusterName, ["10.0.0.1"])]);
    expect((await deciding)?.cluster).toBe(clusterName);
  });

  it("is not needed for a call to a virtual IP, and what is no address in it does no harm", async () => {
    const mesh = open();
    await mesh.pushService();
    expect((await route(mesh.suite, { destination: "10.96.0.10:80" }))?.cluster).toBe(clusterName);
    await mesh.push("LDS", [
      listener("10.96.0.10_80", routes, [{ addressPrefix: "10.0.0.0", prefixLen: { value: 8 } }]),
    ]);
    await mesh.push("NDS", [nameTable({ [hostName]: ["garbage", "10.96.0.10", ""] })]);
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
  });

  it("chooses the chain that is for the address (defect 22: filter_chain_match ignored)", async () => {
    const mesh = open();
    await mesh.pushService();
    await mesh.push("LDS", [
      listener("10.96.0.10_80", routes, [{ addressPrefix: "192.168.0.0", prefixLen: { value: 16 } }]),
    ]);
    mesh.watch("kitex-server:80");
    expect((await routeError(mesh.suite, { destination: "kitex-server:80" })).message).toContain(
      "nothing listens on its port 80",
    );
  });

  it("tells services on a shared port apart by their virtual hosts (defect 19)", async () => {
    const mesh = open();
    await mesh.push("CDS", [cluster("a"), cluster("b"), cluster("PassthroughCluster", { type: 4 })]);
    await mesh.push("LDS", [listener("0.0.0.0_80", "80")]);
    await mesh.push("NDS", [
      nameTable({ "a.default.svc.cluster.local": ["10.0.0.1"], "b.default.svc.cluster.local": ["10.0.0.2"] }),
    ]);
    mesh.watch("a.default.svc.cluster.local:80");
    await settled();
    const host = (name: string, domains: readonly string[], to = name) => ({ name, domains, routes: [routeTo(to)] });
    await mesh.push("RDS", [
      {
        typeUrl: RouteConfiguration.typeUrl,
        value: RouteConfiguration.encode({
          name: "80",
          ignorePortInHostMatching: true,
          virtualHosts: [
            host("b", ["b.default.svc.cluster.local", "b"]),
            host("a", ["a.default.svc.cluster.local", "a"]),
            host("allow_any", ["*"], "PassthroughCluster"),
          ],
        }),
      },
    ]);
    mesh.watch("b:80");
    await settled();
    await mesh.push("EDS", [endpoints("a", ["10.1.0.1"]), endpoints("b", ["10.1.0.2"])]);
    for (const [destination, expected] of [
      ["a.default.svc.cluster.local:80", "a"],
      ["A.default.svc.cluster.local.:80", "a"],
      ["a.default:80", "a"],
      ["b:80", "b"],
      ["b.default.svc:80", "b"],
      ["10.0.0.2:80", undefined],
    ] as const) {
      const decided =
        expected === undefined
          ? (await routeError(mesh.suite, { destination })).kind
          : (await route(mesh.suite, { destination }))?.cluster;
      expect({ destination, decided }).toEqual({ destination, decided: expected ?? "service_discovery" });
    }
  });
});

describe("a call that cannot be routed", () => {
  it("fails at once when the mesh does not know the host, with names that come close", async () => {
    const mesh = open();
    await mesh.pushService();
    const error = await routeError(mesh.suite, { destination: "kitex-servr.default.svc.cluster.local:80" });
    expect(error.kind).toBe("service_discovery");
    expect(error.message).toContain(
      "the mesh does not know the host kitex-servr.default.svc.cluster.local (asked from namespace default); did you mean kitex-server.default.svc.cluster.local?",
    );
  });

  it("says which ports a known host has (defect 11: a missing listener)", async () => {
    const mesh = open();
    await mesh.pushService();
    const error = await routeError(mesh.suite, { destination: `${hostName}:8080` });
    expect(error.message).toContain(
      `the mesh knows ${hostName}, but nothing listens on its port 8080; its ports are 80`,
    );
  });

  it("fails at once when the destination is no host and port", async () => {
    const mesh = open();
    for (const destination of ["kitex-server", "kitex-server:http", "[::1"]) {
      expect((await routeError(mesh.suite, { destination })).kind).toBe("service_discovery");
    }
  });

  it("waits no longer than the fetch timeout, and says what has not come", async () => {
    const mesh = open({ fetchTimeoutMs: 20 });
    await mesh.push("CDS", [cluster(clusterName)]);
    await mesh.push("LDS", [listener("10.96.0.10_80", routes)]);
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]);
    const error = await routeError(mesh.suite);
    expect(error.kind).toBe("service_discovery");
    expect(error.message).toContain(`the control plane has not sent route configuration ${routes}`);
  });

  it("fails at once after one wait was in vain, until something arrives (defect 14: every call waits again)", async () => {
    const mesh = open({ fetchTimeoutMs: 20 });
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]);
    await routeError(mesh.suite);
    let isSettled = false;
    void routeError(mesh.suite).then(() => {
      isSettled = true;
    });
    await settled();
    expect(isSettled).toBe(true);
    await mesh.pushService();
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
  });

  it("gives up within its own deadline without spoiling the wait of others (defect 16)", async () => {
    const mesh = open({ fetchTimeoutMs: 60_000 });
    const patient = route(mesh.suite, { rpcTimeoutMs: 30_000 });
    const hasty = await routeError(mesh.suite, { rpcTimeoutMs: 10 });
    expect(hasty.kind).toBe("service_discovery");
    await mesh.pushService();
    expect((await patient)?.cluster).toBe(clusterName);
  });

  it("is told at once when it is cancelled", async () => {
    const mesh = open({ fetchTimeoutMs: 60_000 });
    const call = makeCall();
    const waiting = mesh.suite.routerMiddleware(() => Promise.resolve())(undefined, call);
    const reason = new RPCError("canceled_by_business", "enough");
    call.cancelSlot.cancel(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it("says that the control plane is unreachable, since when and why (defect 2)", async () => {
    const mesh = open({ fetchTimeoutMs: 300 });
    mesh.transport.current.end("UNAVAILABLE: connection refused");
    const error = await routeError(mesh.suite);
    expect(error.kind).toBe("service_discovery");
    expect(error.message).toMatch(
      /control plane control-plane:15010 unreachable since \d{4}-.*Z, last error: UNAVAILABLE: connection refused \(waited \d+ ms\)/,
    );
    // Once it answers, calls wait again instead of failing at once.
    mesh.clock.advance(2_000);
    expect((await routeError(mesh.suite, { rpcTimeoutMs: 10_000 })).message).toContain("unreachable since");
    await mesh.push("CDS", []);
    const again = route(mesh.suite, { rpcTimeoutMs: 10_000 });
    await mesh.pushService();
    expect((await again)?.cluster).toBe(clusterName);
  });

  it("keeps working on what it knows while the control plane is away", async () => {
    const mesh = open();
    await mesh.pushService();
    mesh.transport.current.end("restarting");
    mesh.clock.advance(20_000);
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
    expect(mesh.manager.status).toMatchObject({ state: "unreachable", lastError: "restarting" });
  });
});

describe("a control plane that answers again", () => {
  it("gives calls the whole time to wait, whatever was waited before", async () => {
    const mesh = open({ fetchTimeoutMs: 1_000 });
    const target = mesh.manager.target(`${hostName}:80`);
    // A call with little time: it says nothing about the target, but the wait has begun.
    await expect(target.ready(performance.now() + 1, undefined)).rejects.toMatchObject({ kind: "service_discovery" });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    target.onConnected();
    const waiting = target.ready(Infinity, undefined);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await mesh.pushService();
    await expect(waiting).resolves.toBe(target.current);
  });
});

describe("what nobody needs any more", () => {
  it("is unsubscribed, a minute later (defect 17: stale routes and endpoints for ever)", async () => {
    const mesh = open();
    await mesh.pushService();
    await mesh.push("CDS", [cluster(clusterName), cluster(v2)]);
    await mesh.push("RDS", [routeConfig(routes, [routeTo(v2)])]);
    await mesh.push("EDS", [endpoints(v2, ["10.0.0.2"])]);
    expect(mesh.names("EDS")).toEqual([clusterName, v2].sort());
    mesh.clock.advance(60_000);
    await settled();
    expect(mesh.names("EDS")).toEqual([v2]);
  });

  it("stays for a destination that is called now and then, and goes when it is not called for an hour (defect 15)", async () => {
    const mesh = open();
    await mesh.pushService();
    for (let minute = 0; minute < 180; minute += 20) {
      await route(mesh.suite);
      mesh.clock.advance(20 * 60_000);
    }
    expect(mesh.names("RDS")).toEqual([routes]);
    mesh.clock.advance(61 * 60_000);
    await settled();
    expect(mesh.names("RDS")).toEqual([]);
    expect(mesh.names("EDS")).toEqual([]);
    // The next call asks again.
    const again = route(mesh.suite, { rpcTimeoutMs: 10_000 });
    await settled();
    await mesh.push("RDS", [routeConfig(routes, [routeTo(clusterName)])]);
    await mesh.push("EDS", [endpoints(clusterName, ["10.0.0.1"])]);
    expect((await again)?.cluster).toBe(clusterName);
  });

  it("makes room when destinations come from outside without end", async () => {
    const mesh = open();
    await mesh.pushService();
    for (let index = 0; index < 10_100; index++) {
      await routeError(mesh.suite, { destination: `unknown-${index}:80` });
    }
    expect((await route(mesh.suite))?.cluster).toBe(clusterName);
  });
});

describe("the requests of the sidecar dialect", () => {
  it("never name listeners or clusters: istiod would send everything again (defect 8)", async () => {
    const mesh = open();
    await mesh.pushService();
    for (const name of ["a", "b", "c"]) mesh.watch(`${name}:80`);
    await settled();
    const { requests } = mesh.transport.current;
    const asked = (type: string) =>
      requests.filter(({ typeUrl, responseNonce }) => typeUrl.endsWith(type) && responseNonce === "");
    for (const type of ["Listener", "Cluster", "NameTable"]) {
      expect(asked(type)).toHaveLength(1);
      expect(asked(type)[0]?.resourceNames).toEqual([]);
    }
  });
});

describe("the grpc dialect", () => {
  it("asks for listeners by full name, and for a TCP port goes to the cluster of its route configuration", async () => {
    const mesh = open({ dialect: "grpc", fetchTimeoutMs: 1_000_000 });
    const deciding = route(mesh.suite, { destination: "kitex-server:80" });
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]);
    await settled();
    expect(mesh.names("LDS")).toEqual([`${hostName}:80`]);
    await mesh.push("LDS", [
      packAny(Listener, { name: `${hostName}:80`, apiListener: { apiListener: hcm(clusterName) } }),
    ]);
    await settled();
    expect(mesh.names("RDS")).toEqual([clusterName]);
    await mesh.push(
      "RDS",
      [routeConfig(clusterName, [])].map((any) => ({
        ...any,
        value: RouteConfiguration.encode({ name: clusterName }),
      })),
    );
    await settled();
    expect(mesh.names("CDS")).toEqual([clusterName]);
    await mesh.push("CDS", [cluster(clusterName)]);
    await settled();
    await mesh.push("EDS", [endpoints(clusterName, ["10.0.0.1"])]);
    expect((await deciding)?.cluster).toBe(clusterName);
  });

  it("does not call an endpoint that wants mTLS by its label alone (defect 32)", async () => {
    const mesh = open({ dialect: "grpc", fetchTimeoutMs: 1_000_000 });
    const failing = routeError(mesh.suite);
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]);
    await settled();
    await mesh.push("LDS", [packAny(Listener, { name: `${hostName}:80`, apiListener: { apiListener: hcm(routes) } })]);
    await settled();
    await mesh.push("RDS", [routeConfig(routes, [routeTo(clusterName)])]);
    await settled();
    await mesh.push("CDS", [cluster(clusterName)]);
    await settled();
    await mesh.push("EDS", [endpoints(clusterName, [{ address: "10.0.0.1", tlsMode: "istio" }])]);
    expect((await failing).message).toContain("1 demand mTLS");
  });

  it("hints at close names when a listener does not come", async () => {
    const mesh = open({ dialect: "grpc", fetchTimeoutMs: 20 });
    await mesh.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]);
    const error = await routeError(mesh.suite, { destination: "kitex-servr.default.svc.cluster.local:80" });
    expect(error.message).toContain(`did you mean ${hostName}?`);
  });
});

describe("closing a manager (defect 13: no teardown)", () => {
  it("ends the stream, the waiting calls and all timers, and calls after it fail with the reason", async () => {
    const mesh = open({ fetchTimeoutMs: 60_000 });
    const waiting = routeError(mesh.suite);
    await settled();
    await mesh.manager.close();
    await mesh.manager.close();
    expect((await waiting).message).toContain("the xDS resource manager is closed");
    expect((await routeError(mesh.suite)).message).toContain("the xDS resource manager is closed");
    expect(() => mesh.suite.resolver.open(clusterName)).toThrow("the xDS resource manager is closed");
    expect(mesh.transport.current.isClosed).toBe(true);
    expect(mesh.clock.delays).toEqual([]);
    expect(mesh.manager.status.state).toBe("closed");
  });

  it("leaves other managers alone", async () => {
    const first = open();
    const second = open();
    await first.pushService();
    await second.pushService(["10.0.0.9"]);
    await first.manager.close();
    expect((await route(second.suite))?.cluster).toBe(clusterName);
    expect(instances(second, clusterName)).toEqual(["10.0.0.9:8888"]);
  });
});
