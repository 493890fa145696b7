import { BlockList, isIP, isIPv6 } from "node:net";
import type { ChainAction, ChainResource, ListenerResource, RouteSource } from "../resource/listener.ts";
import type { RouteConfigResource, RouteResource, VirtualHostResource } from "../resource/route-config.ts";
import { matchVirtualHost } from "../route/virtual-host-match.ts";
import { closeNames } from "./close-names.ts";
import type { ConfigReader, Place } from "./config-reader.ts";
import { type Destination, expandHost } from "./destination.ts";
import { failed, forwardingRoute, type PlanResult, planTo, waitFor } from "./routing-plan.ts";

/** Where a sidecar sends what the mesh does not know. There is no proxy here to do so. */
const passThrough = new Set(["PassthroughCluster", "BlackHoleCluster", "InboundPassthroughCluster"]);

/** Virtual hosts that istiod adds for hosts outside the mesh. */
const catchAllNames = new Set(["allow_any", "block_all", "allow_any_dynamic_dns"]);

/** Ways to write the host of a call, most specific first. */
interface Names {
  readonly destination: Destination;
  /** The full name; the name as given when the mesh does not know it. */
  readonly host: string;
  readonly ips: readonly string[];
  readonly authorities: readonly string[];
}

/**
 * Finds the routes of a destination as a sidecar would: the name's virtual IPs, their listeners (or the one shared by all services of the port),
 * its chain, its routes, the virtual host of the name.
 */
export function planSidecar(destination: Destination, place: Place, config: ConfigReader): PlanResult {
  const names = namesOf(destination, place, config);
  let waiting: PlanResult | undefined;
  for (const listenerName of listenerNames(names)) {
    const listener = config.listener(listenerName);
    if (listener.state === "pending") waiting ??= waitFor(`listener ${listenerName}`);
    if (listener.state === "rejected") return failed(`listener ${listenerName} cannot be used: ${listener.error}`);
    if (listener.state !== "ready") continue;
    const result = planListener(listener.value, names, config);
    if (result?.kind === "pending") waiting ??= result;
    else if (result !== undefined) return result;
  }
  // Without a name table (a control plane that is not istiod) shared listeners may still know the name, so it is asked last.
  if (config.nameTable().state === "pending") return waitFor("the name table");
  return waiting ?? failed(() => unknown(names, place, config));
}

function namesOf(destination: Destination, { namespace, clusterDomain }: Place, config: ConfigReader): Names {
  const candidates = expandHost(destination.host, namespace, clusterDomain);
  const table = config.nameTable();
  const hosts = table.state === "ready" ? table.value.hosts : new Map<string, readonly string[]>();
  const host = candidates.find((candidate) => hosts.has(candidate));
  // A virtual IP may be called as such.
  const ownIP = isIP(destination.host) === 0 ? [] : [destination.host];
  const ips = (host === undefined ? undefined : hosts.get(host)) ?? ownIP;
  const hostsToTry = host === undefined ? candidates : [destination.host, host];
  const authorities = [...new Set([...hostsToTry, ...ips])]
    .map((name) => (isIPv6(name) ? `[${name}]` : name))
    .flatMap((name) => [`${name}:${destination.port}`, name]);
  return { destination, host: host ?? destination.host, ips, authorities };
}

function listenerNames({ ips, destination: { port } }: Names): readonly string[] {
  return [...ips.map((ip) => `${ip}_${port}`), `0.0.0.0_${port}`, `[::]_${port}`];
}

/** undefined: nothing in this listener is for the destination. */
function planListener(listener: ListenerResource, names: Names, config: ConfigReader): PlanResult | undefined {
  const { defaultChain } = listener;
  const actions = [...listener.chains, ...(defaultChain === undefined ? [] : [defaultChain])]
    .filter((chain) => isFor(chain, names))
    .map(({ action }) => action);
  const first = (wanted: string): ChainAction | undefined =>
    actions.find((action) => (action.kind === "unusable" ? action.of : action.kind) === wanted);
  const thrift = first("thrift");
  if (thrift?.kind === "unusable") return failed(thrift.reason);
  // HTTP before TCP: it has the routes. Conditions on the application protocol are a sidecar's way to guess what we know.
  const main = first("http") ?? first("tcp");
  const result = main === undefined ? undefined : planChain(main, names, config);
  if (thrift?.kind !== "thrift" || result?.kind === "pending") return result;
  return withRoutesInFront(thrift.routes, result, names);
}

function planChain(chain: ChainAction, names: Names, config: ConfigReader): PlanResult | undefined {
  switch (chain.kind) {
    case "http":
      return planRoutes(chain.routes, names, config);
    case "tcp":
      return chain.clusters.some(({ cluster }) => passThrough.has(cluster))
        ? undefined
        : { kind: "plan", plan: planTo(names.host, [forwardingRoute("tcp", chain.clusters)]) };
    case "unusable":
      return failed(chain.reason);
    case "thrift":
      return { kind: "plan", plan: planTo(names.host, chain.routes) };
  }
}

/** A call that no Thrift route takes goes on to the others, as in Kitex. */
function withRoutesInFront(routes: readonly RouteResource[], result: PlanResult | undefined, names: Names): PlanResult {
  if (result?.kind !== "plan") return { kind: "plan", plan: planTo(names.host, routes) };
  const { virtualHost, authority } = result.plan;
  return {
    kind: "plan",
    plan: { authority, virtualHost: { ...virtualHost, routes: [...routes, ...virtualHost.routes] } },
  };
}

function isFor(chain: ChainResource, { destination, host, ips }: Names): boolean {
  if (chain.destinationPort !== undefined && chain.destinationPort !== destination.port) return false;
  if (chain.serverNames.length > 0 && !chain.serverNames.some((name) => isNamed(name, host))) return false;
  if (chain.prefixRanges.length === 0) return true;
  const ranges = new BlockList();
  for (const { address, bits } of chain.prefixRanges) {
    ranges.addSubnet(address, bits, isIPv6(address) ? "ipv6" : "ipv4");
  }
  return ips.some((ip) => ranges.check(ip, isIPv6(ip) ? "ipv6" : "ipv4"));
}

const isNamed = (serverName: string, host: string): boolean =>
  serverName === host || (serverName.startsWith("*.") && host.endsWith(serverName.slice(1)));

function planRoutes(source: RouteSource, names: Names, config: ConfigReader): PlanResult | undefined {
  if (source.kind === "inline") return planVirtualHost(source.routeConfig, names);
  const found = config.routeConfig(source.name);
  switch (found.state) {
    case "pending":
      return waitFor(`route configuration ${source.name}`);
    case "rejected":
      return failed(`route configuration ${source.name} cannot be used: ${found.error}`);
    case "absent":
      return failed(`route configuration ${source.name} does not exist`);
    case "ready":
      // istiod's answer for a name it does not know, or no longer.
      if (found.value.virtualHosts.length === 0) return failed(`route configuration ${source.name} is empty`);
      return planVirtualHost(found.value, names);
  }
}

function planVirtualHost(routeConfig: RouteConfigResource, names: Names): PlanResult | undefined {
  const match = matchVirtualHost(routeConfig, names.authorities);
  if (match === undefined) return undefined;
  // The catch-all of a shared route configuration is for what the mesh does not know.
  if (match.isCatchAll && isPassThrough(match.virtualHost)) return undefined;
  return { kind: "plan", plan: { virtualHost: match.virtualHost, authority: names.destination.host } };
}

const isPassThrough = ({ name, routes }: VirtualHostResource): boolean =>
  catchAllNames.has(name) ||
  routes.some(
    ({ action }) => action.kind === "forward" && action.clusters.some(({ cluster }) => passThrough.has(cluster)),
  );

/** Says what the mesh does know that comes close. */
function unknown({ destination, host, ips }: Names, { namespace }: Place, config: ConfigReader): string {
  const table = config.nameTable();
  const known = table.state === "ready" ? [...table.value.hosts.keys()] : [];
  if (ips.length > 0 || known.includes(host)) {
    const ports = portsOf(host, config.clusterNames());
    const offer = ports.length === 0 ? "" : `; its ports are ${ports.join(", ")}`;
    return `the mesh knows ${host}, but nothing listens on its port ${destination.port}${offer}`;
  }
  const similar = closeNames(host, known);
  const hint =
    similar.length > 0
      ? `; did you mean ${similar.join(" or ")}?`
      : known.length === 0
        ? "; it knows no host at all"
        : `; it knows ${known.length} others, none alike`;
  return `the mesh does not know the host ${host} (asked from namespace ${namespace})${hint}`;
}

/** From names such as `outbound|8888||host`. */
function portsOf(host: string, clusterNames: readonly string[]): readonly number[] {
  const ports = new Set<number>();
  for (const name of clusterNames) {
    const [direction, port, , clusterHost] = name.split("|");
    if (direction === "outbound" && clusterHost === host) ports.add(Number(port));
  }
  return [...ports].sort((a, b) => a - b);
}
