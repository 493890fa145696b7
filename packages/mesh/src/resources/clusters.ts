import {
  type Any,
  ApiVersion,
  Cluster,
  DiscoveryType,
  durationOf,
  HttpProtocolOptions,
  LbPolicy,
  type MessageInit,
  packAny,
  structOf,
} from "@kitex-ts/xds-protos";
import type { ConnectionPool, LoadBalancerName, TrafficPolicy } from "../model/destination-rule.ts";
import type { MeshModel, MeshService } from "../model/mesh-model.ts";
import type { ServicePort } from "../model/service.ts";
import { transportSocketMatches } from "./auto-mtls.ts";
import type { ClientView } from "./client-view.ts";
import { BLACK_HOLE_CLUSTER, clusterName, PASSTHROUGH_CLUSTER } from "./names.ts";
import type { Resource } from "./resource.ts";

const NO_LIMIT = 2 ** 32 - 1;
const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const PASSTHROUGH_IDLE_TIMEOUT_MS = 300_000;
const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** A block of a subset's policy replaces the whole block of the host's. */
const effective = (host: TrafficPolicy | undefined, subset: TrafficPolicy | undefined): TrafficPolicy => ({
  loadBalancer: subset?.loadBalancer ?? host?.loadBalancer,
  connectionPool: subset?.connectionPool ?? host?.connectionPool,
});

const LB_POLICIES: Readonly<Record<LoadBalancerName, LbPolicy>> = {
  UNSPECIFIED: LbPolicy.LEAST_REQUEST,
  LEAST_REQUEST: LbPolicy.LEAST_REQUEST,
  LEAST_CONN: LbPolicy.LEAST_REQUEST,
  ROUND_ROBIN: LbPolicy.ROUND_ROBIN,
  RANDOM: LbPolicy.RANDOM,
};

const limits = (pool: ConnectionPool | undefined) => ({
  thresholds: [
    {
      maxConnections: { value: pool?.maxConnections ?? NO_LIMIT },
      maxPendingRequests: { value: pool?.maxPendingRequests ?? NO_LIMIT },
      maxRequests: { value: pool?.maxRequests ?? NO_LIMIT },
      maxRetries: { value: pool?.maxRetries ?? NO_LIMIT },
    },
  ],
});

/** Which HTTP version goes upstream: HTTP/2 for gRPC ports, for detected ports whatever came in. */
const protocolOptions = ({ protocol }: ServicePort): Readonly<Record<string, Any>> => {
  if (protocol === "http2") {
    return { [HTTP_OPTIONS]: packAny(HttpProtocolOptions, { explicitHttpConfig: { http2ProtocolOptions: {} } }) };
  }
  if (protocol !== "auto") return {};
  return {
    [HTTP_OPTIONS]: packAny(HttpProtocolOptions, { useDownstreamProtocolConfig: { http2ProtocolOptions: {} } }),
  };
};

const clusterMetadata = ({ hostname, name, namespace, destinationRule }: MeshService, subset: string) => ({
  filterMetadata: {
    istio: structOf({
      ...(destinationRule === undefined
        ? {}
        : {
            config: `/apis/networking.istio.io/v1/namespaces/${destinationRule.namespace}/destination-rule/${destinationRule.name}`,
          }),
      services: [{ host: hostname, name, namespace }],
      ...(subset === "" ? {} : { subset }),
    }),
  },
});

const sidecarCluster = (service: MeshService, port: ServicePort, subset: string): MessageInit<Cluster> => {
  const name = clusterName(port.number, subset, service.hostname);
  const own = service.subsets.find((candidate) => candidate.name === subset)?.policy;
  const policy = effective(service.policy, own);
  return {
    name,
    altStatName: `${name};`,
    type: DiscoveryType.EDS,
    edsClusterConfig: {
      edsConfig: { ads: {}, initialFetchTimeout: durationOf(0), resourceApiVersion: ApiVersion.V3 },
      serviceName: name,
    },
    connectTimeout: durationOf(policy.connectionPool?.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS),
    lbPolicy: LB_POLICIES[policy.loadBalancer ?? "UNSPECIFIED"],
    circuitBreakers: limits(policy.connectionPool),
    commonLbConfig: { healthyPanicThreshold: { value: 0 } },
    typedExtensionProtocolOptions: protocolOptions(port),
    transportSocketMatches: transportSocketMatches(service, port, subset),
    metadata: clusterMetadata(service, subset),
  };
};

/** What istiod tells gRPC clients: the reference to EDS, sometimes a policy, a limit of requests. */
const grpcCluster = (service: MeshService, port: ServicePort, subset: string): MessageInit<Cluster> => {
  const name = clusterName(port.number, subset, service.hostname);
  const own = service.subsets.find((candidate) => candidate.name === subset)?.policy;
  const { connectionPool } = effective(service.policy, own);
  const maxRequests = connectionPool?.maxRequests;
  const isLeastRequest = subset === "" && service.policy?.loadBalancer === "LEAST_REQUEST";
  return {
    name,
    altStatName: `${name};`,
    type: DiscoveryType.EDS,
    edsClusterConfig: { edsConfig: { ads: {} }, serviceName: name },
    ...(isLeastRequest ? { lbPolicy: LbPolicy.LEAST_REQUEST } : {}),
    ...(maxRequests === undefined
      ? {}
      : { circuitBreakers: { thresholds: [{ maxRequests: { value: maxRequests } }] } }),
  };
};

const specialClusters = (): readonly MessageInit<Cluster>[] => [
  {
    name: BLACK_HOLE_CLUSTER,
    altStatName: `${BLACK_HOLE_CLUSTER};`,
    type: DiscoveryType.STATIC,
    connectTimeout: durationOf(DEFAULT_CONNECT_TIMEOUT_MS),
  },
  {
    name: PASSTHROUGH_CLUSTER,
    altStatName: `${PASSTHROUGH_CLUSTER};`,
    type: DiscoveryType.ORIGINAL_DST,
    connectTimeout: durationOf(DEFAULT_CONNECT_TIMEOUT_MS),
    lbPolicy: LbPolicy.CLUSTER_PROVIDED,
    circuitBreakers: limits(undefined),
    typedExtensionProtocolOptions: {
      [HTTP_OPTIONS]: packAny(HttpProtocolOptions, {
        commonHttpProtocolOptions: { idleTimeout: durationOf(PASSTHROUGH_IDLE_TIMEOUT_MS) },
        useDownstreamProtocolConfig: { http2ProtocolOptions: {} },
      }),
    },
  },
];

/** All clusters of the mesh as the client's dialect wants them. */
export const allClusters = (model: MeshModel, client: ClientView): readonly Resource[] => {
  const cluster = client.dialect === "grpc" ? grpcCluster : sidecarCluster;
  const clusters: MessageInit<Cluster>[] = client.dialect === "grpc" ? [] : [...specialClusters()];
  for (const service of model.services.values()) {
    for (const port of service.ports) {
      if (port.protocol === "udp") continue;
      clusters.push(cluster(service, port, ""));
      for (const { name } of service.subsets) clusters.push(cluster(service, port, name));
    }
  }
  return clusters.map((message) => ({ name: message.name ?? "", bytes: Cluster.encode(message) }));
};
