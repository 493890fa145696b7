import { type Any, Cluster, LbPolicy, packAny, Resource } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { cluster, endpoints, routeConfig, routeTo } from "../../test/support/resources.ts";
import type { TypeName } from "../ads/type-urls.ts";
import { decodeCluster } from "../resource/cluster.ts";
import type { Decoded } from "../resource/decoded.ts";
import { decodeEndpoints } from "../resource/endpoints.ts";
import { decodeRouteConfig } from "../resource/route-config.ts";
import { type ResourceWatcher, TypeCache, type TypeTraits } from "./type-cache.ts";

interface Setup<T> {
  readonly cache: TypeCache<T>;
  readonly clock: ManualClock;
  /** How often something was decoded. */
  decoded: number;
  namesChanged: number;
  readonly refused: string[];
  apply(...resources: readonly Any[]): Promise<readonly string[]>;
}

function setUp<T>(
  type: TypeName,
  decode: (bytes: Uint8Array) => Decoded<T>,
  traits: Partial<TypeTraits<T>> = {},
): Setup<T> {
  const clock = new ManualClock();
  const setup: Setup<T> = {
    clock,
    decoded: 0,
    namesChanged: 0,
    refused: [],
    cache: new TypeCache<T>(
      {
        type,
        isFullState: false,
        isWildcard: false,
        ...traits,
        decode: (bytes) => {
          setup.decoded++;
          return decode(bytes);
        },
      },
      clock,
      {
        onNamesChange: () => setup.namesChanged++,
        onRefused: (name, reasons) => setup.refused.push(`${name}: ${reasons.join()}`),
        notify: (watchers) => {
          for (const watcher of watchers) watcher.onResourceChange();
        },
      },
    ),
    apply: async (...resources) => {
      const affected = new Set<ResourceWatcher>();
      const problems = await setup.cache.apply({ type, version: "1", resources, errors: [] }, affected);
      for (const watcher of affected) watcher.onResourceChange();
      return problems;
    },
  };
  return setup;
}

const clusters = (isWildcard = true) => setUp("CDS", decodeCluster, { isFullState: true, isWildcard });
const routes = () => setUp("RDS", decodeRouteConfig);

class Watcher implements ResourceWatcher {
  readonly rank = 0;
  told = 0;

  onResourceChange(): void {
    this.told++;
  }
}

const broken: Any = { typeUrl: Cluster.typeUrl, value: new Uint8Array([0x0a, 3, 0x62, 0x61, 0x64, 0xff]) };

describe("TypeCache", () => {
  it("keeps every good resource of a response with a bad one, and names the bad one (defect 7)", async () => {
    const { cache, apply } = clusters();
    const problems = await apply(cluster("a"), broken, cluster("b"));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^CDS bad: cannot decode envoy\.config\.cluster\.v3\.Cluster/);
    expect(cache.knownNames).toEqual(["a", "b"]);
    expect(cache.read("bad").state).toBe("rejected");
  });

  it("keeps the last good one when an update is bad", async () => {
    const { cache, apply } = clusters();
    const watcher = new Watcher();
    cache.watch("bad", watcher);
    await apply(cluster("bad"));
    const good = cache.read("bad");
    await apply(broken);
    expect(cache.read("bad")).toEqual(good);
    expect(watcher.told).toBe(1);
    await apply(cluster("bad", { lbPolicy: LbPolicy.RANDOM }));
    expect(cache.read("bad")).not.toEqual(good);
    expect(watcher.told).toBe(2);
  });

  it("does not decode equal bytes again, and tells nobody about them", async () => {
    const setup = clusters();
    const watcher = new Watcher();
    setup.cache.watch("a", watcher);
    await setup.apply(cluster("a"), cluster("b"));
    await setup.apply(cluster("a"), cluster("b", { lbPolicy: LbPolicy.RANDOM }));
    await setup.apply(cluster("b", { lbPolicy: LbPolicy.RANDOM }), cluster("a"));
    expect(setup.decoded).toBe(3);
    expect(watcher.told).toBe(1);
  });

  it("takes the last of two resources with one name", async () => {
    const { cache, apply } = clusters();
    await apply(cluster("a"), cluster("a", { lbPolicy: LbPolicy.RANDOM }));
    expect(cache.read("a")).toMatchObject({ value: { loadBalancing: { kind: "random" } } });
  });

  it("deletes clusters that a response lacks, but nothing of a type whose responses may be partial (defect 17)", async () => {
    const full = clusters();
    const watcher = new Watcher();
    full.cache.watch("a", watcher);
    await full.apply(cluster("a"), cluster("b"));
    await full.apply(cluster("b"));
    expect(full.cache.read("a")).toEqual({ state: "absent" });
    expect(watcher.told).toBe(2);
    const partial = routes();
    partial.cache.watch("r", watcher);
    partial.cache.watch("s", watcher);
    await partial.apply(routeConfig("r", []), routeConfig("s", []));
    await partial.apply(routeConfig("s", [routeTo("c")]));
    expect(partial.cache.read("r").state).toBe("ready");
  });

  it("does not take a name for deleted that was added while a response was under way", async () => {
    const { cache, apply } = clusters(false);
    cache.watch("a", new Watcher());
    await apply(cluster("a"));
    cache.watch("b", new Watcher());
    await apply(cluster("a"));
    expect(cache.read("b")).toEqual({ state: "pending" });
  });

  it("knows after the first complete response what does not exist", async () => {
    const { cache, apply } = clusters();
    const early = new Watcher();
    cache.watch("x", early);
    expect(cache.read("x").state).toBe("pending");
    await apply();
    expect(cache.read("x").state).toBe("absent");
    expect(early.told).toBe(1);
    expect(cache.read("never asked").state).toBe("absent");
  });

  it("takes 15 s of silence for an answer, counted from the request on a live stream", () => {
    const { cache, clock } = routes();
    const watcher = new Watcher();
    cache.watch("r", watcher);
    clock.advance(100_000);
    expect(cache.read("r").state).toBe("pending");
    cache.requested(["r"]);
    clock.advance(14_999);
    cache.disconnected();
    clock.advance(100_000);
    expect(cache.read("r").state).toBe("pending");
    cache.requested(["r"]);
    clock.advance(15_000);
    expect(cache.read("r").state).toBe("absent");
    expect(watcher.told).toBe(1);
  });

  it("counts silence also for what is watched after everything was asked for", () => {
    const { cache, clock } = clusters();
    cache.requested([]);
    const watcher = new Watcher();
    cache.watch("late", watcher);
    clock.advance(15_000);
    expect(watcher.told).toBe(1);
  });

  it("lets go of what nobody needs, after a minute, and takes it up again before (defect 15, defect 17)", async () => {
    const setup = routes();
    const watcher = new Watcher();
    setup.cache.watch("r", watcher);
    await setup.apply(routeConfig("r", []));
    setup.cache.unwatch("r", watcher);
    setup.clock.advance(59_000);
    setup.cache.watch("r", watcher);
    setup.clock.advance(100_000);
    expect(setup.cache.read("r").state).toBe("ready");
    setup.cache.unwatch("r", watcher);
    setup.clock.advance(60_000);
    expect(setup.cache.names).toEqual([]);
    expect(setup.namesChanged).toBe(2);
    expect(setup.clock.delays).toEqual([]);
  });

  it("forgets at once a name that led nowhere (defect 15: names of failed lookups leak)", async () => {
    const { cache, apply, clock } = clusters();
    await apply(cluster("a"));
    for (let index = 0; index < 100; index++) {
      const watcher = new Watcher();
      cache.watch(`unknown-${index}`, watcher);
      cache.unwatch(`unknown-${index}`, watcher);
    }
    expect(cache.names).toEqual(["a"]);
    expect(clock.delays).toEqual([]);
  });

  it("does not keep what nobody asked for, unless everything was asked for", async () => {
    const { cache, apply } = setUp("EDS", decodeEndpoints);
    await apply(endpoints("c", ["10.0.0.1"]));
    expect(cache.names).toEqual([]);
  });

  it("unwraps resources, and takes an empty wrapper for `still the same` (defect 10: wrapped resources)", async () => {
    const { cache, apply } = clusters();
    const wrapped = packAny(Resource, { name: "a", version: "7", resource: cluster("a") });
    expect(await apply(wrapped)).toEqual([]);
    expect(cache.read("a").state).toBe("ready");
    expect(await apply(packAny(Resource, { name: "a" }))).toEqual([]);
    expect(cache.read("a").state).toBe("ready");
    expect(await apply({ typeUrl: Resource.typeUrl, value: new Uint8Array([0xff]) })).toHaveLength(1);
    expect(await apply(packAny(Resource, { name: "b", resource: routeConfig("b", []) }))).toEqual([
      "CDS b: a resource of type type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
    ]);
  });

  it("lets a resource expire that is not confirmed in its time (defect 10: TTL)", async () => {
    const { cache, apply, clock } = setUp("EDS", decodeEndpoints);
    const watcher = new Watcher();
    cache.watch("c", watcher);
    const ttl = { seconds: 5, nanos: 0 };
    await apply(packAny(Resource, { name: "c", resource: endpoints("c", []), ttl }));
    clock.advance(4_000);
    await apply(packAny(Resource, { name: "c", ttl }));
    clock.advance(4_000);
    expect(cache.read("c").state).toBe("ready");
    clock.advance(1_000);
    expect(cache.read("c").state).toBe("absent");
    expect(watcher.told).toBe(2);
  });

  it("keeps a resource for as long as it may be kept, and that may be months", async () => {
    const { cache, apply, clock } = setUp("EDS", decodeEndpoints);
    cache.watch("c", new Watcher());
    const day = 86_400_000;
    const ttl = { seconds: 60 * 86_400, nanos: 0 };
    await apply(packAny(Resource, { name: "c", resource: endpoints("c", []), ttl }));
    for (const days of [1, 29, 29]) {
      clock.advance(days * day);
      expect(cache.read("c").state).toBe("ready");
    }
    clock.advance(day);
    expect(cache.read("c").state).toBe("absent");
  });

  it("hears that the control plane refuses a resource (defect 10: resource_errors)", async () => {
    const { cache } = routes();
    const watcher = new Watcher();
    cache.watch("r", watcher);
    const affected = new Set<ResourceWatcher>();
    const errors = [{ resourceName: { name: "r" }, errorDetail: { code: 7, message: "not for you", details: [] } }];
    await cache.apply({ type: "RDS", version: "1", resources: [], errors: errors }, affected);
    expect(cache.read("r")).toEqual({ state: "rejected", error: "not for you" });
    expect(affected.has(watcher)).toBe(true);
  });

  it("reports what it leaves out of a good resource once, not at every push", async () => {
    const setup = routes();
    setup.cache.watch("r", new Watcher());
    const withBadRoute = (cluster: string) =>
      routeConfig("r", [routeTo("c", { prefix: "/", queryParameters: [{ name: "q" }] }), routeTo(cluster)]);
    await setup.apply(withBadRoute("a"));
    await setup.apply(withBadRoute("b"));
    expect(setup.refused).toHaveLength(1);
  });

  it("lets calls go on between the resources of a big response", async () => {
    const { cache, clock } = clusters();
    // Every look at the clock takes 5 ms.
    const now = clock.now.bind(clock);
    clock.now = () => {
      clock.advance(5);
      return now();
    };
    let turns = 0;
    const tick = (): void => {
      turns++;
      if (turns < 1_000) setImmediate(tick);
    };
    setImmediate(tick);
    const applying = cache.apply(
      {
        type: "CDS",
        version: "1",
        resources: Array.from({ length: 50 }, (_, index) => cluster(`c${index}`)),
        errors: [],
      },
      new Set(),
    );
    // Nothing is visible before all of it is.
    await new Promise((resolve) => setImmediate(resolve));
    expect(cache.knownNames).toEqual([]);
    await applying;
    expect(turns).toBeGreaterThanOrEqual(40);
    turns = 1_000;
    expect(cache.knownNames).toHaveLength(50);
  });
});
