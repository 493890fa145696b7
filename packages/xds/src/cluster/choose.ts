import type { LoadBalancing } from "../resource/cluster.ts";
import type { ClusterInstance } from "./instance.ts";

/** Chooses one of a fixed, non-empty list of hosts. */
export type Choose = () => ClusterInstance;

/** The chooser of a policy. `random` is in [0, 1). */
export function chooserFor(policy: LoadBalancing, hosts: readonly ClusterInstance[], random: () => number): Choose {
  switch (policy.kind) {
    case "round-robin":
      return roundRobin(hosts, random);
    case "random":
      return weightedRandom(hosts, random);
    case "least-request":
      return leastRequest(hosts, policy.choiceCount, random);
  }
}

const at = (hosts: readonly ClusterInstance[], index: number): ClusterInstance => hosts[index] as ClusterInstance;

const haveEqualWeights = (hosts: readonly ClusterInstance[]): boolean =>
  hosts.every(({ weight }) => weight === hosts[0]?.weight);

/** In turn; with different weights, interleaved so that a heavy host does not get its calls in a row. Begins anywhere: clients must not march in step. */
function roundRobin(hosts: readonly ClusterInstance[], random: () => number): Choose {
  if (haveEqualWeights(hosts)) {
    let next = Math.floor(random() * hosts.length);
    return () => {
      const host = at(hosts, next);
      next = next + 1 === hosts.length ? 0 : next + 1;
      return host;
    };
  }
  const total = hosts.reduce((sum, { weight }) => sum + weight, 0);
  const credits = hosts.map(({ weight }) => random() * weight);
  return () => {
    let best = 0;
    for (let index = 0; index < hosts.length; index++) {
      const credit = (credits[index] ?? 0) + at(hosts, index).weight;
      credits[index] = credit;
      if (credit > (credits[best] ?? 0)) best = index;
    }
    credits[best] = (credits[best] ?? 0) - total;
    return at(hosts, best);
  };
}

function weightedRandom(hosts: readonly ClusterInstance[], random: () => number): Choose {
  if (haveEqualWeights(hosts)) return () => at(hosts, Math.floor(random() * hosts.length));
  let sum = 0;
  const upTo = hosts.map(({ weight }) => {
    sum += weight;
    return sum;
  });
  return () => {
    const draw = random() * sum;
    let low = 0;
    let high = hosts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (draw < (upTo[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return at(hosts, low);
  };
}

/** Of a few drawn at random the one with the fewest calls under way. With different weights, a draw that counts calls against weight. */
function leastRequest(hosts: readonly ClusterInstance[], choiceCount: number, random: () => number): Choose {
  if (haveEqualWeights(hosts)) {
    return () => {
      let best = at(hosts, Math.floor(random() * hosts.length));
      for (let choice = 1; choice < choiceCount; choice++) {
        const other = at(hosts, Math.floor(random() * hosts.length));
        if (other.host.activeRequests < best.host.activeRequests) best = other;
      }
      return best;
    };
  }
  const pull = ({ weight, host }: ClusterInstance): number => weight / (host.activeRequests + 1);
  return () => {
    let total = 0;
    for (const host of hosts) total += pull(host);
    let draw = random() * total;
    for (const host of hosts) {
      draw -= pull(host);
      if (draw < 0) return host;
    }
    return at(hosts, hosts.length - 1);
  };
}
