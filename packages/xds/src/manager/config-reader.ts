import type { ListenerResource } from "../resource/listener.ts";
import type { NameTableResource } from "../resource/name-table.ts";
import type { RouteConfigResource } from "../resource/route-config.ts";
import type { Lookup } from "./lookup.ts";

/** Where plans are read from. Whatever is read is watched: when it changes, the plan is made again. */
export interface ConfigReader {
  nameTable(): Lookup<NameTableResource>;
  listener(name: string): Lookup<ListenerResource>;
  routeConfig(name: string): Lookup<RouteConfigResource>;
  /** Whether a cluster of this name exists. */
  cluster(name: string): Lookup<unknown>;
  /** Names of the clusters that are there, for hints in errors. */
  clusterNames(): readonly string[];
}

/** Where a client is, as far as names depend on it. */
export interface Place {
  readonly namespace: string;
  readonly clusterDomain: string;
}
