import type { Attempt, LoadBalancer, Picker } from "@kitex-ts/core/spi";
import type { LoadBalancing } from "../resource/cluster.ts";
import { type Choose, chooserFor } from "./choose.ts";
import type { HostSet } from "./host-set.ts";
import { ClusterInstance } from "./instance.ts";

/** How often another host is drawn when the one drawn has been tried; Istio asks for as many. Envoy: `host_selection_retry_max_attempts`. */
const maxRedraws = 5;

interface Draw<T> {
  /** Sum of the shares up to and with this one. */
  readonly upTo: number;
  readonly value: T;
}

/** Picks as Envoy would: a priority by its load, a locality by its weight, a host by the cluster's policy. */
class ClusterPicker implements Picker {
  readonly #hosts: HostSet;
  readonly #random: () => number;
  readonly #pools: readonly Draw<readonly Draw<Choose>[]>[];

  constructor(hosts: HostSet, policy: LoadBalancing, random: () => number) {
    this.#hosts = hosts;
    this.#random = random;
    this.#pools = cumulative(
      hosts.pools.map(({ share, groups }) => [
        share,
        cumulative(groups.map((group) => [group.weight, chooserFor(policy, group.hosts, random)])),
      ]),
    );
  }

  pick(attempt: Attempt): ClusterInstance | undefined {
    const { tried } = attempt;
    let instance = this.#draw();
    if (instance === undefined) return undefined;
    if (tried.length > 0) {
      const isTried = (candidate: ClusterInstance): boolean =>
        tried.some(({ address }) => address === candidate.address);
      for (let redraw = 0; redraw < maxRedraws && isTried(instance); redraw++) instance = this.#draw() ?? instance;
      // The draw may be unlucky; the list is not.
      if (isTried(instance)) instance = this.#hosts.instances.find((other) => !isTried(other));
      if (instance === undefined) return undefined;
    }
    instance.host.activeRequests++;
    return instance;
  }

  done(attempt: Attempt): void {
    if (attempt.instance instanceof ClusterInstance) attempt.instance.host.activeRequests--;
  }

  #draw(): ClusterInstance | undefined {
    const pool = drawn(this.#pools, this.#random);
    return pool === undefined ? undefined : drawn(pool, this.#random)?.();
  }
}

function cumulative<T>(entries: readonly (readonly [number, T])[]): readonly Draw<T>[] {
  let upTo = 0;
  return entries.map(([share, value]) => {
    upTo += share;
    return { upTo, value };
  });
}

function drawn<T>(draws: readonly Draw<T>[], random: () => number): T | undefined {
  const last = draws.at(-1);
  // Nearly always there is one priority and one locality.
  if (last === undefined || draws.length === 1) return last?.value;
  const draw = random() * last.upTo;
  for (const { upTo, value } of draws) if (draw < upTo) return value;
  return last.value;
}

/** The balancer that a cluster's snapshot brings along. */
export const clusterBalancer = (hosts: HostSet, policy: LoadBalancing, random: () => number): LoadBalancer => ({
  name: `xds ${policy.kind}`,
  update: () => new ClusterPicker(hosts, policy, random),
});
