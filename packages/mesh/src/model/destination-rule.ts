import type { Field } from "../yaml/field.ts";
import type { Manifest } from "../yaml/parse.ts";
import { type Labels, type ModelObject, readObjectMeta } from "./object.ts";

/** What of a traffic policy is served. Absent fields mean Istio's defaults. */
export interface TrafficPolicy {
  readonly loadBalancer: LoadBalancerName | undefined;
  readonly connectionPool: ConnectionPool | undefined;
}

/** Limits of an upstream cluster; absent means no limit. */
export interface ConnectionPool {
  readonly connectTimeoutMs: number | undefined;
  readonly maxConnections: number | undefined;
  readonly maxPendingRequests: number | undefined;
  readonly maxRequests: number | undefined;
  readonly maxRetries: number | undefined;
}

/** A named group of a host's endpoints. */
export interface Subset {
  readonly name: string;
  readonly labels: Labels;
  readonly policy: TrafficPolicy | undefined;
}

/** An Istio DestinationRule. */
export interface DestinationRule extends ModelObject {
  readonly kind: "DestinationRule";
  /** As written. */
  readonly host: string;
  readonly policy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
}

const LOAD_BALANCERS = ["UNSPECIFIED", "ROUND_ROBIN", "LEAST_REQUEST", "LEAST_CONN", "RANDOM"] as const;

/** `loadBalancer.simple`. PASSTHROUGH needs the original destination of an intercepted connection: not served. */
export type LoadBalancerName = (typeof LOAD_BALANCERS)[number];

const MAX_LIMIT = 2 ** 31 - 1;

const readConnectionPool = (field: Field): ConnectionPool => {
  const pool = field.mapping().only(["tcp", "http"]);
  const tcp = pool
    .get("tcp")
    ?.mapping()
    .only(["maxConnections", "connectTimeout"], ["tcpKeepalive", "maxConnectionDuration", "idleTimeout"]);
  const http = pool
    .get("http")
    ?.mapping()
    .only(
      ["http1MaxPendingRequests", "http2MaxRequests", "maxRetries"],
      ["maxRequestsPerConnection", "idleTimeout", "h2UpgradePolicy", "useClientProtocol", "maxConcurrentStreams"],
    );
  return {
    connectTimeoutMs: tcp?.get("connectTimeout")?.duration(),
    maxConnections: tcp?.get("maxConnections")?.integer(1, MAX_LIMIT),
    maxPendingRequests: http?.get("http1MaxPendingRequests")?.integer(1, MAX_LIMIT),
    maxRequests: http?.get("http2MaxRequests")?.integer(1, MAX_LIMIT),
    maxRetries: http?.get("maxRetries")?.integer(1, MAX_LIMIT),
  };
};

const readLoadBalancer = (field: Field): LoadBalancerName | undefined => {
  const balancer = field
    .mapping()
    .only(["simple"], ["consistentHash", "localityLbSetting", "warmup", "warmupDurationSecs"]);
  const simple = balancer.get("simple");
  if (simple?.string() === "PASSTHROUGH") simple.warn("PASSTHROUGH is ignored by the embedded control plane");
  else return simple?.oneOf(LOAD_BALANCERS);
  return undefined;
};

const readTrafficPolicy = (field: Field): TrafficPolicy => {
  const policy = field
    .mapping()
    .only(
      ["loadBalancer", "connectionPool"],
      ["outlierDetection", "tls", "portLevelSettings", "tunnel", "proxyProtocol", "retryBudget"],
    );
  const loadBalancer = policy.get("loadBalancer");
  const connectionPool = policy.get("connectionPool");
  return {
    loadBalancer: loadBalancer && readLoadBalancer(loadBalancer),
    connectionPool: connectionPool && readConnectionPool(connectionPool),
  };
};

const readSubset = (field: Field): readonly Subset[] => {
  const subset = field.mapping().only(["name", "labels", "trafficPolicy"]);
  const name = subset.require("name")?.nonEmptyString();
  const policy = subset.get("trafficPolicy");
  if (name === undefined) return [];
  return [{ name, labels: subset.get("labels")?.stringMap() ?? {}, policy: policy && readTrafficPolicy(policy) }];
};

/** Reads a DestinationRule of any served API version. */
export const readDestinationRule = (manifest: Manifest): DestinationRule | undefined => {
  manifest.root.only(["apiVersion", "kind", "metadata", "spec"], ["status"]);
  const spec = manifest.root
    .require("spec")
    ?.mapping()
    .only(["host", "subsets", "trafficPolicy"], ["exportTo", "workloadSelector"]);
  const host = spec?.require("host")?.nonEmptyString();
  if (spec === undefined || host === undefined) return undefined;
  const policy = spec.get("trafficPolicy");
  const subsets = spec.items("subsets").flatMap(readSubset);
  const names = subsets.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) spec.get("subsets")?.error(`subset ${twice} is listed twice`);
  return {
    ...readObjectMeta(manifest),
    kind: "DestinationRule",
    host,
    policy: policy && readTrafficPolicy(policy),
    subsets,
  };
};
