import type { JsonObject, JsonValue } from "@kitex-ts/xds-protos";
import { XDSBootstrapError } from "./bootstrap-error.ts";
import type { Environment, PodIdentity } from "./environment.ts";

/** The release whose recorded answers this client is tested with; what istiod may send is decided by it. */
const testedIstioVersion = "1.31.0";

const variable = "KITEX_XDS_METAS";
const example = `{"CLUSTER_ID":"Kubernetes","NAMESPACE":"default","DNS_CAPTURE":"true","DNS_AUTO_ALLOCATE":"true"}`;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseMetas(text: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new XDSBootstrapError(
      variable,
      `environment variable ${variable} is not JSON (${(cause as Error).message}). It is the metadata of this node, a JSON object such as ${example}`,
      cause,
    );
  }
  if (!isObject(parsed)) {
    throw new XDSBootstrapError(
      variable,
      `environment variable ${variable} is not a JSON object. It is the metadata of this node, for example ${example}`,
    );
  }
  return parsed;
}

/** istiod reads scalars as strings and closes the stream at a JSON boolean. */
const asIstioReads = (value: JsonValue): JsonValue =>
  typeof value === "boolean" || typeof value === "number" ? String(value) : value;

/** `ISTIO_META_<KEY>` and `ISTIO_METAJSON_<KEY>`, with the meaning Istio's agent gives them. */
function istioVariables(environment: Environment): Record<string, JsonValue> {
  const metadata: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (name.startsWith("ISTIO_META_")) metadata[name.slice("ISTIO_META_".length)] = value;
    if (!name.startsWith("ISTIO_METAJSON_")) continue;
    try {
      metadata[name.slice("ISTIO_METAJSON_".length)] = JSON.parse(value) as JsonValue;
    } catch (cause) {
      throw new XDSBootstrapError(
        name,
        `environment variable ${name} is not JSON (${(cause as Error).message})`,
        cause,
      );
    }
  }
  return metadata;
}

function withOwnIP(ips: JsonValue | undefined, ip: string): string {
  const listed = typeof ips === "string" ? ips.split(",").map((entry) => entry.trim()) : [];
  // The first one is the pod's primary address.
  return [ip, ...listed.filter((entry) => entry !== "" && entry !== ip)].join(",");
}

/**
 * `node.metadata`: defaults, then Istio's own variables, then `KITEX_XDS_METAS`, then `overrides`. What is given adds to the defaults and
 * replaces single keys; it never replaces the whole.
 */
export function nodeMetadata(environment: Environment, pod: PodIdentity, overrides: JsonObject): JsonObject {
  const given: Record<string, JsonValue> = {
    ...istioVariables(environment),
    ...parseMetas(environment[variable]?.trim() || "{}"),
    ...overrides,
  };
  for (const [key, value] of Object.entries(given)) given[key] = asIstioReads(value);
  if (given["INTERCEPTION_MODE"] === "NONE") {
    throw new XDSBootstrapError(
      variable,
      `the node metadata (${variable}) has INTERCEPTION_MODE NONE, with which istiod sends listeners for a local proxy that does not exist here. Remove that key`,
    );
  }
  return {
    CLUSTER_ID: "Kubernetes",
    // Without it, endpoints of ambient pods come as addresses inside a tunnel that nobody here can dial.
    DISABLE_HBONE_SEND: "true",
    DNS_AUTO_ALLOCATE: "true",
    DNS_CAPTURE: "true",
    ISTIO_VERSION: environment["ISTIO_VERSION"]?.trim() || testedIstioVersion,
    NAME: pod.name,
    NAMESPACE: pod.namespace,
    ...given,
    INSTANCE_IPS: withOwnIP(given["INSTANCE_IPS"], pod.ip),
  };
}
