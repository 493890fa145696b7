import {
  type Any,
  type CidrRange,
  Cluster,
  ClusterLoadAssignment,
  DiscoveryType,
  HttpConnectionManager,
  Listener,
  type MessageInit,
  NameTable,
  packAny,
  type Route,
  RouteConfiguration,
  TrafficDirection,
} from "@kitex-ts/xds-protos";

/** Short hands for what a control plane sends, in the shapes istiod gives them. */

export const hcm = (routeConfigName: string): Any =>
  packAny(HttpConnectionManager, { rds: { routeConfigName, configSource: { ads: {} } } });

/** The listener of a service whose protocol is detected: HTTP routes, TCP otherwise. */
export const listener = (
  name: string,
  routeConfigName: string,
  prefixRanges: readonly MessageInit<CidrRange>[] = [],
): Any =>
  packAny(Listener, {
    name,
    trafficDirection: TrafficDirection.OUTBOUND,
    filterChains: [
      { filterChainMatch: { prefixRanges }, filters: [{ name: "http", typedConfig: hcm(routeConfigName) }] },
    ],
  });

export const routeTo = (
  cluster: string,
  match: MessageInit<Route>["match"] = { prefix: "/" },
  name = "",
): MessageInit<Route> => ({
  name,
  match,
  route: { cluster },
});

export const routeConfig = (
  name: string,
  routes: readonly MessageInit<Route>[],
  domains: readonly string[] = ["*"],
): Any =>
  packAny(RouteConfiguration, { name, ignorePortInHostMatching: true, virtualHosts: [{ name, domains, routes }] });

export const cluster = (name: string, init: MessageInit<Cluster> = {}): Any =>
  packAny(Cluster, {
    name,
    type: DiscoveryType.EDS,
    edsClusterConfig: { edsConfig: { ads: {} }, serviceName: name },
    ...init,
  });

export interface EndpointInit {
  readonly address: string;
  readonly port?: number;
  readonly weight?: number;
  readonly health?: number;
  readonly tlsMode?: string;
}

export const lbEndpoint = ({
  address,
  port = 8888,
  weight,
  health,
  tlsMode,
}: EndpointInit): NonNullable<MessageInit<LocalityEndpoints>["lbEndpoints"]>[number] => ({
  endpoint: { address: { socketAddress: { address, portValue: port } } },
  ...(weight === undefined ? {} : { loadBalancingWeight: { value: weight } }),
  ...(health === undefined ? {} : { healthStatus: health }),
  ...(tlsMode === undefined
    ? {}
    : {
        metadata: {
          filterMetadata: { "envoy.transport_socket_match": { fields: { tlsMode: { stringValue: tlsMode } } } },
        },
      }),
});

type LocalityEndpoints = ClusterLoadAssignment["endpoints"][number];

export const endpoints = (clusterName: string, addresses: readonly (string | EndpointInit)[]): Any =>
  packAny(ClusterLoadAssignment, {
    clusterName,
    endpoints: [
      { lbEndpoints: addresses.map((entry) => lbEndpoint(typeof entry === "string" ? { address: entry } : entry)) },
    ],
  });

export const nameTable = (hosts: Readonly<Record<string, readonly string[]>>): Any =>
  packAny(NameTable, {
    table: Object.fromEntries(Object.entries(hosts).map(([host, ips]) => [host, { ips, registry: "Kubernetes" }])),
  });
