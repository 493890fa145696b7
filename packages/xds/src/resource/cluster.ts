import { Cluster, DiscoveryType, LbPolicy } from "@kitex-ts/xds-protos";
import { type Decoded, decodeTotally, Refusal } from "./decoded.ts";
import { type EndpointsResource, endpointsOf } from "./endpoints.ts";
import { impliedSecurityOf, type TransportSecurity, transportSecurityOf } from "./transport-security.ts";

/** Where a cluster's endpoints come from. */
export type ClusterDiscovery =
  | { readonly kind: "eds"; readonly serviceName: string }
  | { readonly kind: "static"; readonly endpoints: EndpointsResource }
  /** Calls to it fail with this reason. */
  | { readonly kind: "unsupported"; readonly reason: string };

/** How endpoints are chosen. */
export type LoadBalancing =
  | { readonly kind: "round-robin" }
  | { readonly kind: "random" }
  | { readonly kind: "least-request"; readonly choiceCount: number };

/** Envoy: `config.cluster.v3.Cluster`. */
export interface ClusterResource {
  readonly name: string;
  readonly discovery: ClusterDiscovery;
  readonly loadBalancing: LoadBalancing;
  readonly security: TransportSecurity;
  /** Whether calls are shared out among localities by their weights first. */
  readonly isLocalityWeighted: boolean;
  /**
   * Below this share of usable endpoints, in [0, 1], all are used. 0 unless the control plane says otherwise: Envoy's own default of a half would
   * send calls to pods that are not ready wherever istiod leaves the field out. Envoy: `healthy_panic_threshold`.
   */
  readonly panicThreshold: number;
}

export const decodeCluster = (bytes: Uint8Array): Decoded<ClusterResource> => decode(bytes, transportSecurityOf);

/** As {@link decodeCluster}, for the `grpc` dialect, in which only an endpoint's label says that it wants mTLS. */
export const decodeGRPCCluster = (bytes: Uint8Array): Decoded<ClusterResource> => decode(bytes, impliedSecurityOf);

const decode = (bytes: Uint8Array, securityOf: (message: Cluster) => TransportSecurity): Decoded<ClusterResource> =>
  decodeTotally(bytes, (refused) => {
    const message = Cluster.decode(bytes);
    const { name, commonLbConfig } = message;
    const resource: ClusterResource = {
      name,
      discovery: discoveryOf(message),
      loadBalancing: loadBalancingOf(message, refused),
      security: securityOf(message),
      isLocalityWeighted: commonLbConfig?.localityWeightedLbConfig !== undefined,
      panicThreshold: (commonLbConfig?.healthyPanicThreshold?.value ?? 0) / 100,
    };
    return { name, resource };
  });

const unsupported = (reason: string): ClusterDiscovery => ({ kind: "unsupported", reason });

function discoveryOf(message: Cluster): ClusterDiscovery {
  if (message.clusterType !== undefined) {
    return unsupported(`endpoint discovery of type ${message.clusterType.name} is not supported`);
  }
  switch (message.type ?? DiscoveryType.STATIC) {
    case DiscoveryType.EDS: {
      const { edsConfig, serviceName } = message.edsClusterConfig ?? { edsConfig: undefined, serviceName: "" };
      if (edsConfig?.ads === undefined && edsConfig?.self === undefined) {
        throw new Refusal("its endpoints come from another source than this stream");
      }
      return { kind: "eds", serviceName: serviceName === "" ? message.name : serviceName };
    }
    case DiscoveryType.STATIC:
      return {
        kind: "static",
        endpoints: endpointsOf(
          message.loadAssignment ?? { clusterName: message.name, endpoints: [], namedEndpoints: {} },
        ),
      };
    case DiscoveryType.ORIGINAL_DST:
      return unsupported(
        message.name.startsWith("outbound|")
          ? "a headless service, whose endpoints the sidecar dialect does not list; the grpc dialect does (xds.withDialect)"
          : "it passes traffic on to where it was going anyway, which needs a proxy",
      );
    case DiscoveryType.STRICT_DNS:
    case DiscoveryType.LOGICAL_DNS:
      return unsupported("its endpoints are found by DNS, which is not supported");
    default:
      return unsupported(`endpoint discovery of type ${message.type} is not supported`);
  }
}

/** Envoy's default and its bounds. */
const defaultChoiceCount = 2;
const maxChoiceCount = 10;

function loadBalancingOf(message: Cluster, refused: string[]): LoadBalancing {
  switch (message.lbPolicy) {
    case LbPolicy.ROUND_ROBIN:
      return { kind: "round-robin" };
    case LbPolicy.RANDOM:
      return { kind: "random" };
    case LbPolicy.LEAST_REQUEST: {
      const choiceCount = message.leastRequestLbConfig?.choiceCount?.value ?? defaultChoiceCount;
      return { kind: "least-request", choiceCount: Math.min(Math.max(choiceCount, 2), maxChoiceCount) };
    }
    // Nobody picks from such a cluster: it has no endpoints of its own.
    case LbPolicy.CLUSTER_PROVIDED:
      return { kind: "random" };
    default:
      // What consistent hashing promises cannot be had otherwise; spreading evenly is the least surprising instead.
      refused.push(
        `load balancing policy ${policyName(message.lbPolicy)} is not supported: calls are spread at random`,
      );
      return { kind: "random" };
  }
}

const policyName = (policy: number): string =>
  Object.entries(LbPolicy).find(([, number]) => number === policy)?.[0] ?? String(policy);
