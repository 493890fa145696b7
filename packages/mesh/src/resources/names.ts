/** Name of the upstream cluster of a Service port, or of a subset of it: `outbound|80|v1|host`. */
export const clusterName = (port: number, subset: string, hostname: string): string =>
  `outbound|${port}|${subset}|${hostname}`;

/** The same as a DNS name: what auto mTLS sends as SNI. */
export const clusterSNI = (port: number, subset: string, hostname: string): string =>
  `outbound_.${port}_.${subset}_.${hostname}`;

/** The parts of a {@link clusterName}; `undefined` for any other text. */
export const parseClusterName = (
  name: string,
): { readonly port: number; readonly subset: string; readonly hostname: string } | undefined => {
  const match = /^outbound\|(\d{1,5})\|([^|]*)\|([^|]+)$/.exec(name);
  if (match === null) return undefined;
  return { port: Number(match[1]), subset: match[2] ?? "", hostname: match[3] ?? "" };
};

/** Name of an outbound listener: `10.96.0.10_80`. */
export const listenerName = (address: string, port: number): string => `${address}_${port}`;

/** Listener address shared by all Services with an HTTP port of one number. */
export const ANY_ADDRESS = "0.0.0.0";

/** Cluster for destinations that the mesh does not know: the original destination. */
export const PASSTHROUGH_CLUSTER = "PassthroughCluster";

/** Cluster without endpoints. */
export const BLACK_HOLE_CLUSTER = "BlackHoleCluster";
