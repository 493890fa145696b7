/**
 * How istiod treats a Service port.
 *
 * - `auto`: the port gets a listener of its own with an HTTP chain (routes) and a TCP chain; what unnamed ports are.
 * - `http`, `http2`: all ports of that number share a listener; virtual hosts are chosen by domain.
 * - `tcp`: a plain connection; HTTP rules do not apply.
 * - `udp`: not served.
 */
export type PortProtocol = "auto" | "http" | "http2" | "tcp" | "udp";

const KNOWN: ReadonlyMap<string, PortProtocol> = new Map([
  ["http", "http"],
  ["http_proxy", "http"],
  ["http2", "http2"],
  ["grpc", "http2"],
  ["https", "tcp"],
  ["tls", "tcp"],
  ["tcp", "tcp"],
  ["mongo", "tcp"],
  ["redis", "tcp"],
  ["mysql", "tcp"],
  ["udp", "udp"],
  ["kubernetes.io/h2c", "http2"],
  ["kubernetes.io/ws", "http"],
  ["kubernetes.io/wss", "tcp"],
]);

/** Ports whose protocols let the server speak first, so that sniffing would hang: smtp, dns, mysql, mongodb. */
const SERVER_FIRST_PORTS: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** The protocol of a Service port by `appProtocol`, else by the prefix of its name, else by detection. */
export const portProtocol = (port: {
  readonly number: number;
  readonly name: string;
  readonly appProtocol?: string | undefined;
  readonly transport?: string | undefined;
}): PortProtocol => {
  if (port.transport === "UDP") return "udp";
  const name = (port.appProtocol ?? port.name).toLowerCase();
  if (name.startsWith("grpc-web")) return "http2";
  const prefix = name.startsWith("kubernetes.io/") ? name : (name.split("-")[0] ?? "");
  return KNOWN.get(prefix) ?? (SERVER_FIRST_PORTS.has(port.number) ? "tcp" : "auto");
};
