import { Cluster, ClusterLoadAssignment, Listener, NameTable, RouteConfiguration } from "@kitex-ts/xds-protos";

/** The resource types this client knows, by their short names. */
export const typeUrls: Readonly<Record<TypeName, string>> = {
  CDS: Cluster.typeUrl,
  EDS: ClusterLoadAssignment.typeUrl,
  LDS: Listener.typeUrl,
  RDS: RouteConfiguration.typeUrl,
  NDS: NameTable.typeUrl,
};

export type TypeName = "CDS" | "EDS" | "LDS" | "RDS" | "NDS";

/** The order in which subscriptions are sent on a new stream: what others refer to comes first. */
export const subscriptionOrder: readonly TypeName[] = ["CDS", "EDS", "LDS", "RDS", "NDS"];

export const typeNameOf = (typeUrl: string): TypeName | undefined =>
  subscriptionOrder.find((name) => typeUrls[name] === typeUrl);
