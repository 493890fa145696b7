import { isIP } from "node:net";
import type { Field } from "../yaml/field.ts";
import type { Manifest } from "../yaml/parse.ts";
import { type ModelObject, readObjectMeta } from "./object.ts";

/** One address of an EndpointSlice. */
export interface SliceEndpoint {
  readonly address: string;
  /** False while the pod is not ready: it is sent as UNHEALTHY. */
  readonly ready: boolean;
  readonly nodeName: string | undefined;
  /** The Pod behind the address, if the slice names one. */
  readonly podName: string | undefined;
}

/** A discovery.k8s.io EndpointSlice. */
export interface EndpointSlice extends ModelObject {
  readonly kind: "EndpointSlice";
  /** Name of the Service in the same namespace. */
  readonly serviceName: string;
  readonly ports: readonly { readonly name: string; readonly number: number }[];
  readonly endpoints: readonly SliceEndpoint[];
}

const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

const readEndpoint = (field: Field): readonly SliceEndpoint[] => {
  const endpoint = field.mapping();
  const conditions = endpoint.get("conditions")?.mapping();
  // Absent means yes for `ready` and no for `terminating`; a terminating pod is gone for istiod.
  const ready = conditions?.get("ready")?.boolean() ?? true;
  if (conditions?.get("terminating")?.boolean() === true) return [];
  const targetRef = endpoint.get("targetRef")?.mapping();
  const podName = targetRef?.get("kind")?.string() === "Pod" ? targetRef.get("name")?.nonEmptyString() : undefined;
  const nodeName = endpoint.get("nodeName")?.nonEmptyString();
  return (endpoint.require("addresses")?.items() ?? []).flatMap((item) => {
    const address = item.nonEmptyString();
    if (address === undefined) return [];
    if (isIP(address) === 0) {
      item.error(`${JSON.stringify(address)} is not an IP address`);
      return [];
    }
    return [{ address, ready, nodeName, podName }];
  });
};

export const readEndpointSlice = (manifest: Manifest): EndpointSlice | undefined => {
  const { root } = manifest;
  const meta = readObjectMeta(manifest);
  const serviceName = meta.labels[SERVICE_NAME_LABEL];
  if (serviceName === undefined) {
    root.field.error(`label ${SERVICE_NAME_LABEL} is missing`, "it names the Service that the endpoints belong to");
    return undefined;
  }
  const ports = root.items("ports").flatMap((field) => {
    const port = field.mapping();
    const number = port.require("port")?.integer(1, 65_535);
    return number === undefined ? [] : [{ name: port.get("name")?.string() ?? "", number }];
  });
  return {
    ...meta,
    kind: "EndpointSlice",
    serviceName,
    ports,
    endpoints: root.items("endpoints").flatMap(readEndpoint),
  };
};
