import { isIP } from "node:net";
import { NameTable } from "@kitex-ts/xds-protos";
import { type Decoded, decodeTotally } from "./decoded.ts";

/** The table has no name of its own; there is one. */
export const nameTableName = "nds";

/** Host names of the mesh and their virtual IPs, what a sidecar's DNS proxy would answer. Istio: `nds.v1.NameTable`. */
export interface NameTableResource {
  /** By host in lower case; a headless service has the addresses of its pods. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
}

export const decodeNameTable = (bytes: Uint8Array): Decoded<NameTableResource> =>
  decodeTotally(bytes, () => {
    const { table } = NameTable.decode(bytes);
    const hosts = new Map<string, readonly string[]>();
    for (const [host, info] of Object.entries(table))
      hosts.set(
        host.toLowerCase(),
        info.ips.filter((ip) => isIP(ip) !== 0),
      );
    return { name: nameTableName, resource: { hosts } };
  });
