import {
  type Cluster,
  jsonOf,
  RawBuffer,
  type Struct,
  TcpStatsConfig,
  type TransportSocket,
  UpstreamTlsContext,
  unpackAny,
} from "@kitex-ts/xds-protos";

/** What a connection to an endpoint must be. */
export type SocketKind =
  | { readonly kind: "plaintext" }
  | { readonly kind: "tls" }
  /** A transport that nobody here speaks; its name, for messages. */
  | { readonly kind: "unknown"; readonly name: string };

/** Labels an endpoint carries for the choice of its transport socket. Envoy: metadata `envoy.transport_socket_match`. */
export type SocketLabels = ReadonlyMap<string, string>;

/** Which transport socket an endpoint gets. Envoy: `Cluster.transport_socket_matches`, `Cluster.transport_socket`. */
export interface TransportSecurity {
  readonly matches: readonly { readonly labels: SocketLabels; readonly socket: SocketKind }[];
  /** For endpoints that no match is for. */
  readonly fallback: SocketKind;
}

const plaintext: SocketKind = { kind: "plaintext" };
const tls: SocketKind = { kind: "tls" };

export const transportSecurityOf = (message: Cluster): TransportSecurity => ({
  matches: message.transportSocketMatches.map(({ match, transportSocket }) => ({
    labels: labelsOf(match),
    socket: socketOf(transportSocket),
  })),
  fallback: socketOf(message.transportSocket),
});

/** A cluster that says nothing about its transport leaves it to the endpoints: istiod labels those that speak mTLS. */
export function impliedSecurityOf(message: Cluster): TransportSecurity {
  const security = transportSecurityOf(message);
  if (message.transportSocket !== undefined || security.matches.length > 0) return security;
  return { ...security, matches: [{ labels: new Map([["tlsMode", "istio"]]), socket: tls }] };
}

/** Values that are no strings never match and are never matched: they are kept as text no label can be. */
export const labelsOf = (struct: Struct | undefined): SocketLabels =>
  new Map(
    Object.entries(struct === undefined ? {} : jsonOf(struct)).map(([key, value]) => [
      key,
      typeof value === "string" ? value : `\u0000${JSON.stringify(value)}`,
    ]),
  );

/** Only no socket at all and a raw buffer are plaintext; whatever else is there was put there for a reason. */
function socketOf(socket: TransportSocket | undefined, depth = 0): SocketKind {
  if (socket === undefined) return plaintext;
  const { typedConfig } = socket;
  if (typedConfig === undefined) {
    return socket.name === "envoy.transport_sockets.raw_buffer" ? plaintext : { kind: "unknown", name: socket.name };
  }
  if (typedConfig.typeUrl === UpstreamTlsContext.typeUrl) return tls;
  if (typedConfig.typeUrl === RawBuffer.typeUrl) return plaintext;
  // A wrapper that only counts.
  const counted = depth < 4 ? unpackAny(TcpStatsConfig, typedConfig) : undefined;
  if (counted?.transportSocket !== undefined) return socketOf(counted.transportSocket, depth + 1);
  return { kind: "unknown", name: socket.name };
}

/** The socket for an endpoint with these labels: the first match all of whose labels it has, else the fallback. */
export function socketFor(security: TransportSecurity, labels: SocketLabels): SocketKind {
  for (const match of security.matches) {
    let isMatch = true;
    for (const [key, value] of match.labels) isMatch &&= labels.get(key) === value;
    if (isMatch) return match.socket;
  }
  return security.fallback;
}
