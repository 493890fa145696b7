import { Attempt, type Instance } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { makeCall } from "../../test/support/calls.ts";
import type { LoadBalancing } from "../resource/cluster.ts";
import { clusterBalancer } from "./cluster-picker.ts";
import type { HostPool, HostSet } from "./host-set.ts";
import { ClusterInstance, HostState } from "./instance.ts";

const host = (address: string, weight = 1): ClusterInstance => new ClusterInstance(address, weight, new HostState());
const pool = (hosts: readonly ClusterInstance[], share = 100): HostPool => ({ share, groups: [{ weight: 1, hosts }] });
const setOf = (...pools: readonly HostPool[]): HostSet => ({
  pools,
  instances: pools.flatMap(({ groups }) => groups.flatMap(({ hosts }) => hosts)),
  problem: undefined,
});

/** A repeatable source of numbers in [0, 1): every run of a test is the same run. */
function seeded(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function attempt(tried: readonly Instance[] = []): Attempt {
  const call = makeCall();
  return new Attempt(call, 1, tried, Infinity, "rpc timeout", 0, call.cancelSlot);
}

const pickerOf = (set: HostSet, policy: LoadBalancing) => {
  const balancer = clusterBalancer(set, policy, seeded());
  return balancer.update({ version: "1", instances: set.instances }, undefined);
};

/** How many of `calls` calls each host gets when every call ends before the next begins. */
function count(set: HostSet, policy: LoadBalancing, calls = 10_000): Readonly<Record<string, number>> {
  const picker = pickerOf(set, policy);
  const counts: Record<string, number> = {};
  for (let call = 0; call < calls; call++) {
    const current = attempt();
    const instance = picker.pick(current);
    current.instance = instance;
    picker.done?.(current, { error: undefined, latencyMs: 1 });
    counts[instance?.address ?? "none"] = (counts[instance?.address ?? "none"] ?? 0) + 1;
  }
  return counts;
}

const roundRobin: LoadBalancing = { kind: "round-robin" };
const random: LoadBalancing = { kind: "random" };
const leastRequest: LoadBalancing = { kind: "least-request", choiceCount: 2 };

describe("the picker of a cluster", () => {
  it("round robin gives each host its turn", () => {
    expect(count(setOf(pool([host("a"), host("b"), host("c")])), roundRobin, 300)).toEqual({ a: 100, b: 100, c: 100 });
  });

  it("round robin follows weights without giving a heavy host its calls in a row", () => {
    const set = setOf(pool([host("a", 5), host("b", 1), host("c", 1)]));
    expect(count(set, roundRobin, 700)).toEqual({ a: 500, b: 100, c: 100 });
    const picker = pickerOf(set, roundRobin);
    const order = Array.from({ length: 70 }, () => picker.pick(attempt())?.address).join("");
    expect(order).not.toContain("aaaaa");
  });

  it.each([random, leastRequest])("$kind follows weights", (policy) => {
    const counts = count(setOf(pool([host("a", 1), host("b", 3)])), policy);
    expect(counts["b"]).toBeGreaterThan(7_300);
    expect(counts["b"]).toBeLessThan(7_700);
  });

  it.each([random, leastRequest])("$kind spreads evenly over equal hosts", (policy) => {
    for (const share of Object.values(count(setOf(pool([host("a"), host("b"), host("c"), host("d")])), policy))) {
      expect(Math.abs(share - 2_500)).toBeLessThan(200);
    }
  });

  it("least request prefers hosts with fewer calls under way", () => {
    const slow = host("slow");
    const set = setOf(pool([slow, host("a"), host("b")]));
    slow.host.activeRequests = 100;
    // Drawn against itself only.
    expect(count(set, leastRequest)["slow"] ?? 0).toBeLessThan(1_500);
    const weighted = setOf(pool([slow, host("c", 2)]));
    expect(count(weighted, leastRequest)["slow"] ?? 0).toBeLessThan(200);
  });

  it("counts calls under way, and counts them off when they end", () => {
    const only = host("a");
    const picker = pickerOf(setOf(pool([only])), leastRequest);
    const first = attempt();
    first.instance = picker.pick(first);
    expect(only.host.activeRequests).toBe(1);
    picker.done?.(first, { error: new Error("failed"), latencyMs: 1 });
    expect(only.host.activeRequests).toBe(0);
  });

  it("draws priorities by their share", () => {
    const counts = count(setOf(pool([host("near")], 70), pool([host("far")], 30)), random);
    expect(Math.abs((counts["near"] ?? 0) - 7_000)).toBeLessThan(200);
  });

  it("draws localities by their weight", () => {
    const groups = [
      { weight: 70, hosts: [host("x")] },
      { weight: 30, hosts: [host("y1"), host("y2")] },
    ];
    const counts = count(setOf({ share: 100, groups }), roundRobin);
    expect(Math.abs((counts["x"] ?? 0) - 7_000)).toBeLessThan(200);
    expect(Math.abs((counts["y1"] ?? 0) - (counts["y2"] ?? 0))).toBeLessThanOrEqual(1);
  });

  it("goes to hosts that were not tried as long as there are any, and then to none", () => {
    const hosts = Array.from({ length: 20 }, (_, index) => host(`h${index}`));
    const picker = pickerOf(setOf(pool(hosts)), random);
    const tried: Instance[] = [];
    for (let index = 0; index < 20; index++) {
      const instance = picker.pick(attempt(tried));
      expect(instance).toBeDefined();
      expect(tried).not.toContain(instance);
      tried.push(instance as Instance);
    }
    expect(picker.pick(attempt(tried))).toBeUndefined();
  });

  it("picks nobody when there is nobody", () => {
    expect(pickerOf(setOf(), random).pick(attempt())).toBeUndefined();
  });
});
