import type { Problem } from "../errors.ts";
import { checkReferences } from "./check-references.ts";
import type { DestinationRule, Subset, TrafficPolicy } from "./destination-rule.ts";
import { type Endpoint, type EndpointSources, endpointsOf } from "./endpoint.ts";
import { identitiesOf } from "./identity.ts";
import type { MeshObject } from "./read-object.ts";
import { createRuleBook } from "./rules.ts";
import type { ProcessEndpoint } from "./running-endpoint.ts";
import type { ServicePort } from "./service.ts";
import { allocateVirtualIPs } from "./virtual-ip.ts";
import type { VirtualService } from "./virtual-service.ts";
import type { Pod } from "./workload.ts";

/** A Service with everything that is known about it. */
export interface MeshService {
  readonly name: string;
  readonly namespace: string;
  /** For instance `kitex-server.default.svc.cluster.local`. */
  readonly hostname: string;
  readonly virtualIP: string;
  readonly ports: readonly ServicePort[];
  readonly endpoints: readonly Endpoint[];
  /** SPIFFE ids of the workloads behind it, whether they run or not: what a TLS client has to find in certificates. */
  readonly identities: readonly string[];
  readonly virtualService: VirtualService | undefined;
  readonly destinationRule: DestinationRule | undefined;
  readonly policy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
}

/** One consistent, immutable state of the mesh; the same for all clients. */
export interface MeshModel {
  readonly domain: string;
  /** By full name, in the order of the names. */
  readonly services: ReadonlyMap<string, MeshService>;
  /** By `namespace/name`. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** References that lead nowhere, rules that never apply. */
  readonly warnings: readonly Problem[];
}

type ObjectOf<Kind extends MeshObject["kind"]> = Extract<MeshObject, { kind: Kind }>;

/** Puts the objects together. Total: what does not fit together becomes a warning, never an error. */
export const buildModel = (
  objects: Iterable<MeshObject>,
  processes: readonly ProcessEndpoint[],
  domain: string,
): MeshModel => {
  const all = [...objects];
  const ofKind = <Kind extends MeshObject["kind"]>(kind: Kind): readonly ObjectOf<Kind>[] =>
    all.filter((object): object is ObjectOf<Kind> => object.kind === kind);
  const byName = <T extends { readonly namespace: string; readonly name: string }>(list: readonly T[]) =>
    new Map(list.map((object) => [`${object.namespace}/${object.name}`, object]));

  const warnings: Problem[] = [];
  const sources: EndpointSources = {
    slices: ofKind("EndpointSlice"),
    processes,
    pods: byName(ofKind("Pod")),
    nodes: new Map(ofKind("Node").map((node) => [node.name, node])),
    deployments: byName(ofKind("Deployment")),
  };
  const rules = createRuleBook(ofKind("VirtualService"), ofKind("DestinationRule"), domain, warnings);

  const hostnameOf = ({ name, namespace }: { name: string; namespace: string }) => `${name}.${namespace}.svc.${domain}`;
  const sorted = [...ofKind("Service")].sort((a, b) => (hostnameOf(a) < hostnameOf(b) ? -1 : 1));
  const virtualIPs = allocateVirtualIPs(sorted);
  const services = new Map<string, MeshService>();
  for (const service of sorted) {
    const hostname = hostnameOf(service);
    const { rule, policy, subsets } = rules.policyOf(hostname);
    const endpoints = endpointsOf(service, sources);
    services.set(hostname, {
      name: service.name,
      namespace: service.namespace,
      hostname,
      virtualIP: virtualIPs.get(service) ?? "",
      ports: service.ports,
      endpoints,
      identities: identitiesOf(service, endpoints, sources),
      virtualService: rules.virtualServiceOf(hostname),
      destinationRule: rule,
      policy,
      subsets,
    });
  }
  const model = { domain, services, pods: sources.pods };
  warnings.push(...checkReferences(model, all, sources));
  return { ...model, warnings };
};
