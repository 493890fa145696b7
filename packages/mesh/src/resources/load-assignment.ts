import { ClusterLoadAssignment, HealthStatus, type LbEndpoint, type MessageInit, structOf } from "@kitex-ts/xds-protos";
import type { Endpoint } from "../model/endpoint.ts";
import type { MeshModel } from "../model/mesh-model.ts";
import { type Labels, selects } from "../model/object.ts";
import { parseClusterName } from "./names.ts";

const CLUSTER_ID = "Kubernetes";

/** The labels in which Istio looks for the name of the application, in this order. */
const CANONICAL_NAME = ["service.istio.io/canonical-name", "app.kubernetes.io/name", "app"];
const CANONICAL_REVISION = ["service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"];

const firstLabel = (labels: Labels, keys: readonly string[]): string | undefined =>
  keys.map((key) => labels[key]).find((value) => value !== undefined);

const lbEndpoint = ({ ip, portNumber, ready, labels, workload }: Endpoint): MessageInit<LbEndpoint> => {
  const canonical = firstLabel(labels, CANONICAL_NAME) ?? workload.name;
  const revision = firstLabel(labels, CANONICAL_REVISION) ?? "latest";
  const description = [workload.name, workload.namespace, canonical, revision, CLUSTER_ID].join(";");
  const speaksTLS = labels["security.istio.io/tlsMode"] === "istio";
  return {
    endpoint: { address: { socketAddress: { address: ip, portValue: portNumber } } },
    healthStatus: ready ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY,
    metadata: {
      filterMetadata: {
        istio: structOf({ workload: description }),
        ...(speaksTLS ? { "envoy.transport_socket_match": structOf({ tlsMode: "istio" }) } : {}),
      },
    },
    loadBalancingWeight: { value: 1 },
  };
};

const unique = (endpoints: readonly Endpoint[]): readonly Endpoint[] => [
  ...new Map(endpoints.map((endpoint) => [`${endpoint.ip} ${endpoint.portNumber}`, endpoint])).values(),
];

/** Endpoints of a cluster by locality. An unknown cluster has none, which is no error. */
export const loadAssignment = (clusterName: string, model: MeshModel): Uint8Array => {
  const cluster = parseClusterName(clusterName);
  const service = model.services.get(cluster?.hostname ?? "");
  const subset = service?.subsets.find(({ name }) => name === cluster?.subset);
  const endpoints = (service?.endpoints ?? []).filter(({ servicePort, labels }) => {
    if (servicePort !== cluster?.port) return false;
    if (cluster.subset === "") return true;
    return subset !== undefined && (Object.keys(subset.labels).length === 0 || selects(subset.labels, labels));
  });
  const localities = new Map<string, Endpoint[]>();
  for (const endpoint of unique(endpoints)) {
    const { region, zone, subZone } = endpoint.locality;
    const key = [region, zone, subZone].join("/");
    localities.set(key, [...(localities.get(key) ?? []), endpoint]);
  }
  return ClusterLoadAssignment.encode({
    clusterName,
    endpoints: [...localities.values()].map((members) => ({
      locality: members[0]?.locality,
      lbEndpoints: members.map(lbEndpoint),
      loadBalancingWeight: { value: members.length },
    })),
  });
};
