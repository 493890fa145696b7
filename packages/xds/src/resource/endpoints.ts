import {
  type Address,
  ClusterLoadAssignment,
  HealthStatus,
  type LbEndpoint,
  type LocalityLbEndpoints,
} from "@kitex-ts/xds-protos";
import { type Decoded, decodeTotally, Refusal } from "./decoded.ts";
import { labelsOf, type SocketLabels } from "./transport-security.ts";

/** `healthy` includes endpoints nobody has checked. Envoy: `core.v3.HealthStatus`. */
export type EndpointHealth = "healthy" | "degraded" | "unhealthy" | "draining";

/** Envoy: `endpoint.v3.LbEndpoint`. */
export interface EndpointResource {
  /** `host:port`, `[v6]:port` or `unix:/path`. */
  readonly address: string;
  readonly weight: number;
  readonly health: EndpointHealth;
  readonly socketLabels: SocketLabels;
}

export interface LocalityResource {
  /** 0 is used first. */
  readonly priority: number;
  /** undefined: it has none, and gets nothing where localities are weighted. */
  readonly weight: number | undefined;
  readonly endpoints: readonly EndpointResource[];
}

/** Envoy: `endpoint.v3.ClusterLoadAssignment`. */
export interface EndpointsResource {
  readonly clusterName: string;
  /** By priority. */
  readonly localities: readonly LocalityResource[];
  /** Endpoints that were left out, each with the reason. */
  readonly refused: readonly string[];
  /** How much more than its health a priority may carry; 1.4 unless the control plane says otherwise. */
  readonly overprovisioning: number;
}

/** Envoy's limits. */
const maxPriority = 128;
const maxWeightSum = 0xffff_ffff;

export const decodeEndpoints = (bytes: Uint8Array): Decoded<EndpointsResource> =>
  decodeTotally(bytes, (refused) => {
    const resource = endpointsOf(ClusterLoadAssignment.decode(bytes));
    refused.push(...resource.refused);
    return { name: resource.clusterName, resource };
  });

/** Also for assignments that stand inside a cluster. @throws Refusal when the whole cannot be used */
export function endpointsOf(message: ClusterLoadAssignment): EndpointsResource {
  const seen = new Set<string>();
  const refused: string[] = [];
  const localities = message.endpoints.map((locality) => localityOf(locality, seen, refused));
  return {
    clusterName: message.clusterName,
    localities: localities.sort((a, b) => a.priority - b.priority),
    refused,
    overprovisioning: (message.policy?.overprovisioningFactor?.value ?? 140) / 100,
  };
}

function localityOf(message: LocalityLbEndpoints, seen: Set<string>, refused: string[]): LocalityResource {
  if (message.priority > maxPriority) throw new Refusal(`priority ${message.priority}, more than ${maxPriority}`);
  const endpoints: EndpointResource[] = [];
  let weightSum = 0;
  for (const entry of message.lbEndpoints) {
    const endpoint = endpointOf(entry);
    if (typeof endpoint === "string") refused.push(endpoint);
    else if (seen.has(endpoint.address)) refused.push(`endpoint ${endpoint.address} comes twice`);
    else {
      seen.add(endpoint.address);
      endpoints.push(endpoint);
      weightSum += endpoint.weight;
    }
  }
  if (weightSum > maxWeightSum) throw new Refusal(`weights of a locality add up to more than ${maxWeightSum}`);
  return {
    priority: message.priority,
    weight: message.loadBalancingWeight?.value,
    endpoints,
  };
}

/** The endpoint, or why it cannot be used. */
function endpointOf(message: LbEndpoint): EndpointResource | string {
  const address = addressOf(message.endpoint?.address);
  if (address === undefined) return "an endpoint whose address is neither a socket address with a port nor a path";
  const weight = message.loadBalancingWeight?.value ?? 1;
  if (weight === 0) return `endpoint ${address} has weight 0`;
  const metadata = message.metadata?.filterMetadata;
  return {
    address,
    weight,
    health: healthOf(message.healthStatus),
    socketLabels: labelsOf(metadata?.["envoy.transport_socket_match"]),
  };
}

function addressOf(address: Address | undefined): string | undefined {
  if (address?.pipe !== undefined) return address.pipe.path === "" ? undefined : `unix:${address.pipe.path}`;
  const socket = address?.socketAddress;
  if (socket?.portValue === undefined || socket.address === "") return undefined;
  if (socket.portValue < 1 || socket.portValue > 65535 || socket.protocol !== 0) return undefined;
  return socket.address.includes(":")
    ? `[${socket.address}]:${socket.portValue}`
    : `${socket.address}:${socket.portValue}`;
}

/** A status nobody knows yet is not a healthy one. */
function healthOf(status: HealthStatus): EndpointHealth {
  switch (status) {
    case HealthStatus.UNKNOWN:
    case HealthStatus.HEALTHY:
      return "healthy";
    case HealthStatus.DEGRADED:
      return "degraded";
    case HealthStatus.DRAINING:
      return "draining";
    default:
      return "unhealthy";
  }
}
