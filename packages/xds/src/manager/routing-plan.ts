import {
  forwardTo,
  type RouteResource,
  type VirtualHostResource,
  type WeightedClusterResource,
} from "../resource/route-config.ts";

/** The routes for a destination, found in what the control plane sent. */
export interface RoutingPlan {
  readonly virtualHost: VirtualHostResource;
  /** What `:authority` is for these calls. */
  readonly authority: string;
}

/** What came of looking for the routes of a destination. */
export type PlanResult =
  | { readonly kind: "plan"; readonly plan: RoutingPlan }
  /** Something was asked for and has not come; what. */
  | { readonly kind: "pending"; readonly waitingFor: string }
  /** The reason is worked out when a call asks for it: it may compare all names of the mesh. */
  | { readonly kind: "failed"; readonly reason: () => string };

export const waitFor = (waitingFor: string): PlanResult => ({ kind: "pending", waitingFor });
export const failed = (reason: string | (() => string)): PlanResult => ({
  kind: "failed",
  reason: typeof reason === "string" ? () => reason : reason,
});

/** A route for every call, where the control plane names clusters and no routes. */
export const forwardingRoute = (name: string, clusters: readonly WeightedClusterResource[]): RouteResource => ({
  name,
  path: { kind: "prefix", value: "", ignoreCase: false },
  headers: [],
  fraction: undefined,
  action: forwardTo(clusters, 0),
});

/** A plan made of routes without a virtual host around them. */
export const planTo = (host: string, routes: readonly RouteResource[]): RoutingPlan => ({
  virtualHost: { name: host, domains: ["*"], routes, refused: [] },
  authority: host,
});
