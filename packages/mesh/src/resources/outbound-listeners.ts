import {
  durationOf,
  type Filter,
  type FilterChain,
  HttpInspector,
  Listener,
  type MessageInit,
  packAny,
  TrafficDirection,
} from "@kitex-ts/xds-protos";
import type { MeshModel, MeshService } from "../model/mesh-model.ts";
import type { ServicePort } from "../model/service.ts";
import type { ClientView } from "./client-view.ts";
import { sidecarConnectionManager } from "./http-connection-manager.ts";
import { ANY_ADDRESS, BLACK_HOLE_CLUSTER, clusterName, listenerName, PASSTHROUGH_CLUSTER } from "./names.ts";
import type { Resource } from "./resource.ts";
import { appliesTo, configMetadata, destinationCluster } from "./routes.ts";
import { tcpProxy, tcpProxyTo } from "./tcp-proxy.ts";

const CONNECT_TIMEOUT = durationOf(15_000);
const VIRTUAL_OUTBOUND_PORT = 15_001;

const outbound = (address: string, port: number, chains: Partial<MessageInit<Listener>>): MessageInit<Listener> => ({
  name: listenerName(address, port),
  address: { socketAddress: { address, portValue: port } },
  listenerFiltersTimeout: durationOf(0),
  continueOnListenerFiltersTimeout: true,
  trafficDirection: TrafficDirection.OUTBOUND,
  bindToPort: { value: false },
  ...chains,
});

const INSPECT_HTTP = {
  listenerFilters: [{ name: "envoy.filters.listener.http_inspector", typedConfig: packAny(HttpInspector, {}) }],
};

const httpChain = (filter: MessageInit<Filter>): MessageInit<FilterChain> => ({
  filterChainMatch: { transportProtocol: "raw_buffer", applicationProtocols: ["http/1.1", "h2c"] },
  filters: [filter],
  transportSocketConnectTimeout: CONNECT_TIMEOUT,
});

/** Unnamed ports: HTTP rules for what looks like HTTP (Kitex clients take that chain), TCP for the rest. */
const detectedListener = ({ virtualIP, hostname }: MeshService, port: number): MessageInit<Listener> =>
  outbound(virtualIP, port, {
    ...INSPECT_HTTP,
    filterChains: [httpChain(sidecarConnectionManager(listenerName(virtualIP, port), `${hostname}:${port}`))],
    defaultFilterChain: {
      filters: [tcpProxyTo(clusterName(port, "", hostname))],
      transportSocketConnectTimeout: CONNECT_TIMEOUT,
    },
  });

/** HTTP ports: one listener for all Services with that port number. */
const sharedListener = (port: number): MessageInit<Listener> =>
  outbound(ANY_ADDRESS, port, {
    ...INSPECT_HTTP,
    filterChains: [httpChain(sidecarConnectionManager(listenerName(ANY_ADDRESS, port), String(port)))],
    defaultFilterChain: {
      name: "PassthroughFilterChain",
      filterChainMatch: {},
      filters: [tcpProxyTo(PASSTHROUGH_CLUSTER)],
    },
  });

const tcpChain = (
  service: MeshService,
  port: number,
  model: MeshModel,
  client: ClientView,
): MessageInit<FilterChain> => {
  const rule = service.virtualService;
  const scope = { model, client, port };
  const route = rule?.tcp.find(
    ({ matches }) => matches.length === 0 || matches.some((match) => appliesTo(match, scope)),
  );
  if (rule === undefined || route === undefined)
    return { filters: [tcpProxyTo(clusterName(port, "", service.hostname))] };
  const clusters = route.destinations
    .filter(({ weight }) => weight > 0)
    .map((destination) => ({ name: destinationCluster(destination, rule, scope), weight: destination.weight }));
  const [only] = clusters;
  const filter =
    clusters.length === 1 && only !== undefined
      ? tcpProxyTo(only.name)
      : tcpProxy({ statPrefix: `${rule.name}.${rule.namespace}`, weightedClusters: { clusters } });
  return { filters: [filter], metadata: configMetadata(rule) };
};

const tcpListener = (service: MeshService, port: number, model: MeshModel, client: ClientView): MessageInit<Listener> =>
  outbound(service.virtualIP, port, {
    filterChains: [{ ...tcpChain(service, port, model, client), transportSocketConnectTimeout: CONNECT_TIMEOUT }],
  });

/** Takes what no other listener takes: unknown destinations are let through. */
const virtualOutbound = (): MessageInit<Listener> => ({
  name: "virtualOutbound",
  address: { socketAddress: { address: ANY_ADDRESS, portValue: VIRTUAL_OUTBOUND_PORT } },
  filterChains: [
    {
      name: "virtualOutbound-blackhole",
      filterChainMatch: { destinationPort: { value: VIRTUAL_OUTBOUND_PORT } },
      filters: [tcpProxyTo(BLACK_HOLE_CLUSTER)],
    },
    { name: "virtualOutbound-catchall-tcp", filters: [tcpProxyTo(PASSTHROUGH_CLUSTER)] },
  ],
  useOriginalDst: { value: true },
  trafficDirection: TrafficDirection.OUTBOUND,
  maxConnectionsToAcceptPerSocketEvent: { value: 1 },
});

const listenerOf = (
  service: MeshService,
  { number, protocol }: ServicePort,
  model: MeshModel,
  client: ClientView,
): MessageInit<Listener> | undefined => {
  switch (protocol) {
    case "auto":
      return detectedListener(service, number);
    case "http":
    case "http2":
      return sharedListener(number);
    case "tcp":
      return tcpListener(service, number, model, client);
    case "udp":
      return undefined;
  }
};

/** All listeners of the sidecar dialect: always the whole mesh. */
export const outboundListeners = (model: MeshModel, client: ClientView): readonly Resource[] => {
  const listeners = new Map<string, MessageInit<Listener>>();
  for (const service of model.services.values()) {
    for (const port of service.ports) {
      const listener = listenerOf(service, port, model, client);
      if (listener?.name !== undefined && !listeners.has(listener.name)) listeners.set(listener.name, listener);
    }
  }
  listeners.set("virtualOutbound", virtualOutbound());
  return [...listeners].map(([name, listener]) => ({ name, bytes: Listener.encode(listener) }));
};
