import {
  durationOf,
  type MessageInit,
  type Metadata,
  type Route,
  type RouteAction,
  structOf,
} from "@kitex-ts/xds-protos";
import { resolveHost } from "../model/host.ts";
import type { HTTPMatch } from "../model/match.ts";
import type { MeshModel, MeshService } from "../model/mesh-model.ts";
import { type Destination, type HTTPRoute, MESH_GATEWAY, type VirtualService } from "../model/virtual-service.ts";
import type { ClientView } from "./client-view.ts";
import { authorityOf, headerFields } from "./header-options.ts";
import { clusterName } from "./names.ts";
import { retryPolicy } from "./retry-policy.ts";
import { matchesEverything, routeMatch } from "./route-match.ts";

/** What routes depend on: the state, who asks, and the port that was called. */
export interface RouteScope {
  readonly model: MeshModel;
  readonly client: ClientView;
  readonly port: number;
}

interface CallerMatch {
  readonly port: number | undefined;
  readonly sourceLabels: Readonly<Record<string, string>>;
  readonly sourceNamespace: string | undefined;
  readonly gateways: readonly string[];
}

/** Conditions on the caller are settled here, as in istiod: a route that cannot match is not sent. */
export const appliesTo = (match: CallerMatch, { client, port }: RouteScope): boolean =>
  (match.port === undefined || match.port === port) &&
  (match.sourceNamespace === undefined || match.sourceNamespace === client.namespace) &&
  (match.gateways.length === 0 || match.gateways.includes(MESH_GATEWAY)) &&
  Object.entries(match.sourceLabels).every(([key, value]) => client.labels[key] === value);

/** The cluster of a destination: its own port, else the only one of its Service, else the one that was called. */
export const destinationCluster = (destination: Destination, rule: VirtualService, scope: RouteScope): string => {
  const hostname = resolveHost(destination.host, rule.namespace, scope.model.domain);
  const ports = scope.model.services.get(hostname)?.ports ?? [];
  const only = ports.length === 1 ? ports[0]?.number : undefined;
  return clusterName(destination.port ?? only ?? scope.port, destination.subset ?? "", hostname);
};

/** Reference to the object a resource comes from, where Istio puts it. */
export const configMetadata = (rule: VirtualService): MessageInit<Metadata> => {
  const config = `/apis/networking.istio.io/v1/namespaces/${rule.namespace}/virtual-service/${rule.name}`;
  return { filterMetadata: { istio: structOf({ config }) } };
};

const NO_TIMEOUT = durationOf(0);

const targetOf = (route: HTTPRoute, rule: VirtualService, scope: RouteScope): MessageInit<RouteAction> => {
  const [single] = route.destinations;
  if (route.destinations.length === 1 && single !== undefined) {
    return {
      cluster: destinationCluster(single, rule, scope),
      hostRewriteLiteral: authorityOf(route.headers) ?? authorityOf(single.headers),
    };
  }
  const clusters = route.destinations
    .filter(({ weight }) => weight > 0)
    .map((destination) => ({
      ...headerFields(destination.headers),
      name: destinationCluster(destination, rule, scope),
      weight: { value: destination.weight },
      hostRewriteLiteral: authorityOf(destination.headers),
    }));
  return { weightedClusters: { clusters }, hostRewriteLiteral: authorityOf(route.headers) };
};

/** A gRPC client knows maxStreamDuration instead of maxGrpcTimeout. */
const timeoutFields = (timeoutMs: number | undefined, { client }: RouteScope): MessageInit<RouteAction> => {
  const timeout = timeoutMs === undefined ? NO_TIMEOUT : durationOf(timeoutMs);
  const grpc =
    client.dialect === "grpc" ? { maxStreamDuration: { maxStreamDuration: timeout } } : { maxGrpcTimeout: timeout };
  return { timeout, ...grpc };
};

const routeHeaders = (route: HTTPRoute) => {
  const own = headerFields(route.headers);
  const [single] = route.destinations;
  if (route.destinations.length !== 1 || single === undefined) return own;
  const nested = headerFields(single.headers);
  return {
    requestHeadersToAdd: [...own.requestHeadersToAdd, ...nested.requestHeadersToAdd],
    requestHeadersToRemove: [...own.requestHeadersToRemove, ...nested.requestHeadersToRemove],
    responseHeadersToAdd: [...own.responseHeadersToAdd, ...nested.responseHeadersToAdd],
    responseHeadersToRemove: [...own.responseHeadersToRemove, ...nested.responseHeadersToRemove],
  };
};

const nameOf = (route: HTTPRoute, match: HTTPMatch | undefined): string => {
  const suffix = match?.name === undefined || match.name === "" ? "" : `.${match.name}`;
  return `${route.name ?? ""}${suffix}`;
};

const toRoute = (
  route: HTTPRoute,
  match: HTTPMatch | undefined,
  rule: VirtualService,
  scope: RouteScope,
): MessageInit<Route> => ({
  ...routeHeaders(route),
  name: nameOf(route, match),
  match: routeMatch(match),
  route: {
    ...targetOf(route, rule, scope),
    ...timeoutFields(route.timeoutMs, scope),
    retryPolicy: retryPolicy(route.retries),
  },
  metadata: configMetadata(rule),
});

const fromRule = (rule: VirtualService, scope: RouteScope): readonly MessageInit<Route>[] => {
  const routes: MessageInit<Route>[] = [];
  for (const route of rule.http) {
    const alternatives = route.matches.length === 0 ? [undefined] : route.matches;
    for (const match of alternatives) {
      if (match !== undefined && !appliesTo(match, scope)) continue;
      routes.push(toRoute(route, match, rule, scope));
      if (matchesEverything(match)) return routes;
    }
  }
  return routes;
};

/** One route to a cluster, without any rule. Where a client leaves the mesh, Istio puts no retry policy on it. */
export const plainRoute = (name: string, cluster: string, retries: "default" | "none"): MessageInit<Route> => ({
  name,
  match: { prefix: "/" },
  route: {
    cluster,
    timeout: NO_TIMEOUT,
    maxGrpcTimeout: NO_TIMEOUT,
    retryPolicy: retries === "default" ? retryPolicy(undefined) : undefined,
  },
});

/** The routes of a Service port: those of its VirtualService, else one to its cluster. */
export const routesOf = (service: MeshService, scope: RouteScope): readonly MessageInit<Route>[] => {
  const rule = service.virtualService;
  return rule === undefined || rule.http.length === 0
    ? [plainRoute("default", clusterName(scope.port, "", service.hostname), "default")]
    : fromRule(rule, scope);
};
