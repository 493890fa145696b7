import type { ModelChange } from "../model/change.ts";
import type { ClientView } from "../resources/client-view.ts";
import type { ResourceTypeName } from "../resources/generator.ts";
import { parseClusterName } from "../resources/names.ts";

/** What has to be sent after a change: types in istiod's order, and for EDS perhaps only some of the clusters. */
export interface PushPlan {
  readonly types: readonly ResourceTypeName[];
  /** Whether a subscribed cluster belongs into the EDS push. */
  readonly wantsEndpoints: (clusterName: string) => boolean;
}

const all = (): boolean => true;

/**
 * What istiod sends: everything that is subscribed of the types that could be concerned, also when the bytes are the same.
 * An endpoint change is EDS alone for a sidecar, but everything except names in the grpc dialect.
 */
export const planPush = (change: ModelChange, dialect: ClientView["dialect"]): PushPlan => {
  if (change.services) return { types: ["cds", "eds", "lds", "rds", "nds"], wantsEndpoints: all };
  if (change.policies) return { types: ["cds", "eds", "lds", "rds"], wantsEndpoints: all };
  const concerned = (name: string): boolean => change.endpoints.has(parseClusterName(name)?.hostname ?? "");
  if (change.endpoints.size > 0) {
    const withRest = dialect === "grpc" || change.routes;
    return { types: withRest ? ["cds", "eds", "lds", "rds"] : ["eds"], wantsEndpoints: concerned };
  }
  return { types: change.routes ? ["cds", "lds", "rds"] : [], wantsEndpoints: all };
};
