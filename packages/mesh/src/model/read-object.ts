import { didYouMean } from "../yaml/did-you-mean.ts";
import type { Manifest } from "../yaml/parse.ts";
import { type DestinationRule, readDestinationRule } from "./destination-rule.ts";
import { type EndpointSlice, readEndpointSlice } from "./endpoint-slice.ts";
import { type ModelObject, readObjectMeta } from "./object.ts";
import { readService, type Service } from "./service.ts";
import { readVirtualService, type VirtualService } from "./virtual-service.ts";
import { type ClusterNode, type Deployment, type Pod, readClusterNode, readDeployment, readPod } from "./workload.ts";

/** An object that nothing is served from, such as a ConfigMap or a headless Service: accepted and listed. */
export interface OtherObject extends ModelObject {
  readonly kind: "Other";
}

/** All objects of the model. */
export type MeshObject =
  | Service
  | Deployment
  | Pod
  | ClusterNode
  | EndpointSlice
  | VirtualService
  | DestinationRule
  | OtherObject;

const ISTIO_VERSIONS = ["v1", "v1beta1", "v1alpha3"];

interface KindReader {
  readonly group: string;
  readonly versions: readonly string[];
  readonly read: (manifest: Manifest) => MeshObject | undefined;
}

const SERVED: ReadonlyMap<string, KindReader> = new Map(
  Object.entries({
    Service: { group: "", versions: ["v1"], read: readService },
    Pod: { group: "", versions: ["v1"], read: readPod },
    Node: { group: "", versions: ["v1"], read: readClusterNode },
    Deployment: { group: "apps", versions: ["v1"], read: readDeployment },
    EndpointSlice: { group: "discovery.k8s.io", versions: ["v1"], read: readEndpointSlice },
    VirtualService: { group: "networking.istio.io", versions: ISTIO_VERSIONS, read: readVirtualService },
    DestinationRule: { group: "networking.istio.io", versions: ISTIO_VERSIONS, read: readDestinationRule },
  }),
);

const CORE_KINDS = [
  ...["ConfigMap", "Endpoints", "Namespace", "Node", "PersistentVolume", "PersistentVolumeClaim", "Pod", "Secret"],
  ...["Service", "ServiceAccount"],
];

const ISTIO_KINDS = [
  ...["VirtualService", "DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "EnvoyFilter", "WorkloadEntry"],
  ...["WorkloadGroup", "ProxyConfig", "PeerAuthentication", "RequestAuthentication", "AuthorizationPolicy"],
  ...["Telemetry", "WasmPlugin"],
];

const KINDS_OF_GROUP: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "": CORE_KINDS,
    apps: ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"],
    "discovery.k8s.io": ["EndpointSlice"],
  }),
);

const notServed = (manifest: Manifest): OtherObject => ({
  ...readObjectMeta(manifest),
  kind: "Other",
});

const readOther = (manifest: Manifest, isIstio: boolean, known: readonly string[] | undefined): OtherObject => {
  const { kind, root } = manifest;
  if (known?.includes(kind) === false) {
    const meant = didYouMean(kind, known);
    const message = `kind ${kind} does not exist in ${manifest.apiVersion}`;
    root.get("kind")?.error(message, meant === undefined ? undefined : `did you mean ${meant}?`);
  } else if (isIstio) root.get("kind")?.warn(`${kind} is ignored by the embedded control plane`);
  return notServed(manifest);
};

/** Turns a manifest into its object. Findings go to the manifest's diagnostics. */
export const readObject = (manifest: Manifest): MeshObject => {
  const { apiVersion, kind, root } = manifest;
  const slash = apiVersion.indexOf("/");
  const [group, version] = [apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1)];
  const served = SERVED.get(kind);
  if (served !== undefined && served.group === group) {
    if (served.versions.includes(version)) return served.read(manifest) ?? notServed(manifest);
    const expected = served.versions.map((known) => (group === "" ? known : `${group}/${known}`));
    root.get("apiVersion")?.error(`${apiVersion} is not a known version of ${kind}`, `write ${expected.join(" or ")}`);
    return notServed(manifest);
  }
  const isIstio = group.endsWith(".istio.io");
  return readOther(manifest, isIstio, isIstio ? ISTIO_KINDS : KINDS_OF_GROUP.get(group));
};
