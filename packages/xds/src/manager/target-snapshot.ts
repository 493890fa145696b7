import type { ClusterRuntime } from "../cluster/cluster-runtime.ts";
import type { VirtualHostResource } from "../resource/route-config.ts";
import { CompiledRoutes } from "../route/compiled-routes.ts";
import type { RoutingPlan } from "./routing-plan.ts";

/** Everything needed to route and send the calls to one destination. Complete and immutable; a change makes a new one. */
export interface TargetSnapshot {
  readonly authority: string;
  readonly routes: CompiledRoutes;
}

/** The clusters that routes may lead to. */
export function clusterNames({ routes }: VirtualHostResource): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { action } of routes) {
    if (action.kind === "forward") for (const { cluster } of action.clusters) names.add(cluster);
  }
  return names;
}

export const targetSnapshot = (plan: RoutingPlan, clusters: ReadonlyMap<string, ClusterRuntime>): TargetSnapshot => ({
  authority: plan.authority,
  routes: new CompiledRoutes(plan.virtualHost, clusters),
});
