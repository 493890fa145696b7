import {
  type FilterChain,
  HttpConnectionManager,
  Listener,
  TcpProxy,
  ThriftProxy,
  TrafficDirection,
  unpackAny,
} from "@kitex-ts/xds-protos";
import { type Decoded, decodeTotally, Refusal, reasonOf } from "./decoded.ts";
import {
  type RouteConfigResource,
  type RouteResource,
  routeConfigOf,
  type WeightedClusterResource,
} from "./route-config.ts";
import { thriftRoutesOf } from "./thrift-routes.ts";

/** Where the routes of an HTTP chain are: in a resource of their own, or in the listener. */
export type RouteSource =
  | { readonly kind: "rds"; readonly name: string }
  | { readonly kind: "inline"; readonly routeConfig: RouteConfigResource };

/** What a chain does with a call. `tcp` sends all calls to weighted clusters. */
export type ChainAction =
  | { readonly kind: "http"; readonly routes: RouteSource }
  /** Routes by method, in front of those of the other chains. */
  | { readonly kind: "thrift"; readonly routes: readonly RouteResource[] }
  | { readonly kind: "tcp"; readonly clusters: readonly WeightedClusterResource[] };

/** A chain of an outbound listener and for which destinations it is. Conditions on the application protocol do not concern us: we know ours. */
export interface ChainResource {
  readonly action: ChainAction;
  /** undefined: any. */
  readonly destinationPort: number | undefined;
  /** `10.0.0.0/8`; empty: any. */
  readonly prefixRanges: readonly { readonly address: string; readonly bits: number }[];
  /** SNI; empty: any. */
  readonly serverNames: readonly string[];
}

/** Envoy: `config.listener.v3.Listener`, as far as a client acts on it. */
export interface ListenerResource {
  readonly name: string;
  /** Set in listeners for gRPC clients (`GENERATOR: grpc`). */
  readonly apiRoutes: RouteSource | undefined;
  readonly chains: readonly ChainResource[];
  readonly defaultChain: ChainResource | undefined;
}

export const decodeListener = (bytes: Uint8Array): Decoded<ListenerResource> =>
  decodeTotally(bytes, (refused) => {
    const message = Listener.decode(bytes);
    const { name } = message;
    // Policy for a server: nothing a client acts on.
    if (message.trafficDirection === TrafficDirection.INBOUND) {
      return { name, resource: { name, apiRoutes: undefined, chains: [], defaultChain: undefined } };
    }
    return { name, resource: outboundListener(message, refused) };
  });

function outboundListener(message: Listener, refused: string[]): ListenerResource {
  const chains: ChainResource[] = [];
  const add = (chain: FilterChain): void => {
    try {
      const resource = chainOf(chain, refused);
      if (resource !== undefined) chains.push(resource);
    } catch (error) {
      refused.push(`filter chain ${chain.name}: ${reasonOf(error)}`);
    }
  };
  message.filterChains.forEach(add);
  const named = chains.splice(0);
  if (message.defaultFilterChain !== undefined) add(message.defaultFilterChain);
  const api = unpackAny(HttpConnectionManager, message.apiListener?.apiListener);
  return {
    name: message.name,
    apiRoutes: api === undefined ? undefined : routeSourceOf(api, refused),
    chains: named,
    defaultChain: chains[0],
  };
}

/** undefined for a chain without a filter we act on. */
function chainOf(message: FilterChain, refused: string[]): ChainResource | undefined {
  const action = actionOf(message, refused);
  if (action === undefined) return undefined;
  const match = message.filterChainMatch;
  return {
    action,
    destinationPort: match?.destinationPort?.value,
    prefixRanges: (match?.prefixRanges ?? []).map(({ addressPrefix, prefixLen }) => ({
      address: addressPrefix,
      bits: prefixLen?.value ?? 0,
    })),
    serverNames: match?.serverNames ?? [],
  };
}

/** The terminal filter decides; the others (statistics, metadata exchange) are a proxy's business. */
function actionOf(message: FilterChain, refused: string[]): ChainAction | undefined {
  for (const { typedConfig } of message.filters) {
    const http = unpackAny(HttpConnectionManager, typedConfig);
    if (http !== undefined) return { kind: "http", routes: routeSourceOf(http, refused) };
    const tcp = unpackAny(TcpProxy, typedConfig);
    if (tcp !== undefined) return { kind: "tcp", clusters: clustersOf(tcp) };
    const thrift = unpackAny(ThriftProxy, typedConfig);
    if (thrift !== undefined) return { kind: "thrift", routes: thriftRoutesOf(thrift, refused) };
  }
  return undefined;
}

function routeSourceOf(message: HttpConnectionManager, refused: string[]): RouteSource {
  if (message.rds !== undefined) {
    if (message.rds.routeConfigName === "") throw new Refusal("its route configuration has no name");
    return { kind: "rds", name: message.rds.routeConfigName };
  }
  if (message.routeConfig !== undefined) {
    return { kind: "inline", routeConfig: routeConfigOf(message.routeConfig, refused) };
  }
  throw new Refusal("its routes come from a source that is not supported");
}

function clustersOf(message: TcpProxy): readonly WeightedClusterResource[] {
  if (message.cluster !== undefined && message.cluster !== "") return [{ cluster: message.cluster, weight: 1 }];
  // A weight of 0 is not allowed in a TCP proxy.
  const clusters = (message.weightedClusters?.clusters ?? []).filter(({ weight }) => weight > 0);
  if (clusters.length === 0) throw new Refusal("a TCP proxy without a cluster");
  return clusters.map(({ name, weight }) => ({ cluster: name, weight }));
}
