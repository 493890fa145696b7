import type { EndpointSlice } from "./endpoint-slice.ts";
import { type Labels, selects } from "./object.ts";
import type { ProcessEndpoint } from "./running-endpoint.ts";
import type { Service, ServicePort } from "./service.ts";
import type { ClusterNode, Deployment, Pod } from "./workload.ts";

/** Where an endpoint is; all empty when unknown. */
export interface Locality {
  readonly region: string;
  readonly zone: string;
  readonly subZone: string;
}

/** One address behind one port of a Service. */
export interface Endpoint {
  readonly ip: string;
  readonly portNumber: number;
  readonly servicePort: number;
  readonly ready: boolean;
  readonly labels: Labels;
  readonly workload: { readonly name: string; readonly namespace: string; readonly serviceAccount: string };
  readonly locality: Locality;
}

/** What endpoints are made of. Pods, nodes and Deployments by `namespace/name` (nodes by `name`). */
export interface EndpointSources {
  readonly slices: readonly EndpointSlice[];
  readonly processes: readonly ProcessEndpoint[];
  readonly pods: ReadonlyMap<string, Pod>;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly deployments: ReadonlyMap<string, Deployment>;
}

const NOWHERE: Locality = { region: "", zone: "", subZone: "" };
const DEFAULT_ACCOUNT = "default";

const localityOf = (node: ClusterNode | undefined): Locality =>
  node === undefined
    ? NOWHERE
    : {
        region: node.labels["topology.kubernetes.io/region"] ?? "",
        zone: node.labels["topology.kubernetes.io/zone"] ?? "",
        subZone: node.labels["topology.istio.io/subzone"] ?? "",
      };

const fromSlice = (slice: EndpointSlice, port: ServicePort, sources: EndpointSources): readonly Endpoint[] => {
  const target = slice.ports.find(({ name }) => name === port.name);
  if (target === undefined) return [];
  return slice.endpoints.map(({ address, ready, nodeName, podName }) => {
    const pod = podName === undefined ? undefined : sources.pods.get(`${slice.namespace}/${podName}`);
    return {
      ip: address,
      portNumber: target.number,
      servicePort: port.number,
      ready,
      labels: pod?.labels ?? {},
      workload: {
        name: pod?.name ?? podName ?? "",
        namespace: slice.namespace,
        serviceAccount: pod?.serviceAccount ?? DEFAULT_ACCOUNT,
      },
      locality: localityOf(sources.nodes.get(pod?.nodeName ?? nodeName ?? "")),
    };
  });
};

/** The Deployment a process stands for; `undefined` when it names a Service, or a Deployment that is not there. */
const deploymentOf = (process: ProcessEndpoint, sources: EndpointSources): Deployment | undefined =>
  process.deployment && sources.deployments.get(`${process.deployment.namespace}/${process.deployment.name}`);

/** Whether a process is one of a Service's endpoints. */
const standsBehind = (process: ProcessEndpoint, service: Service, sources: EndpointSources): boolean => {
  const { service: named } = process;
  if (named !== undefined) return named.name === service.name && named.namespace === service.namespace;
  const deployment = deploymentOf(process, sources);
  return deployment?.namespace === service.namespace && selects(service.selector, deployment.podLabels);
};

const fromProcess = (
  process: ProcessEndpoint,
  service: Service,
  port: ServicePort,
  sources: EndpointSources,
): readonly Endpoint[] => {
  const { servicePort } = process;
  if (servicePort !== undefined && servicePort !== port.number && servicePort !== port.name) return [];
  if (!standsBehind(process, service, sources)) return [];
  const deployment = deploymentOf(process, sources);
  return [
    {
      ip: process.ip,
      portNumber: process.portNumber,
      servicePort: port.number,
      ready: process.ready,
      labels: { ...deployment?.podLabels, ...process.labels },
      workload: {
        name: deployment?.name ?? service.name,
        namespace: service.namespace,
        serviceAccount: deployment?.serviceAccount ?? DEFAULT_ACCOUNT,
      },
      locality: NOWHERE,
    },
  ];
};

/** All endpoints of all ports of a Service: from EndpointSlices and from running processes. */
export const endpointsOf = (service: Service, sources: EndpointSources): readonly Endpoint[] => {
  const slices = sources.slices.filter(
    ({ serviceName, namespace }) => serviceName === service.name && namespace === service.namespace,
  );
  return service.ports.flatMap((port) => [
    ...slices.flatMap((slice) => fromSlice(slice, port, sources)),
    ...sources.processes.flatMap((process) => fromProcess(process, service, port, sources)),
  ]);
};
