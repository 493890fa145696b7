import { TransportError } from "@kitex-ts/core";

/** Where to connect or listen, in the shape that `node:net` takes. */
export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string };

const invalid = (address: string): TransportError =>
  new TransportError(
    "invalid_address",
    `"${address}" is no address; write host:port, [ipv6]:port, :port (to listen) or unix:/path`,
    { kind: "get_connection", address, requestWritten: false },
  );

/**
 * Reads `host:port`, `[v6]:port`, `:port` or `unix:/path`.
 *
 * @throws TransportError `invalid_address`
 */
export const parseAddress = (address: string): SocketAddress => {
  if (address.startsWith("unix:")) {
    const path = address.slice("unix:".length);
    if (path === "") throw invalid(address);
    return { path };
  }
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) throw invalid(address);
  return { host: match[1] ?? match[2] ?? "", port };
};

/** `host:port` as people write it, with brackets around IPv6. */
export const formatAddress = (host: string | undefined, port: number | undefined): string =>
  host === undefined ? "unix:" : `${host.includes(":") ? `[${host}]` : host}:${port ?? 0}`;
