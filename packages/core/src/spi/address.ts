/** Where to connect or listen, in the shape that `node:net` takes. */
export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** A host without colons, spaces, slashes and brackets, or an IPv6 address in brackets, with or without a zone; then the port. */
const hostPort = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.~-]+)?)\]|([^:/\s[\]]*)):(\d{1,5})$/;

/**
 * Reads `host:port`, `[v6]:port`, `[v6%zone]:port`, `:port` (an empty host, to listen) or `unix:/path`: the one grammar of addresses, for
 * options, for what resolvers give and for sockets. `undefined` for anything else.
 */
export const parseAddress = (address: string): SocketAddress | undefined => {
  if (address.startsWith("unix:/")) return { path: address.slice("unix:".length) };
  const match = hostPort.exec(address);
  const port = Number(match?.[3]);
  return match === null || port > 65535 ? undefined : { host: match[1] ?? match[2] ?? "", port };
};
