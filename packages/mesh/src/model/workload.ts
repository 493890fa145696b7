import type { Manifest } from "../yaml/parse.ts";
import { type Labels, type ModelObject, readObjectMeta } from "./object.ts";

/** A Deployment: what its pods look like. No pods come of it; {@link RunningEndpoint} says which processes run. */
export interface Deployment extends ModelObject {
  readonly kind: "Deployment";
  readonly podLabels: Labels;
  readonly serviceAccount: string;
}

/** A Pod: gives labels and place to the endpoints and clients that refer to it. */
export interface Pod extends ModelObject {
  readonly kind: "Pod";
  readonly nodeName: string | undefined;
  readonly serviceAccount: string;
}

/** A cluster node: its labels give the locality of the pods on it. */
export interface ClusterNode extends ModelObject {
  readonly kind: "Node";
}

const DEFAULT_SERVICE_ACCOUNT = "default";

export const readDeployment = (manifest: Manifest): Deployment | undefined => {
  const template = manifest.root.require("spec")?.mapping().require("template")?.mapping();
  if (template === undefined) return undefined;
  const podLabels = template.get("metadata")?.mapping().get("labels")?.stringMap() ?? {};
  const pod = template.get("spec")?.mapping();
  return {
    ...readObjectMeta(manifest),
    kind: "Deployment",
    podLabels,
    serviceAccount: pod?.get("serviceAccountName")?.nonEmptyString() ?? DEFAULT_SERVICE_ACCOUNT,
  };
};

export const readPod = (manifest: Manifest): Pod => {
  const spec = manifest.root.get("spec")?.mapping();
  return {
    ...readObjectMeta(manifest),
    kind: "Pod",
    nodeName: spec?.get("nodeName")?.nonEmptyString(),
    serviceAccount: spec?.get("serviceAccountName")?.nonEmptyString() ?? DEFAULT_SERVICE_ACCOUNT,
  };
};

export const readClusterNode = (manifest: Manifest): ClusterNode => ({ ...readObjectMeta(manifest), kind: "Node" });
