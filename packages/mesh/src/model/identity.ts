import type { Endpoint, EndpointSources } from "./endpoint.ts";
import { selects } from "./object.ts";
import type { Service } from "./service.ts";

const TRUST_DOMAIN = "cluster.local";

/**
 * SPIFFE ids of a Service's workloads. Pods and Deployments count as well as endpoints, so that the list does not shrink
 * to nothing (which would mean "anybody") while no endpoint is there.
 */
export const identitiesOf = (
  service: Service,
  endpoints: readonly Endpoint[],
  sources: EndpointSources,
): readonly string[] => {
  const isBehind = ({ namespace }: { readonly namespace: string }, labels: Readonly<Record<string, string>>) =>
    namespace === service.namespace && selects(service.selector, labels);
  const accounts = [
    ...endpoints.map(({ workload }) => workload.serviceAccount),
    ...[...sources.pods.values()].filter((pod) => isBehind(pod, pod.labels)).map((pod) => pod.serviceAccount),
    ...[...sources.deployments.values()]
      .filter((deployment) => isBehind(deployment, deployment.podLabels))
      .map((deployment) => deployment.serviceAccount),
  ];
  const ids = accounts.map((account) => `spiffe://${TRUST_DOMAIN}/ns/${service.namespace}/sa/${account}`);
  return [...new Set(ids)].sort();
};
