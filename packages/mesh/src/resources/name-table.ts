import { NameTable } from "@kitex-ts/xds-protos";
import type { MeshModel } from "../model/mesh-model.ts";

/** Virtual IPs by full name: how clients find the listener of a host. */
export const nameTable = (model: MeshModel): Uint8Array =>
  NameTable.encode({
    table: Object.fromEntries(
      [...model.services.values()].map(({ hostname, virtualIP, name, namespace }) => [
        hostname,
        { ips: [virtualIP], registry: "Kubernetes", shortname: name, namespace },
      ]),
    ),
  });
