import { isIP } from "node:net";
import { messageOf } from "@kitex-ts/core/internal";
import {
  type CidrRange,
  ConnectionSourceType,
  type FilterChain,
  type FilterChainMatch,
  HttpConnectionManager,
  Listener,
  messageByTypeUrl,
  TcpProxy,
  ThriftProxy,
  TrafficDirection,
  unpackAny,
} from "@kitex-ts/xds-protos";
import { CheckableConditions } from "./checkable-conditions.ts";
import { type Decoded, decodeTotally, Refusal } from "./decoded.ts";
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
  | { readonly kind: "tcp"; readonly clusters: readonly WeightedClusterResource[] }
  /** What would be one `of` the others cannot be used. A call that it may be for fails: the next chain could send it where it must not go. */
  | { readonly kind: "unusable"; readonly of: "http" | "thrift" | "tcp"; readonly reason: string };

/** `10.0.0.0/8`. */
export interface AddressRange {
  readonly address: string;
  readonly bits: number;
}

/** A chain of an outbound listener and for which destinations it is. Conditions on the application protocol do not concern us: we know ours. */
export interface ChainResource {
  readonly action: ChainAction;
  /** undefined: any. */
  readonly destinationPort: number | undefined;
  /** Empty: any. */
  readonly prefixRanges: readonly AddressRange[];
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
  const { name, filterChains, defaultFilterChain } = message;
  if (message.filterChainMatcher !== undefined) {
    throw new Refusal("its filter chains are chosen by a matcher tree, which is not supported");
  }
  const api = unpackAny(HttpConnectionManager, message.apiListener?.apiListener);
  return {
    name,
    apiRoutes: api === undefined ? undefined : routeSourceOf(api, refused),
    chains: filterChains.map((chain) => chainOf(chain, name, refused)),
    defaultChain: defaultFilterChain && chainOf(defaultFilterChain, name, refused),
  };
}

function chainOf(message: FilterChain, listenerName: string, refused: string[]): ChainResource {
  const match = message.filterChainMatch;
  const conditions = new CheckableConditions();
  const ranges = conditions.checkAll(match?.prefixRanges ?? [], rangeOf);
  // Any of those that are not understood may be the one that holds.
  const prefixRanges = conditions.unchecked === undefined ? ranges : [];
  if (match !== undefined && asksForSource(match)) conditions.add("it asks where a connection comes from");
  let action = actionOf(message, refused);
  const { unchecked } = conditions;
  if (unchecked !== undefined) {
    action = { kind: "unusable", of: action.kind === "unusable" ? action.of : action.kind, reason: unchecked };
  }
  if (action.kind === "unusable") {
    refused.push(`filter chain ${message.name}: ${action.reason}`);
    const reason = `filter chain ${message.name} of listener ${listenerName} cannot be used: ${action.reason}`;
    action = { ...action, reason };
  }
  return {
    action,
    destinationPort: match?.destinationPort?.value,
    prefixRanges,
    serverNames: match?.serverNames ?? [],
  };
}

function rangeOf({ addressPrefix, prefixLen }: CidrRange): AddressRange {
  const family = isIP(addressPrefix);
  const bits = prefixLen?.value ?? 0;
  if (family === 0 || bits > (family === 6 ? 128 : 32)) {
    throw new Refusal(`${addressPrefix}/${bits} is no range of addresses`);
  }
  return { address: addressPrefix, bits };
}

const asksForSource = (match: FilterChainMatch): boolean =>
  match.sourceType !== ConnectionSourceType.ANY ||
  match.sourcePorts.length + match.sourcePrefixRanges.length + match.directSourcePrefixRanges.length > 0;

/** The terminal filter decides; the others (statistics, metadata exchange) are a proxy's business. */
function actionOf({ filters }: FilterChain, refused: string[]): ChainAction {
  for (const { typedConfig } of filters) {
    const type = typedConfig && messageByTypeUrl(typedConfig.typeUrl);
    const read = readers.find((reader) => reader.type === type);
    if (typedConfig === undefined || read === undefined) continue;
    try {
      return read.action(typedConfig.value, refused);
    } catch (error) {
      return { kind: "unusable", of: read.kind, reason: messageOf(error) };
    }
  }
  return { kind: "unusable", of: "tcp", reason: "it has no filter that a client could act on" };
}

interface FilterReader {
  readonly kind: "http" | "thrift" | "tcp";
  readonly type: unknown;
  action(bytes: Uint8Array, refused: string[]): ChainAction;
}

const readers: readonly FilterReader[] = [
  {
    kind: "http",
    type: HttpConnectionManager,
    action: (bytes, refused) => ({
      kind: "http",
      routes: routeSourceOf(HttpConnectionManager.decode(bytes), refused),
    }),
  },
  { kind: "tcp", type: TcpProxy, action: (bytes) => ({ kind: "tcp", clusters: clustersOf(TcpProxy.decode(bytes)) }) },
  {
    kind: "thrift",
    type: ThriftProxy,
    action: (bytes, refused) => ({ kind: "thrift", routes: thriftRoutesOf(ThriftProxy.decode(bytes), refused) }),
  },
];

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
  if (message.tunnelingConfig !== undefined) throw new Refusal("a TCP proxy that tunnels");
  if (message.cluster !== undefined && message.cluster !== "") return [{ cluster: message.cluster, weight: 1 }];
  // A weight of 0 is not allowed in a TCP proxy.
  const clusters = (message.weightedClusters?.clusters ?? []).filter(({ weight }) => weight > 0);
  if (clusters.length === 0) throw new Refusal("a TCP proxy without a cluster");
  return clusters.map(({ name, weight }) => ({ cluster: name, weight }));
}
