import type { Position } from "../errors.ts";
import type { Field, Mapping } from "../yaml/field.ts";
import type { Manifest } from "../yaml/parse.ts";
import { type Headers, NO_HEADERS, readHeaders } from "./header-operations.ts";
import { type HTTPMatch, readHTTPMatch } from "./match.ts";
import { type Labels, type ModelObject, readObjectMeta } from "./object.ts";
import { type Retries, readRetries, readTimeout } from "./retries.ts";

/** One destination of a route and its share. */
export interface Destination {
  /** As written: a short name or a full one. */
  readonly host: string;
  readonly subset: string | undefined;
  /** `undefined`: the port that was called. */
  readonly port: number | undefined;
  readonly weight: number;
  readonly headers: Headers;
  readonly position: Position;
}

/** One entry of `spec.http`. */
export interface HTTPRoute {
  readonly name: string | undefined;
  /** Alternatives; an empty list matches every request. */
  readonly matches: readonly HTTPMatch[];
  readonly destinations: readonly Destination[];
  readonly timeoutMs: number | undefined;
  readonly retries: Retries | undefined;
  readonly headers: Headers;
}

/** Conditions of `spec.tcp[].match`. */
export interface L4Match {
  readonly port: number | undefined;
  readonly sourceLabels: Labels;
  readonly sourceNamespace: string | undefined;
  readonly gateways: readonly string[];
}

/** One entry of `spec.tcp`. */
export interface TCPRoute {
  readonly matches: readonly L4Match[];
  readonly destinations: readonly Destination[];
}

/** An Istio VirtualService. */
export interface VirtualService extends ModelObject {
  readonly kind: "VirtualService";
  readonly hosts: readonly { readonly host: string; readonly position: Position }[];
  readonly gateways: readonly string[];
  readonly http: readonly HTTPRoute[];
  readonly tcp: readonly TCPRoute[];
}

/** The word for "all clients in the mesh" in lists of gateways. */
export const MESH_GATEWAY = "mesh";

const readDestination = (field: Field, alone: boolean): readonly Destination[] => {
  const route = field.mapping().only(["destination", "weight", "headers"]);
  const destination = route.require("destination")?.mapping().only(["host", "subset", "port"]);
  const host = destination?.require("host")?.nonEmptyString();
  const port = destination?.get("port")?.mapping().only(["number"]).require("number")?.integer(1, 65_535);
  const weight = route.get("weight")?.integer(0, 2 ** 31 - 1) ?? 0;
  const headers = route.get("headers");
  if (host === undefined) return [];
  return [
    {
      host,
      subset: destination?.get("subset")?.nonEmptyString(),
      port,
      weight: alone ? 100 : weight,
      headers: headers === undefined ? NO_HEADERS : readHeaders(headers),
      position: field.position(),
    },
  ];
};

const readDestinations = (route: Mapping): readonly Destination[] => {
  const fields = route.items("route");
  const destinations = fields.flatMap((field) => readDestination(field, fields.length === 1));
  if (destinations.length > 0 && destinations.every(({ weight }) => weight === 0)) {
    route.get("route")?.error("the weights add up to 0", "give every destination its share, for instance 90 and 10");
  }
  return destinations;
};

/** They replace the destination; a route with one of them has nothing left to serve. */
const REPLACES_ROUTE = ["redirect", "directResponse", "delegate"];
const IGNORED = ["rewrite", "fault", "mirror", "mirrors", "mirrorPercentage", "mirror_percent", "corsPolicy"];

const readHTTPRoute = (field: Field): readonly HTTPRoute[] => {
  const route = field
    .mapping()
    .only(["name", "match", "route", "timeout", "retries", "headers", ...REPLACES_ROUTE], IGNORED);
  const matches = route.items("match").map(readHTTPMatch);
  const destinations = readDestinations(route);
  const timeout = route.get("timeout");
  const retries = route.get("retries");
  const headers = route.get("headers");
  const result: HTTPRoute = {
    name: route.get("name")?.string(),
    matches,
    destinations,
    timeoutMs: timeout && readTimeout(timeout),
    retries: retries && readRetries(retries),
    headers: headers === undefined ? NO_HEADERS : readHeaders(headers),
  };
  if (route.items("route").length > 0) return [result];
  const replacement = REPLACES_ROUTE.find((name) => route.get(name) !== undefined);
  if (replacement === undefined) route.field.error("has no destination", "add route: [{destination: {host: …}}]");
  else route.field.warn(`${replacement} is not served by the embedded control plane: the whole route is left out`);
  return [];
};

const readL4Match = (field: Field): L4Match => {
  const match = field.mapping().only(["port", "sourceLabels", "sourceNamespace", "gateways"], ["destinationSubnets"]);
  return {
    port: match.get("port")?.integer(1, 65_535),
    sourceLabels: match.get("sourceLabels")?.stringMap() ?? {},
    sourceNamespace: match.get("sourceNamespace")?.nonEmptyString(),
    gateways: match.items("gateways").flatMap((item) => item.nonEmptyString() ?? []),
  };
};

const readTCPRoute = (field: Field): TCPRoute => {
  const route = field.mapping().only(["match", "route"]);
  const destinations = readDestinations(route);
  if (route.items("route").length === 0)
    route.field.error("has no destination", "add route: [{destination: {host: …}}]");
  return { matches: route.items("match").map(readL4Match), destinations };
};

const warnAboutUnreachable = (http: readonly Field[]): void => {
  const catchAll = http.findIndex((field) => field.mapping().items("match").length === 0);
  if (catchAll === -1 || catchAll === http.length - 1) return;
  http[catchAll]?.warn("has no match, so the routes after it are never reached", "move it to the end");
};

/** Reads a VirtualService of any served API version. */
export const readVirtualService = (manifest: Manifest): VirtualService | undefined => {
  manifest.root.only(["apiVersion", "kind", "metadata", "spec"], ["status"]);
  const spec = manifest.root.require("spec")?.mapping().only(["hosts", "gateways", "http", "tcp"], ["tls", "exportTo"]);
  if (spec === undefined) return undefined;
  const hosts = spec.items("hosts").flatMap((item) => {
    const host = item.nonEmptyString();
    return host === undefined ? [] : [{ host, position: item.position() }];
  });
  if (hosts.length === 0) {
    spec.field.warn("has no hosts: it could only be a delegate, and those are not served", "name the Service in hosts");
  }
  const http = spec.items("http");
  warnAboutUnreachable(http);
  return {
    ...readObjectMeta(manifest),
    kind: "VirtualService",
    hosts,
    gateways: spec.items("gateways").flatMap((item) => item.nonEmptyString() ?? []),
    http: http.flatMap(readHTTPRoute),
    tcp: spec.items("tcp").map(readTCPRoute),
  };
};
