import { Cluster, ClusterLoadAssignment, Listener, NameTable, RouteConfiguration } from "@kitex-ts/xds-protos";
import type { MeshModel } from "../model/mesh-model.ts";
import { apiListeners } from "./api-listeners.ts";
import type { ClientView } from "./client-view.ts";
import { allClusters } from "./clusters.ts";
import { loadAssignment } from "./load-assignment.ts";
import { nameTable } from "./name-table.ts";
import { outboundListeners } from "./outbound-listeners.ts";
import type { Resource } from "./resource.ts";
import { routeConfiguration } from "./route-configurations.ts";

/** Short name of a served type. */
export type ResourceTypeName = "cds" | "eds" | "lds" | "rds" | "nds";

/** The types that are served, by their type URLs, in the order in which istiod pushes them. */
export const TYPES: Readonly<Record<ResourceTypeName, string>> = {
  cds: Cluster.typeUrl,
  eds: ClusterLoadAssignment.typeUrl,
  lds: Listener.typeUrl,
  rds: RouteConfiguration.typeUrl,
  nds: NameTable.typeUrl,
};

/** Makes the resources of one state for clients with one view; what was made is kept. */
export interface ResourceGenerator {
  /**
   * @param names what is subscribed. LDS and CDS of the sidecar dialect and NDS ignore them, an empty list of LDS names in
   *   the grpc dialect means all.
   */
  generate(type: ResourceTypeName, names: ReadonlySet<string>): readonly Resource[];
}

const memoize = <T>(make: (key: string) => T): ((key: string) => T) => {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
};

/** @param model one state; @param client what the resources depend on besides. */
export const createGenerator = (model: MeshModel, client: ClientView): ResourceGenerator => {
  const clusters = memoize(() => allClusters(model, client));
  const listeners = memoize(() => outboundListeners(model, client));
  const route = memoize((name) => ({ name, bytes: routeConfiguration(name, model, client) }));
  const assignment = memoize((name) => ({ name, bytes: loadAssignment(name, model) }));
  const table = memoize((name) => [{ name, bytes: nameTable(model) }]);
  const isGrpc = client.dialect === "grpc";
  return {
    generate(type, names) {
      switch (type) {
        case "cds":
          return isGrpc ? clusters("").filter(({ name }) => names.has(name)) : clusters("");
        case "eds":
          return [...names].map(assignment);
        case "lds":
          return isGrpc ? apiListeners(names, model, client) : listeners("");
        case "rds":
          return [...names].map(route);
        case "nds":
          return table("");
      }
    },
  };
};
