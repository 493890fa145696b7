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
import { type Decoded, decodeTotally, Refusal, reasonOf } from "./decoded.ts";
import { decodeHeaderMatch, type HeaderMatch } from "./header-match.ts";
import { decodePathMatch, type PathMatch } from "./path-match.ts";

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
  /** Routes that are not here because of a condition nobody can check, each with the reason. */
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
  // A tree of matchers instead of a list of routes: nothing of it is read, so nothing of it may be followed.
  if (message.matcher !== undefined) refusedHere.push("its routes are a matcher tree, which is not supported");
  message.routes.forEach((route, index) => {
    try {
      routes.push(routeOf(route));
    } catch (error) {
      refusedHere.push(`route ${route.name === "" ? `#${index}` : route.name}: ${reasonOf(error)}`);
    }
  });
  for (const reason of refusedHere) refused.push(`virtual host ${message.name}: ${reason}`);
  return {
    name: message.name,
    domains: [...new Set(message.domains.map((domain) => domain.toLowerCase()))],
    routes,
    refused: refusedHere,
  };
}

function routeOf(message: Route): RouteResource {
  const { match } = message;
  if (match === undefined) throw new Refusal("it has no match");
  refuseUncheckable(match);
  return {
    name: message.name,
    path: decodePathMatch(match),
    headers: match.headers.map(decodeHeaderMatch),
    fraction: match.runtimeFraction === undefined ? undefined : fractionOf(match.runtimeFraction.defaultValue),
    action: actionOf(message),
  };
}

/** Conditions that no RPC meets, or that nothing here can check: the route is left out, never taken for one without conditions. */
function refuseUncheckable(match: RouteMatch): void {
  if (match.queryParameters.length > 0) throw new Refusal("it asks for query parameters, which an RPC does not have");
  if (match.grpc !== undefined) throw new Refusal("it is for gRPC requests only");
  if (match.tlsContext !== undefined) throw new Refusal("it asks for properties of a client certificate");
  if (match.dynamicMetadata.length > 0) throw new Refusal("it asks for dynamic metadata, which only a proxy has");
}

const denominators: Readonly<Record<number, number>> = { 0: 100, 1: 10_000, 2: 1_000_000 };

function fractionOf(percent: FractionalPercent | undefined): number {
  const denominator = denominators[percent?.denominator ?? 0];
  if (denominator === undefined) throw new Refusal("a runtime fraction with an unknown denominator");
  return Math.min(1, (percent?.numerator ?? 0) / denominator);
}

const fail = (reason: string): RouteActionResource => ({ kind: "fail", reason });

/** A condition was understood, so the call belongs to this route; what the route then asks for and we cannot do must not be ignored. */
function actionOf(message: Route): RouteActionResource {
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
