import { describe, expect, it } from "vitest";
import type { ClusterResource } from "../resource/cluster.ts";
import type { EndpointResource, LocalityResource } from "../resource/endpoints.ts";
import type { TransportSecurity } from "../resource/transport-security.ts";
import { type HostSet, hostSet } from "./host-set.ts";

const plaintext: TransportSecurity = { matches: [], fallback: { kind: "plaintext" } };
const autoMTLS: TransportSecurity = {
  matches: [{ labels: new Map([["tlsMode", "istio"]]), socket: { kind: "tls" } }],
  fallback: { kind: "plaintext" },
};

const clusterOf = (more: Partial<ClusterResource> = {}): ClusterResource => ({
  name: "c",
  discovery: { kind: "eds", serviceName: "c" },
  loadBalancing: { kind: "random" },
  security: plaintext,
  isLocalityWeighted: false,
  panicThreshold: 0,
  ...more,
});

const endpoint = (address: string, more: Partial<EndpointResource> = {}): EndpointResource => ({
  address,
  weight: 1,
  health: "healthy",
  socketLabels: new Map(),
  ...more,
});

const locality = (endpoints: readonly EndpointResource[], more: Partial<LocalityResource> = {}): LocalityResource => ({
  priority: 0,
  weight: undefined,
  endpoints,
  ...more,
});

const build = (localities: readonly LocalityResource[], cluster = clusterOf(), previous?: HostSet): HostSet =>
  hostSet(
    cluster,
    { clusterName: "c", localities, refused: [], overprovisioning: 1.4 },
    new Map(previous?.instances.map((instance) => [instance.address, instance])),
  );

const addresses = ({ instances }: HostSet): readonly string[] => instances.map(({ address }) => address);

describe("hostSet()", () => {
  it("uses healthy endpoints only (defect 27: unhealthy pods receive traffic)", () => {
    const set = build([
      locality([
        endpoint("a"),
        endpoint("b", { health: "unhealthy" }),
        endpoint("c", { health: "draining" }),
        endpoint("d"),
      ]),
    ]);
    expect(addresses(set)).toEqual(["a", "d"]);
    expect(set.problem).toBeUndefined();
  });

  it("goes to the next priority, and to degraded endpoints when no healthy ones are left (defect 27: priorities ignored)", () => {
    const near = locality([endpoint("a", { health: "unhealthy" }), endpoint("b", { health: "degraded" })]);
    expect(addresses(build([near, locality([endpoint("c")], { priority: 5 })]))).toEqual(["c"]);
    expect(addresses(build([near]))).toEqual(["b"]);
    const weakened = Array.from({ length: 10 }, (_, index) =>
      endpoint(`far${index}`, index < 5 ? {} : { health: "unhealthy" }),
    );
    const { pools } = build([near, locality(weakened, { priority: 1 })]);
    expect(pools.map(({ share, groups }) => [Math.round(share), groups[0]?.hosts.length])).toEqual([
      [30, 1],
      [70, 5],
    ]);
  });

  it("does not touch a later priority while the first is healthy enough", () => {
    const near = Array.from({ length: 10 }, (_, index) =>
      endpoint(`near${index}`, index < 8 ? {} : { health: "unhealthy" }),
    );
    expect(addresses(build([locality(near), locality([endpoint("far")], { priority: 1 })]))).not.toContain("far");
  });

  it("shares calls out among localities where the cluster says so", () => {
    const localities = [
      locality([endpoint("a"), endpoint("b", { health: "unhealthy" })], { weight: 70 }),
      locality([endpoint("c")], { weight: 30 }),
      locality([endpoint("d")]),
    ];
    const weighted = build(localities, clusterOf({ isLocalityWeighted: true }));
    // Half of x is gone: 70 × min(1, 1.4 × 0.5).
    expect(weighted.pools[0]?.groups.map(({ weight }) => Math.round(weight))).toEqual([49, 30]);
    expect(build(localities).pools[0]?.groups).toHaveLength(1);
  });

  it("never calls an endpoint that demands mTLS in plaintext (defect 32)", () => {
    const labels = { socketLabels: new Map([["tlsMode", "istio"]]) };
    const mixed = build([locality([endpoint("a", labels), endpoint("b")])], clusterOf({ security: autoMTLS }));
    expect(addresses(mixed)).toEqual(["b"]);
    const all = build([locality([endpoint("a", labels)])], clusterOf({ security: autoMTLS, panicThreshold: 0.5 }));
    expect(addresses(all)).toEqual([]);
    expect(all.problem).toContain("none of its 1 endpoints can be called: 1 demand mTLS");
  });

  it("never calls an endpoint over a transport nobody here speaks", () => {
    const security: TransportSecurity = { matches: [], fallback: { kind: "unknown", name: "quic" } };
    expect(build([locality([endpoint("a")])], clusterOf({ security })).problem).toContain("transport quic");
  });

  it("says why there is nobody to call", () => {
    expect(build([]).problem).toBe("it has no endpoints");
    expect(build([locality([endpoint("a", { health: "unhealthy" })])]).problem).toBe(
      "none of its 1 endpoints can be called: 1 are not healthy",
    );
  });

  it("panics only where the cluster allows it, and then uses what may be dialled", () => {
    const localities = [
      locality([endpoint("a", { health: "unhealthy" }), endpoint("b", { health: "unhealthy" }), endpoint("c")]),
    ];
    expect(addresses(build(localities))).toEqual(["c"]);
    expect(addresses(build(localities, clusterOf({ panicThreshold: 0.5 })))).toEqual(["a", "b", "c"]);
    const none = [locality([endpoint("a", { health: "unhealthy" }), endpoint("b", { health: "draining" })])];
    expect(addresses(build(none, clusterOf({ panicThreshold: 0.5 })))).toEqual(["a"]);
  });

  it("keeps the object of an endpoint that stays, and its counters when its weight changes", () => {
    const before = build([locality([endpoint("a"), endpoint("b")])]);
    const after = build([locality([endpoint("a"), endpoint("b", { weight: 5 })])], clusterOf(), before);
    expect(after.instances[0]).toBe(before.instances[0]);
    expect(after.instances[1]).not.toBe(before.instances[1]);
    expect(after.instances[1]?.host).toBe(before.instances[1]?.host);
  });
});
