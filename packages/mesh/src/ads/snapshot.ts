import type { MeshModel } from "../model/mesh-model.ts";
import type { ClientView } from "../resources/client-view.ts";
import { createGenerator, type ResourceGenerator } from "../resources/generator.ts";

/** One state of the mesh with its version; makes resources once for all clients that see the same. */
export interface Snapshot {
  readonly model: MeshModel;
  /** `version_info` of all types: when the control plane started, and a counter. */
  readonly version: string;
  readonly generatorFor: (view: ClientView) => ResourceGenerator;
}

/** Two clients with the same key get the same resources. */
export const viewKey = ({ dialect, namespace, expandsShortNames, labels }: ClientView): string =>
  JSON.stringify([dialect, namespace, expandsShortNames, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** Freezes a state under a version. */
export const createSnapshot = (model: MeshModel, version: string): Snapshot => {
  const generators = new Map<string, ResourceGenerator>();
  return {
    model,
    version,
    generatorFor: (view) => {
      const key = viewKey(view);
      const generator = generators.get(key) ?? createGenerator(model, view);
      generators.set(key, generator);
      return generator;
    },
  };
};
