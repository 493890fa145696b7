import { type JsonObject, jsonOf, type Node } from "@kitex-ts/xds-protos";
import type { MeshModel } from "../model/mesh-model.ts";
import type { Labels } from "../model/object.ts";

/**
 * What of a client decides which resources it gets.
 *
 * - `sidecar`: the resources of an Envoy sidecar; LDS and CDS always complete.
 * - `grpc`: `GENERATOR: grpc` in the metadata; API listeners, everything by name.
 */
export interface ClientView {
  readonly dialect: "sidecar" | "grpc";
  readonly namespace: string;
  /** Whether the node id names the namespace too: the grpc dialect expands short names only then. */
  readonly expandsShortNames: boolean;
  readonly labels: Labels;
}

/** Who connects. */
export interface ClientNode {
  /** For instance `sidecar~127.0.0.1~kitex-client-0.default~default.svc.cluster.local`. */
  readonly id: string;
  readonly ip: string;
  /** `name.namespace`. */
  readonly pod: string;
  readonly domain: string;
  readonly metadata: JsonObject;
}

/** Reads the node of a first request; the text says what is wrong with it. */
export const parseNode = (node: Node | undefined): ClientNode | string => {
  if (node === undefined) return "the first request of a stream must carry a node";
  const parts = node.id.split("~");
  const [type = "", ip = "", pod = "", domain = ""] = parts;
  if (parts.length !== 4 || type === "") {
    return `node id ${JSON.stringify(node.id)} is not of the form sidecar~<ip>~<pod>.<namespace>~<namespace>.svc.<domain>`;
  }
  return { id: node.id, ip, pod, domain, metadata: node.metadata === undefined ? {} : jsonOf(node.metadata) };
};

const textOf = (metadata: JsonObject, key: string): string => {
  const value = metadata[key];
  return typeof value === "string" ? value : "";
};

const labelsOf = (metadata: JsonObject): Labels => {
  const labels = metadata["LABELS"];
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) return {};
  const texts = Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts);
};

/** What a client sees of a mesh: a Pod that the mesh knows counts more than the labels the client sends. */
export const viewOf = (node: ClientNode, model: MeshModel): ClientView => {
  const stated = textOf(node.metadata, "NAMESPACE");
  const namespace = stated === "" ? (node.domain.split(".")[0] ?? "") : stated;
  const dot = node.pod.lastIndexOf(".");
  const pod = model.pods.get(`${node.pod.slice(dot + 1)}/${node.pod.slice(0, Math.max(dot, 0))}`);
  return {
    dialect: textOf(node.metadata, "GENERATOR") === "grpc" ? "grpc" : "sidecar",
    namespace,
    expandsShortNames: stated !== "" && node.domain.startsWith(`${stated}.`),
    labels: pod?.labels ?? labelsOf(node.metadata),
  };
};
