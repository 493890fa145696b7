import { isIP } from "node:net";
import type { Field } from "../yaml/field.ts";
import type { Labels } from "./object.ts";

/**
 * A process that stands for a pod. Manifests say which pods should run; this says which process does, and where.
 *
 * It names either the Deployment whose pod it stands for (labels come from its pod template; every Service that selects
 * them gets the endpoint, as in Kubernetes) or the Service directly.
 */
export interface RunningEndpoint {
  /** `name` (namespace default) or `name.namespace` of a Deployment. */
  readonly deployment?: string;
  /** `name`, `name.namespace` or the full name of a Service. */
  readonly service?: string;
  /** What subsets select on, for instance `{ version: "v1" }`. With `deployment` they are added to the template's. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Where the process listens: `127.0.0.1:18888` or `[::1]:18888`. The Service's targetPort does not matter. */
  readonly address: string;
  /** Number or name of the Service port it serves; default: every port of the Service. */
  readonly port?: number | string;
  /** A process that is not ready is announced as UNHEALTHY. Default: true. */
  readonly ready?: boolean;
}

/** The owner of an endpoint, as written. */
export interface WorkloadName {
  readonly name: string;
  readonly namespace: string;
}

/** A checked {@link RunningEndpoint}. */
export interface ProcessEndpoint {
  readonly deployment: WorkloadName | undefined;
  readonly service: WorkloadName | undefined;
  readonly labels: Labels;
  readonly ip: string;
  readonly portNumber: number;
  readonly servicePort: number | string | undefined;
  readonly ready: boolean;
  readonly position: ReturnType<Field["position"]>;
}

const readName = (field: Field): WorkloadName | undefined => {
  const text = field.nonEmptyString();
  if (text === undefined) return undefined;
  const [name = "", namespace = "default"] = text.split(".");
  return { name, namespace };
};

const readAddress = (field: Field): { readonly ip: string; readonly portNumber: number } | undefined => {
  const text = field.nonEmptyString();
  if (text === undefined) return undefined;
  const match = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const ip = match?.[1] ?? match?.[2] ?? "";
  const portNumber = Number(match?.[3]);
  if (isIP(ip) !== 0 && portNumber >= 1 && portNumber <= 65_535) return { ip, portNumber };
  field.error(`${JSON.stringify(text)} is not ip:port`, "write for instance 127.0.0.1:18888");
  return undefined;
};

/** Reads one running endpoint. */
export const readRunningEndpoint = (field: Field): readonly ProcessEndpoint[] => {
  const endpoint = field.mapping().only(["deployment", "service", "labels", "address", "port", "ready"]);
  const deployment = endpoint.get("deployment");
  const service = endpoint.get("service");
  if ((deployment === undefined) === (service === undefined)) field.error("name one of deployment and service");
  const addressField = endpoint.require("address");
  const address = addressField && readAddress(addressField);
  if (address === undefined) return [];
  return [
    {
      ...address,
      deployment: deployment && readName(deployment),
      service: service && readName(service),
      labels: endpoint.get("labels")?.stringMap() ?? {},
      servicePort: endpoint.get("port")?.integerOrString(),
      ready: endpoint.get("ready")?.boolean() ?? true,
      position: field.position(),
    },
  ];
};
