import { XDSBootstrapError } from "./bootstrap-error.ts";

/** Where istiod listens inside a mesh: plaintext. */
export const defaultServerAddress = "istiod.istio-system.svc:15010";

const usage = `Write host:port, for example ${defaultServerAddress}, or unix:/path`;

/** `host:port`, `[v6]:port` or `unix:/path`, as it is. @throws {@link XDSBootstrapError} for anything else; `setting` is what to name then */
export function checkServerAddress(address: string, setting: string): string {
  if (/^unix:\/./.test(address)) return address;
  const match = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):(\d{1,5})$/.exec(address);
  if (match === null) {
    throw new XDSBootstrapError(
      setting,
      `${setting} is ${JSON.stringify(address)}, which is not the address of a control plane. ${usage}`,
    );
  }
  const port = Number(match[1]);
  if (port < 1 || port > 65535) {
    throw new XDSBootstrapError(
      setting,
      `${setting} is ${JSON.stringify(address)}: there is no port ${port}. ${usage}`,
    );
  }
  return address;
}

/** The port of a checked address; undefined for a unix socket. */
export const portOf = (address: string): number | undefined => {
  const match = /:(\d+)$/.exec(address);
  return match === null ? undefined : Number(match[1]);
};
