import type { Problem } from "../errors.ts";
import type { EndpointSources } from "./endpoint.ts";
import { hostCovers, resolveHost } from "./host.ts";
import type { MeshModel } from "./mesh-model.ts";
import { selects } from "./object.ts";
import type { MeshObject } from "./read-object.ts";
import type { ProcessEndpoint } from "./running-endpoint.ts";
import type { Destination, VirtualService } from "./virtual-service.ts";

type Services = Pick<MeshModel, "services" | "domain">;

const unresolvedHint = (host: string, { services, domain }: Services): string | undefined => {
  const full = `${host}.svc.${domain}`;
  return services.has(full) ? `write ${full}: a name with a dot is not expanded` : undefined;
};

const problem = (position: Problem | object, message: string, hint?: string): Problem => ({
  ...(position as Problem),
  severity: "warning",
  message,
  ...(hint === undefined ? {} : { hint }),
});

const checkDestination = (destination: Destination, namespace: string, model: Services): readonly Problem[] => {
  const { host, subset, port, position } = destination;
  const service = model.services.get(resolveHost(host, namespace, model.domain));
  if (service === undefined) {
    return [problem(position, `no Service ${host}: calls that are routed here fail`, unresolvedHint(host, model))];
  }
  if (subset !== undefined && !service.subsets.some(({ name }) => name === subset)) {
    const known = service.subsets.map(({ name }) => name).join(", ");
    const hint = known === "" ? "define it in a DestinationRule" : `a DestinationRule defines ${known}`;
    return [problem(position, `no subset ${subset} of ${host}: calls that are routed here fail`, hint)];
  }
  if (port !== undefined && !service.ports.some(({ number }) => number === port)) {
    return [problem(position, `${host} has no port ${port}: calls that are routed here fail`)];
  }
  return [];
};

const checkVirtualService = (rule: VirtualService, model: Services): readonly Problem[] => [
  ...rule.hosts
    .filter(({ host }) => {
      const full = resolveHost(host, rule.namespace, model.domain);
      return ![...model.services.keys()].some((name) => hostCovers(full, name));
    })
    .map(({ host, position }) =>
      problem(position, `no Service ${host}: the rules for it are not served`, unresolvedHint(host, model)),
    ),
  ...[...rule.http, ...rule.tcp]
    .flatMap(({ destinations }) => destinations)
    .flatMap((destination) => checkDestination(destination, rule.namespace, model)),
];

const checkProcess = (process: ProcessEndpoint, model: Services, sources: EndpointSources): readonly Problem[] => {
  const { service, deployment, position } = process;
  if (service !== undefined) {
    const found = model.services.has(`${service.name}.${service.namespace}.svc.${model.domain}`);
    return found ? [] : [problem(position, `no Service ${service.namespace}/${service.name}: nothing is sent there`)];
  }
  if (deployment === undefined) return [];
  const found = sources.deployments.get(`${deployment.namespace}/${deployment.name}`);
  return found === undefined ? [problem(position, `no Deployment ${deployment.namespace}/${deployment.name}`)] : [];
};

/** Finds references that lead nowhere. istiod accepts them too, and the calls fail; here they are said aloud. */
export const checkReferences = (
  model: Services,
  objects: readonly MeshObject[],
  sources: EndpointSources,
): readonly Problem[] => [
  ...objects.flatMap((object) => {
    if (object.kind === "VirtualService") return checkVirtualService(object, model);
    if (object.kind === "DestinationRule") {
      const full = resolveHost(object.host, object.namespace, model.domain);
      if ([...model.services.keys()].some((name) => hostCovers(full, name))) return [];
      return [
        problem(
          object.position,
          `no Service ${object.host}: the rule has no effect`,
          unresolvedHint(object.host, model),
        ),
      ];
    }
    if (object.kind === "Service" && Object.keys(object.selector).length > 0) {
      const workloads = [...sources.deployments.values()].map(({ podLabels, namespace }) => ({ podLabels, namespace }));
      const near = workloads.filter(({ namespace }) => namespace === object.namespace);
      const hasSlice = sources.slices.some(
        ({ serviceName, namespace }) => serviceName === object.name && namespace === object.namespace,
      );
      if (near.length === 0 || hasSlice || near.some(({ podLabels }) => selects(object.selector, podLabels))) return [];
      return [problem(object.position, "the selector matches no Deployment of the namespace")];
    }
    return [];
  }),
  ...sources.processes.flatMap((process) => checkProcess(process, model, sources)),
];
