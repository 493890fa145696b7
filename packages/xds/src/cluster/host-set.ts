import type { ClusterResource } from "../resource/cluster.ts";
import type { EndpointResource, EndpointsResource, LocalityResource } from "../resource/endpoints.ts";
import { socketFor } from "../resource/transport-security.ts";
import { ClusterInstance, HostState } from "./instance.ts";
import { priorityLoads } from "./priority-load.ts";

/** Hosts among which a balancer chooses. */
export interface HostGroup {
  /** Share among the groups of its pool. */
  readonly weight: number;
  readonly hosts: readonly ClusterInstance[];
}

/** The hosts of one priority and health, with their share of the calls. */
export interface HostPool {
  readonly share: number;
  /** One, or one for each locality when localities are weighted. Never empty. */
  readonly groups: readonly HostGroup[];
}

/** The endpoints of a cluster, sorted by how they are used. */
export interface HostSet {
  /** Empty when there is nobody to call. */
  readonly pools: readonly HostPool[];
  readonly instances: readonly ClusterInstance[];
  /** Why there is nobody to call, for the error; undefined while there is. */
  readonly problem: string | undefined;
}

interface Host {
  readonly instance: ClusterInstance;
  readonly health: EndpointResource["health"];
}

interface Priority {
  readonly localities: readonly { readonly weight: number; readonly total: number; readonly hosts: readonly Host[] }[];
  readonly healthy: number;
  readonly degraded: number;
  readonly total: number;
}

/**
 * Sorts endpoints into pools. Endpoints that demand TLS are left out, never dialled in plaintext. `previous` finds the instances of the last
 * list by address.
 */
export function hostSet(
  cluster: ClusterResource,
  endpoints: EndpointsResource,
  previous: ReadonlyMap<string, ClusterInstance>,
): HostSet {
  const census = new Census(cluster);
  const byPriority = new Map<number, LocalityResource[]>();
  for (const locality of endpoints.localities) {
    const group = byPriority.get(locality.priority);
    if (group === undefined) byPriority.set(locality.priority, [locality]);
    else group.push(locality);
  }
  // Numbers with gaps are taken as an order.
  const priorities = [...byPriority.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, localities]) => priorityOf(localities, census, previous));
  const pools = poolsOf(cluster, priorities, endpoints.overprovisioning);
  return {
    pools,
    instances: pools.flatMap(({ groups }) => groups.flatMap(({ hosts }) => hosts)),
    problem: pools.length === 0 ? census.problem(endpoints.refused) : undefined,
  };
}

function priorityOf(
  localities: readonly LocalityResource[],
  census: Census,
  previous: ReadonlyMap<string, ClusterInstance>,
): Priority {
  let healthy = 0;
  let degraded = 0;
  let total = 0;
  const sorted = localities.map(({ weight, endpoints }) => {
    const hosts: Host[] = [];
    for (const endpoint of endpoints) {
      // A draining endpoint is leaving: it counts for nothing.
      if (!census.count(endpoint) || endpoint.health === "draining") continue;
      hosts.push({ instance: instanceOf(endpoint, previous), health: endpoint.health });
      if (endpoint.health === "healthy") healthy++;
      if (endpoint.health === "degraded") degraded++;
    }
    total += hosts.length;
    return { weight: weight ?? 0, total: hosts.length, hosts };
  });
  return { localities: sorted, healthy, degraded, total };
}

function instanceOf(endpoint: EndpointResource, previous: ReadonlyMap<string, ClusterInstance>): ClusterInstance {
  const known = previous.get(endpoint.address);
  if (known?.weight === endpoint.weight) return known;
  return new ClusterInstance(endpoint.address, endpoint.weight, known?.host ?? new HostState());
}

function poolsOf(cluster: ClusterResource, priorities: readonly Priority[], overprovisioning: number): HostPool[] {
  const loads = priorityLoads(priorities, overprovisioning);
  const pools: HostPool[] = [];
  const add = (priority: Priority, share: number, isIn: (host: Host) => boolean): void => {
    const groups = groupsOf(cluster, priority, overprovisioning, isIn);
    if (share > 0 && groups.length > 0) pools.push({ share, groups });
  };
  priorities.forEach((priority, index) => {
    const load = loads[index] ?? { healthy: 0, degraded: 0 };
    const isPanic = (priority.healthy + priority.degraded) / priority.total < cluster.panicThreshold;
    if (isPanic) add(priority, load.healthy + load.degraded, () => true);
    else {
      add(priority, load.healthy, ({ health }) => health === "healthy");
      add(priority, load.degraded, ({ health }) => health === "degraded");
    }
  });
  // Nothing is available anywhere: in panic everything is tried, otherwise nothing.
  if (pools.length === 0 && cluster.panicThreshold > 0) {
    for (const priority of priorities) add(priority, priority.total, () => true);
  }
  return pools;
}

function groupsOf(
  cluster: ClusterResource,
  { localities }: Priority,
  overprovisioning: number,
  isIn: (host: Host) => boolean,
): HostGroup[] {
  const groups: HostGroup[] = [];
  for (const { weight, total, hosts } of localities) {
    const members = hosts.filter(isIn).map(({ instance }) => instance);
    // A locality that has lost hosts gives part of its share to the others.
    const share = weight * Math.min(1, (overprovisioning * members.length) / total);
    if (members.length > 0) groups.push({ weight: share, hosts: members });
  }
  const weighted = groups.filter(({ weight }) => weight > 0);
  if (cluster.isLocalityWeighted && weighted.length > 0) return weighted;
  return groups.length === 0 ? [] : [{ weight: 1, hosts: groups.flatMap(({ hosts }) => hosts) }];
}

/** Counts endpoints by what keeps them from being used. */
class Census {
  readonly #cluster: ClusterResource;
  #total = 0;
  #notHealthy = 0;
  #tls = 0;
  readonly #unknownSockets = new Set<string>();

  constructor(cluster: ClusterResource) {
    this.#cluster = cluster;
  }

  /** Whether the endpoint may be dialled at all. */
  count(endpoint: EndpointResource): boolean {
    this.#total++;
    const socket = socketFor(this.#cluster.security, endpoint.socketLabels);
    if (socket.kind === "tls") this.#tls++;
    else if (socket.kind === "unknown") this.#unknownSockets.add(socket.name);
    else if (endpoint.health !== "healthy" && endpoint.health !== "degraded") this.#notHealthy++;
    return socket.kind === "plaintext";
  }

  problem(refused: readonly string[]): string {
    if (this.#total === 0) {
      return refused.length === 0
        ? "it has no endpoints"
        : `it has no endpoints that can be used: ${refused.join("; ")}`;
    }
    const reasons = [
      ...(this.#tls > 0
        ? [
            `${this.#tls} demand mTLS, which this version cannot speak, and are not called in plaintext (a DestinationRule with tls mode DISABLE, or pods without the label security.istio.io/tlsMode, would allow plaintext)`,
          ]
        : []),
      ...(this.#unknownSockets.size > 0
        ? [`some demand the transport ${[...this.#unknownSockets].join(", ")}, which is not supported`]
        : []),
      ...(this.#notHealthy > 0 ? [`${this.#notHealthy} are not healthy`] : []),
    ];
    return `none of its ${this.#total} endpoints can be called: ${reasons.join("; ")}`;
  }
}
