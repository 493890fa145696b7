import type { VirtualHostResource } from "../resource/route-config.ts";

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
  | { readonly kind: "failed"; readonly reason: string };

export const waitFor = (waitingFor: string): PlanResult => ({ kind: "pending", waitingFor });
export const failed = (reason: string): PlanResult => ({ kind: "failed", reason });
