import type { ListenerResource } from "../resource/listener.ts";
import type { RouteConfigResource } from "../resource/route-config.ts";
import { matchVirtualHost } from "../route/virtual-host-match.ts";
import { closeNames } from "./close-names.ts";
import type { ConfigReader, Place } from "./config-reader.ts";
import { type Destination, expandHost } from "./destination.ts";
import { failed, forwardingRoute, type PlanResult, planTo, waitFor } from "./routing-plan.ts";

/**
 * Finds the routes of a destination as a gRPC client would: the listener of its name, its routes, the virtual host of the name. For a port
 * whose protocol istiod takes for TCP there are no routes, but there is a cluster.
 */
export function planGRPC(destination: Destination, place: Place, config: ConfigReader): PlanResult {
  const candidates = expandHost(destination.host, place.namespace, place.clusterDomain);
  const table = config.nameTable();
  const known = table.state === "ready" ? candidates.find((host) => table.value.hosts.has(host)) : undefined;
  // istiod knows full names only, so one that could be completed is not asked for as it is.
  const hosts = known === undefined ? candidates.filter((host) => host.includes(".")) : [known];
  // Only calls wait here, and few: istiod says nothing about a name it does not know.
  const hint = (): string => {
    const similar =
      table.state === "ready" && known === undefined ? closeNames(destination.host, table.value.hosts.keys()) : [];
    return similar.length === 0 ? "" : `; did you mean ${similar.join(" or ")}?`;
  };
  let waiting: PlanResult | undefined;
  for (const host of hosts) {
    const name = `${host}:${destination.port}`;
    const listener = config.listener(name);
    if (listener.state === "pending") waiting ??= waitFor(`listener ${name}${hint()}`);
    if (listener.state === "rejected") return failed(`listener ${name} cannot be used: ${listener.error}`);
    if (listener.state !== "ready") continue;
    return planListener(listener.value, host, destination, config);
  }
  const asked = hosts.map((host) => `${host}:${destination.port}`).join(" or ");
  return waiting ?? failed(() => `the mesh has no listener for ${asked}${hint()}`);
}

function planListener(
  listener: ListenerResource,
  host: string,
  destination: Destination,
  config: ConfigReader,
): PlanResult {
  const source = listener.apiRoutes;
  if (source === undefined) return failed(`listener ${listener.name} has no routes for a client`);
  if (source.kind === "inline") return planVirtualHost(source.routeConfig, host, destination);
  const found = config.routeConfig(source.name);
  if (found.state === "pending") return waitFor(`route configuration ${source.name}`);
  if (found.state === "rejected") return failed(`route configuration ${source.name} cannot be used: ${found.error}`);
  if (found.state === "ready" && found.value.virtualHosts.length > 0) {
    return planVirtualHost(found.value, host, destination);
  }
  const cluster = config.cluster(source.name);
  if (cluster.state === "ready") {
    const everything = forwardingRoute("cluster of the port", [{ cluster: source.name, weight: 1 }]);
    return { kind: "plan", plan: planTo(host, [everything]) };
  }
  return cluster.state === "pending"
    ? waitFor(`cluster ${source.name}`)
    : failed(`route configuration ${source.name} is empty, and there is no cluster of that name`);
}

function planVirtualHost(routeConfig: RouteConfigResource, host: string, destination: Destination): PlanResult {
  const authorities = [...new Set([destination.host, host])].flatMap((name) => [`${name}:${destination.port}`, name]);
  const match = matchVirtualHost(routeConfig, authorities);
  if (match === undefined) return failed(`no virtual host of ${routeConfig.name} is for ${host}:${destination.port}`);
  return { kind: "plan", plan: { virtualHost: match.virtualHost, authority: destination.host } };
}
