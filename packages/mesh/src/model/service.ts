import type { Field } from "../yaml/field.ts";
import type { Manifest } from "../yaml/parse.ts";
import { type Labels, type ModelObject, readObjectMeta } from "./object.ts";
import { type PortProtocol, portProtocol } from "./protocol.ts";

/** A port of a Service. */
export interface ServicePort {
  readonly number: number;
  /** Empty for an unnamed port. */
  readonly name: string;
  readonly protocol: PortProtocol;
}

/** A Kubernetes Service. */
export interface Service extends ModelObject {
  readonly kind: "Service";
  /** `spec.clusterIP`; `undefined` when the cluster is to choose one. */
  readonly clusterIP: string | undefined;
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
}

const readPort = (field: Field): readonly ServicePort[] => {
  const port = field.mapping();
  const number = port.require("port")?.integer(1, 65_535);
  const name = port.get("name")?.string() ?? "";
  const appProtocol = port.get("appProtocol")?.nonEmptyString();
  const transport = port.get("protocol")?.oneOf(["TCP", "UDP", "SCTP"]);
  port.get("targetPort")?.integerOrString();
  if (number === undefined) return [];
  if (transport === "SCTP") {
    field.warn("SCTP ports are ignored by the embedded control plane");
    return [];
  }
  return [{ number, name, protocol: portProtocol({ number, name, appProtocol, transport }) }];
};

/** Reads a Service; one that cannot be served is reported and left out. */
export const readService = (manifest: Manifest): Service | undefined => {
  const spec = manifest.root.require("spec")?.mapping();
  if (spec === undefined) return undefined;
  const type = spec.get("type");
  if (type?.string() === "ExternalName") {
    type.warn("Services of type ExternalName are ignored by the embedded control plane");
    return undefined;
  }
  const clusterIP = spec.get("clusterIP");
  const ip = clusterIP?.string();
  if (ip === "None") {
    clusterIP?.warn(
      "headless Services are ignored by the embedded control plane",
      "leave clusterIP out: the mesh balances over the endpoints itself",
    );
    return undefined;
  }
  const ports = spec.items("ports").flatMap(readPort);
  if (ports.length === 0) spec.field.error("a Service needs at least one port");
  const duplicate = ports.find((port, index) => ports.findIndex((other) => other.number === port.number) !== index);
  if (duplicate !== undefined) spec.get("ports")?.error(`port ${duplicate.number} is listed twice`);
  if (ports.length > 1 && ports.some((port) => port.name === "")) {
    spec.get("ports")?.error("a port without a name", "Kubernetes wants every port named when there is more than one");
  }
  return {
    ...readObjectMeta(manifest),
    kind: "Service",
    clusterIP: ip === "" ? undefined : ip,
    selector: spec.get("selector")?.stringMap() ?? {},
    ports,
  };
};
