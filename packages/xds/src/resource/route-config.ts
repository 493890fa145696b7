import {
  type FractionalPercent,
  millisecondsOf,
  type Route,
  type RouteAction,
  RouteConfiguration,
  type RouteMatch,
  type VirtualHost,
  type WeightedCluster,
} from "@kitex-ts/xds-protos";
import { CheckableConditions } from "./checkable-conditions.ts";
import { type Decoded, decodeTotally, Refusal } from "./decoded.ts";
import { decodeHeaderMatch, type HeaderMatch } from "./header-match.ts";
import { anyPath, decodePathMatch, type PathMatch } from "./path-match.ts";

/** A cluster and its share of the calls. */
export interface WeightedClusterResource {
  readonly cluster: string;
  readonly weight: number;
}

/** What a matching route does with the call; {@link forwardTo} makes the first kind. */
export type RouteActionResource =
  | {
      readonly kind: "forward";
      /** At least one; weights above 0, of any scale. */
      readonly clusters: readonly WeightedClusterResource[];
      readonly totalWeight: number;
      /** 0: the route has no opinion. */
      readonly timeoutMs: number;
    }
  /** The call fails with this reason: the route answers itself, or in a way this version cannot. */
  | { readonly kind: "fail"; readonly reason: string };

/** Envoy: `config.route.v3.Route`. */
export interface RouteResource {
  /** Empty when the control plane gave none. */
  readonly name: string;
  readonly path: PathMatch;
  /** All of them must hold; several may concern one header. */
  readonly headers: readonly HeaderMatch[];
  /** Share of the calls, in [0, 1], that this route takes; undefined: all. Envoy: `runtime_fraction`. */
  readonly fraction: number | undefined;
  readonly action: RouteActionResource;
}

/** Envoy: `config.route.v3.VirtualHost`. */
export interface VirtualHostResource {
  readonly name: string;
  /** In lower case. */
  readonly domains: readonly string[];
  /** The first one that matches counts. */
  readonly routes: readonly RouteResource[];
  /** Why routes are not here: no RPC can meet their conditions, or they are given in a form that is not read. */
  readonly refused: readonly string[];
}

/** Envoy: `config.route.v3.RouteConfiguration`. */
export interface RouteConfigResource {
  readonly name: string;
  readonly virtualHosts: readonly VirtualHostResource[];
  /** Whether a port in the host is left out of the comparison with domains. */
  readonly ignorePort: boolean;
}

/** `RouteConfiguration` on the wire to what we act on. A route that cannot be used costs its neighbours nothing. */
export const decodeRouteConfig = (bytes: Uint8Array): Decoded<RouteConfigResource> =>
  decodeTotally(bytes, (refused) => {
    const resource = routeConfigOf(RouteConfiguration.decode(bytes), refused);
    return { name: resource.name, resource };
  });

/** Also for route configurations that stand inside a listener. @throws Refusal when the whole cannot be used */
export function routeConfigOf(message: RouteConfiguration, refused: string[]): RouteConfigResource {
  const virtualHosts = message.virtualHosts.map((host) => virtualHostOf(host, refused));
  const seen = new Set<string>();
  for (const domain of virtualHosts.flatMap((host) => host.domains)) {
    if (seen.has(domain)) throw new Refusal(`two virtual hosts have the domain ${domain}`);
    seen.add(domain);
  }
  return { name: message.name, virtualHosts, ignorePort: message.ignorePortInHostMatching };
}

function virtualHostOf(message: VirtualHost, refused: string[]): VirtualHostResource {
  const routes: RouteResource[] = [];
  const refusedHere: string[] = [];
  const refuse = (reason: string): void => void refused.push(`virtual host ${message.name}: ${reason}`);
  message.routes.forEach((route, index) => {
    const label = `route ${route.name === "" ? `#${index}` : route.name}`;
    const never = neverMatches(route.match);
    if (never !== undefined) {
      refusedHere.push(`${label}: ${never}`);
      return;
    }
    const { resource, unchecked } = routeOf(route);
    routes.push(resource);
    if (unchecked !== undefined) refuse(`${label} fails its calls: ${unchecked}`);
  });
  // A tree of matchers instead of a list of routes: nothing of it is read, so nothing of it may be followed.
  if (message.matcher !== undefined) {
    routes.length = 0;
    refusedHere.push("its routes are a matcher tree, which is not supported");
  }
  refusedHere.forEach(refuse);
  return {
    name: message.name,
    domains: [...new Set(message.domains.map((domain) => domain.toLowerCase()))],
    routes,
    refused: refusedHere,
  };
}

/** Why no RPC can ever meet the conditions; undefined when one may. Such a route can be left out without sending a call elsewhere. */
function neverMatches(match: RouteMatch | undefined): string | undefined {
  if (match === undefined) return undefined;
  // A parameter that must not be there is not there.
  if (match.queryParameters.some(({ presentMatch }) => presentMatch !== false)) {
    return "it asks for query parameters, which an RPC does not have";
  }
  if (match.grpc !== undefined) return "it is for gRPC requests only";
  if (match.connectMatcher !== undefined) return "it matches CONNECT requests, which an RPC never is";
  return undefined;
}

interface DecodedRoute {
  readonly resource: RouteResource;
  /** Conditions that nothing here can check; undefined: none. */
  readonly unchecked: string | undefined;
}

/**
 * A call that meets what can be checked of a route may belong to it. Where that is not all, the call fails: to go on to the next route could
 * send it where it must not go.
 */
function routeOf({ name, match, ...action }: Route): DecodedRoute {
  const conditions = new CheckableConditions();
  if (match === undefined) conditions.add("it has no match");
  if (match?.tlsContext !== undefined) conditions.add("it asks for properties of a client certificate");
  if (match !== undefined && match.dynamicMetadata.length > 0) {
    conditions.add("it asks for dynamic metadata, which only a proxy has");
  }
  const path = match && conditions.check(() => decodePathMatch(match));
  const headers = conditions.checkAll(match?.headers ?? [], decodeHeaderMatch);
  const given = match?.runtimeFraction;
  const fraction = given && conditions.check(() => fractionOf(given.defaultValue));
  const { unchecked } = conditions;
  return {
    resource: {
      name,
      path: path ?? anyPath,
      headers,
      fraction,
      action: unchecked === undefined ? actionOf(action) : failUnchecked(unchecked),
    },
    unchecked,
  };
}

const denominators: Readonly<Record<number, number>> = { 0: 100, 1: 10_000, 2: 1_000_000 };

function fractionOf(percent: FractionalPercent | undefined): number {
  const denominator = denominators[percent?.denominator ?? 0];
  if (denominator === undefined) throw new Refusal("a runtime fraction with an unknown denominator");
  return Math.min(1, (percent?.numerator ?? 0) / denominator);
}

const fail = (reason: string): RouteActionResource => ({ kind: "fail", reason });

/** The action of a route whose conditions cannot all be checked. */
export const failUnchecked = (reason: string): RouteActionResource =>
  fail(`may be meant for this call, which cannot be told: ${reason}`);

/** A condition was understood, so the call belongs to this route; what the route then asks for and we cannot do must not be ignored. */
function actionOf(message: Pick<Route, "route" | "redirect" | "directResponse">): RouteActionResource {
  if (message.route !== undefined) return forwardOf(message.route);
  if (message.redirect !== undefined) return fail("redirects the caller, which an RPC cannot follow");
  if (message.directResponse !== undefined) {
    return fail(`answers directly with HTTP status ${message.directResponse.status}`);
  }
  return fail("has no action that a client can follow");
}

function forwardOf(action: RouteAction): RouteActionResource {
  const timeoutMs = timeoutOf(action);
  if (action.cluster !== undefined) {
    return action.cluster === ""
      ? fail("names no cluster")
      : forwardTo([{ cluster: action.cluster, weight: 1 }], timeoutMs);
  }
  if (action.weightedClusters !== undefined) return forwardTo(weightsOf(action.weightedClusters), timeoutMs);
  if (action.clusterHeader !== undefined) return fail("takes the cluster from a header, which is not supported");
  return fail("chooses the cluster in a way that is not supported");
}

const weightsOf = ({ clusters }: WeightedCluster): readonly WeightedClusterResource[] =>
  clusters.map(({ name, weight }) => ({ cluster: name, weight: weight?.value ?? 0 }));

/** An action that shares calls out among clusters. Those without weight get nothing, so they are not there. */
export function forwardTo(given: readonly WeightedClusterResource[], timeoutMs: number): RouteActionResource {
  const clusters = given.filter(({ weight }) => weight > 0);
  const totalWeight = clusters.reduce((sum, { weight }) => sum + weight, 0);
  if (totalWeight === 0) return fail("has only clusters of weight 0");
  if (totalWeight > 0xffff_ffff) return fail("has weights that add up to more than 4294967295");
  return { kind: "forward", clusters, totalWeight, timeoutMs };
}

/** Istio writes 0 for "not configured". */
function timeoutOf({ timeout, maxStreamDuration }: RouteAction): number {
  const route = timeout === undefined ? 0 : millisecondsOf(timeout);
  if (route > 0) return route;
  const stream = maxStreamDuration?.maxStreamDuration;
  return stream === undefined ? 0 : Math.max(0, millisecondsOf(stream));
}
