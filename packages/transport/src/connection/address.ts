import { TransportError } from "@kitex-ts/core";
import { parseAddress as parse, type SocketAddress } from "@kitex-ts/core/spi";

export type { SocketAddress };

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
  const parsed = parse(address);
  if (parsed === undefined) throw invalid(address);
  return parsed;
};

/** `host:port` as people write it, with brackets around IPv6. */
export const formatAddress = (host: string | undefined, port: number | undefined): string =>
  host === undefined ? "unix:" : `${host.includes(":") ? `[${host}]` : host}:${port ?? 0}`;
