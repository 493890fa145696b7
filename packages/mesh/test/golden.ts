import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Any,
  DiscoveryResponse,
  type JsonObject,
  jsonOf,
  messageByTypeUrl,
  Node,
  type Struct,
  structOf,
} from "@kitex-ts/xds-protos";
import type { ResourceTypeName } from "../src/resources/generator.ts";

/** Recordings of a real istiod; the tests of the xDS client read the same ones. */
const FOLDER = new URL("../../xds/test/golden/", import.meta.url);

export const SCENARIOS: readonly string[] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** Filters of Istio's own telemetry and TLS signalling; no client outside Envoy acts on them. */
const IGNORED_FILTERS = ["istio.metadata_exchange", "istio.alpn", "istio.stats"];

/** The inbound side of a sidecar: clients have none. */
const IGNORED_RESOURCES = ["virtualInbound", "InboundPassthroughCluster"];

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const isAny = (value: object): value is Any => "typeUrl" in value && "value" in value;
const isStruct = (value: object): value is Struct => "fields" in value && Object.keys(value).length === 1;

/** A decoded message for comparison: `Any` expanded, `Struct` as the object it stands for, sets in one order. */
const comparable = (value: unknown): Json => {
  if (Array.isArray(value)) {
    const kept = value.filter((item) => !IGNORED_FILTERS.includes((item as { name?: string } | null)?.name ?? ""));
    return kept.map(comparable);
  }
  if (typeof value !== "object" || value === null) return value as Json;
  if (isAny(value)) {
    const type = messageByTypeUrl(value.typeUrl);
    if (type === undefined) throw new Error(`${value.typeUrl} cannot be compared: no codec`);
    return { "@type": type.typeName, ...(comparable(type.decode(value.value)) as object) };
  }
  if (isStruct(value)) return jsonOf(value) as Json;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    entries.map(([key, field]) => [key, key === "domains" ? [...(field as string[])].sort() : comparable(field)]),
  );
};

/** The resources of a response by name, comparable. */
export const comparableResources = ({ typeUrl, resources }: DiscoveryResponse): Record<string, Json> => {
  const type = messageByTypeUrl(typeUrl);
  if (type === undefined) throw new Error(`no codec for ${typeUrl}`);
  const result: Record<string, Json> = {};
  for (const { value } of resources) {
    const message = type.decode(value) as { name?: string; clusterName?: string };
    const name = message.name ?? message.clusterName ?? "";
    if (!IGNORED_RESOURCES.includes(name)) result[name] = comparable(message);
  }
  return result;
};

/** One recorded response. */
export const readRecording = (scenario: string, dialect: string, type: ResourceTypeName): Record<string, Json> => {
  const text = readFileSync(new URL(`${scenario}/${dialect}/${type}.b64`, FOLDER), "utf8");
  return comparableResources(DiscoveryResponse.decode(Buffer.from(text, "base64")));
};

export const configFile = (scenario: string): string => fileURLToPath(new URL(`${scenario}/config.yaml`, FOLDER));

/** The node that asked, as it arrives at the server. */
export const readNode = (scenario: string, dialect: string): Node => {
  const text = readFileSync(new URL(`${scenario}/${dialect}/node.json`, FOLDER), "utf8");
  const { id, cluster, metadata } = JSON.parse(text) as { id: string; cluster: string; metadata: JsonObject };
  return Node.decode(Node.encode({ id, cluster, metadata: structOf(metadata) }));
};
