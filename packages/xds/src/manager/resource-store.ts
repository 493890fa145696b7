import type { Logger, TimerSource } from "@kitex-ts/core/spi";
import type { TypedResponse } from "../ads/ads-client.ts";
import type { Wanted } from "../ads/type-subscription.ts";
import type { TypeName } from "../ads/type-urls.ts";
import type { Dialect } from "../bootstrap/bootstrap-config.ts";
import { type ClusterResource, decodeCluster, decodeGRPCCluster } from "../resource/cluster.ts";
import { decodeEndpoints, type EndpointsResource } from "../resource/endpoints.ts";
import { decodeListener, type ListenerResource } from "../resource/listener.ts";
import { decodeNameTable, type NameTableResource, nameTableName } from "../resource/name-table.ts";
import { decodeRouteConfig, type RouteConfigResource } from "../resource/route-config.ts";
import type { Lookup } from "./lookup.ts";
import { type ResourceWatcher, TypeCache } from "./type-cache.ts";

/** Which resource type holds what. */
export interface ResourceOf {
  readonly LDS: ListenerResource;
  readonly RDS: RouteConfigResource;
  readonly CDS: ClusterResource;
  readonly EDS: EndpointsResource;
  readonly NDS: NameTableResource;
}

type Caches = { readonly [Type in TypeName]: TypeCache<ResourceOf[Type]> };

/** All resources of one control plane, by type and name, and who depends on them. */
export class ResourceStore {
  readonly #caches: Caches;
  readonly #onWanted: (type: TypeName, wanted: Wanted) => void;

  /** `onWanted` is told what to subscribe to, at once for the types of which everything is wanted. */
  constructor(
    dialect: Dialect,
    clock: TimerSource,
    logger: Logger,
    onWanted: (type: TypeName, wanted: Wanted) => void,
  ) {
    this.#onWanted = onWanted;
    // In the sidecar dialect istiod ignores names of listeners and clusters: each new name would make it send everything again.
    const isWildcard = dialect === "sidecar";
    const cache = <T extends TypeName>(
      type: T,
      decode: TypeCache<ResourceOf[T]>["traits"]["decode"],
      isFullState: boolean,
      isEverything: boolean,
    ): TypeCache<ResourceOf[T]> =>
      new TypeCache<ResourceOf[T]>({ type, decode, isFullState, isWildcard: isEverything }, clock, {
        onNamesChange: () => this.#onWanted(type, this.#caches[type].names),
        onRefused: (name, reasons) =>
          logger.warn({ type, name, reasons: reasons.join("; ") }, "xds: parts of a resource cannot be used"),
        notify,
      });
    this.#caches = {
      LDS: cache("LDS", decodeListener, true, isWildcard),
      RDS: cache("RDS", decodeRouteConfig, false, false),
      CDS: cache("CDS", dialect === "grpc" ? decodeGRPCCluster : decodeCluster, true, isWildcard),
      EDS: cache("EDS", decodeEndpoints, false, false),
      NDS: cache("NDS", decodeNameTable, false, true),
    };
  }

  /** Asks for what is wanted in any case. */
  start(): void {
    for (const cache of Object.values(this.#caches))
      if (cache.traits.isWildcard) this.#onWanted(cache.traits.type, "*");
  }

  read<T extends TypeName>(type: T, name: string): Lookup<ResourceOf[T]> {
    return this.#caches[type].read(name);
  }

  /** The name table, once it came. */
  nameTable(): Lookup<NameTableResource> {
    return this.read("NDS", nameTableName);
  }

  knownNames(type: TypeName): readonly string[] {
    return this.#caches[type].knownNames;
  }

  watch(type: TypeName, name: string, watcher: ResourceWatcher): void {
    this.#caches[type].watch(name, watcher);
  }

  unwatch(type: TypeName, name: string, watcher: ResourceWatcher): void {
    this.#caches[type].unwatch(name, watcher);
  }

  /** Takes a response in and tells those concerned, once each. Answers what is wrong with it. */
  async apply(response: TypedResponse): Promise<readonly string[]> {
    const affected = new Set<ResourceWatcher>();
    const problems = await this.#caches[response.type].apply(response, affected);
    notify(affected);
    return problems;
  }

  requested(type: TypeName, names: readonly string[]): void {
    this.#caches[type].requested(names);
  }

  disconnected(): void {
    for (const cache of Object.values(this.#caches)) cache.disconnected();
  }

  close(): void {
    for (const cache of Object.values(this.#caches)) cache.close();
  }
}

/** A copy first: whoever is told may begin or cease to watch. */
const notify = (watchers: Iterable<ResourceWatcher>): void => {
  for (const watcher of [...watchers].sort((a, b) => a.rank - b.rank)) watcher.onResourceChange();
};
