import { isIPv6 } from "node:net";
import { RPCError } from "@kitex-ts/core";

/** What a client was created for, taken apart. */
export interface Destination {
  /** Lower case, without a trailing dot. */
  readonly host: string;
  readonly port: number;
}

const example = "kitex-server.default.svc.cluster.local:8888";

const wrong = (destination: string, what: string): RPCError =>
  new RPCError(
    "service_discovery",
    `${JSON.stringify(destination)} ${what}. Write <service>.<namespace>.svc.cluster.local:<port of the Service>, for example ${example}`,
    { service: destination },
  );

/** `host:port`, `[v6]:port`. @throws RPCError `service_discovery` that says what to write */
export function parseDestination(destination: string): Destination {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([^:]*))?$/.exec(destination);
  if (match === null) throw wrong(destination, "is no host and port (an IPv6 address stands in brackets)");
  const [, v6, name, portText] = match;
  if (v6 !== undefined && !isIPv6(v6)) throw wrong(destination, "has something in brackets that is no IPv6 address");
  const host = (v6 ?? name ?? "").toLowerCase().replace(/\.$/, "");
  if (host === "" || /[\s/]/.test(host)) throw wrong(destination, "has no host");
  if (portText === undefined || portText === "") throw wrong(destination, "has no port");
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65535) throw wrong(destination, `has no valid port: ${JSON.stringify(portText)}`);
  return { host, port };
}

/**
 * The full names a host may stand for, most likely first: as given, then with what is missing of `<service>.<namespace>.svc.<domain>`.
 * Names are tried in this order, so `a.b` means service `a` in namespace `b` unless there is a host of that very name.
 */
export function expandHost(host: string, namespace: string, clusterDomain: string): readonly string[] {
  if (host.endsWith(`.${clusterDomain}`) || host.includes(":") || /^[\d.]+$/.test(host)) return [host];
  const labels = host.split(".");
  const candidates = [host];
  if (labels.length >= 3 && labels.at(-1) === "svc") candidates.push(`${host}.${clusterDomain}`);
  else if (labels.length === 2) candidates.push(`${host}.svc.${clusterDomain}`);
  candidates.push(`${host}.${namespace}.svc.${clusterDomain}`);
  return candidates;
}
