import type { RouteDecision } from "@kitex-ts/core/spi";
import type { ClusterRuntime } from "../cluster/cluster-runtime.ts";
import { describeHeader, matchesHeader } from "../resource/header-match.ts";
import { describePath, matchesPath } from "../resource/path-match.ts";
import type { RouteResource, VirtualHostResource } from "../resource/route-config.ts";
import type { RouteRequest } from "./route-request.ts";

/** A place a route leads to: what the call is told, and the cluster behind it. */
export interface RouteTarget {
  readonly decision: RouteDecision;
  readonly cluster: ClusterRuntime;
}

/** A route made ready for calls: nothing is built per call. */
export interface CompiledRoute {
  readonly resource: RouteResource;
  /** Its name, or its place among its virtual host's routes when it has none: istiod names few. */
  readonly label: string;
  /** It takes every call of its paths: nothing about the call needs to be looked at. */
  readonly isUnconditional: boolean;
  /** With the sum of the weights up to and with each. Empty when the route fails its calls. */
  readonly targets: readonly { readonly upTo: number; readonly target: RouteTarget }[];
}

/** Methods whose candidates are remembered; generic callers may invent any number of paths. */
const maxPaths = 1024;

/** The routes of a virtual host. The condition on the path is checked once per method; calls then look at headers only. */
export class CompiledRoutes {
  readonly virtualHost: VirtualHostResource;
  readonly #routes: readonly CompiledRoute[];
  readonly #byPath = new Map<string, readonly CompiledRoute[]>();

  constructor(virtualHost: VirtualHostResource, clusters: ReadonlyMap<string, ClusterRuntime>) {
    this.virtualHost = virtualHost;
    this.#routes = virtualHost.routes.map((resource, index) => compile(resource, index, clusters));
  }

  /** The routes that a call of this path may take, in order. */
  candidates(path: string): readonly CompiledRoute[] {
    let found = this.#byPath.get(path);
    if (found === undefined) {
      found = this.#routes.filter(({ resource }) => matchesPath(resource.path, path));
      if (this.#byPath.size >= maxPaths) this.#byPath.clear();
      this.#byPath.set(path, found);
    }
    return found;
  }

  /** What was tried for a request that no route takes, for people. */
  explain(path: string, request: RouteRequest): string {
    const tried = this.#routes.map(({ resource, label }) => {
      if (!matchesPath(resource.path, path)) return `${label} (${describePath(resource.path)})`;
      const header = resource.headers.find((match) => !matchesHeader(match, request.header(match.name)));
      return header === undefined
        ? `${label} (takes ${(resource.fraction ?? 1) * 100} % of the calls)`
        : `${label} (${describeHeader(header)}; given ${given(request.header(header.name))})`;
    });
    const notUsable = this.virtualHost.refused.map((reason) => `not usable: ${reason}`);
    const all = [...tried, ...notUsable];
    if (all.length === 0) return "it has no routes";
    const more = all.length > maxExplained ? ` and ${all.length - maxExplained} more` : "";
    return `tried ${all.slice(0, maxExplained).join(", ")}${more}`;
  }
}

const maxExplained = 10;
const given = (value: string | undefined): string => (value === undefined ? "none" : JSON.stringify(value));

function compile(resource: RouteResource, index: number, clusters: ReadonlyMap<string, ClusterRuntime>): CompiledRoute {
  const { action } = resource;
  const label = resource.name === "" ? `#${index}` : resource.name;
  const isUnconditional = resource.headers.length === 0 && resource.fraction === undefined;
  if (action.kind === "fail") return { resource, label, isUnconditional, targets: [] };
  let upTo = 0;
  const targets = action.clusters.map(({ cluster, weight }) => {
    upTo += weight;
    const decision: RouteDecision = Object.freeze({
      cluster,
      timeoutMs: action.timeoutMs,
      routeName: label,
    });
    return { upTo, target: { decision, cluster: clusters.get(cluster) as ClusterRuntime } };
  });
  return { resource, label, isUnconditional, targets };
}

/** The first route that takes the request. `random` is in [0, 1). */
export function firstMatch(
  candidates: readonly CompiledRoute[],
  request: RouteRequest,
  random: () => number,
): CompiledRoute | undefined {
  candidate: for (const route of candidates) {
    const { headers, fraction } = route.resource;
    for (const match of headers) if (!matchesHeader(match, request.header(match.name))) continue candidate;
    // Drawn last, and anew for each route.
    if (fraction !== undefined && random() >= fraction) continue;
    return route;
  }
  return undefined;
}

/** One of a route's clusters by weight; undefined for a route that fails its calls. */
export function chooseTarget({ targets }: CompiledRoute, random: () => number): RouteTarget | undefined {
  const last = targets.at(-1);
  if (last === undefined || targets.length === 1) return last?.target;
  // The draw is in [0, total): comparing strictly gives each cluster exactly its weight.
  const draw = random() * last.upTo;
  for (const { upTo, target } of targets) if (draw < upTo) return target;
  return last.target;
}
