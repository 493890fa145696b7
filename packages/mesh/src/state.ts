import type { Problem } from "./errors.ts";
import { buildModel, type MeshModel } from "./model/mesh-model.ts";
import type { ProcessEndpoint } from "./model/running-endpoint.ts";
import type { LoadedObject, LoadedSource } from "./source.ts";

/** Everything a mesh was told, by where it came from. */
export class MeshState {
  /** By path. */
  readonly watched: Map<string, LoadedSource> = new Map();
  /** By identity. */
  readonly applied: Map<string, LoadedObject> = new Map();
  processes: readonly ProcessEndpoint[] = [];
  /** By path. */
  readonly processFiles: Map<string, readonly ProcessEndpoint[]> = new Map();

  /** Puts it together; of two objects with one identity the applied one wins, else the one that is watched later. */
  assemble(domain: string): { readonly model: MeshModel; readonly warnings: readonly Problem[] } {
    const objects = new Map<string, LoadedObject>();
    const sources = [...this.watched.values()];
    for (const loaded of [...sources.map((source) => source.objects), this.applied]) {
      for (const [key, object] of loaded) objects.set(key, object);
    }
    const all = [...objects.values()];
    const processes = [...this.processes, ...[...this.processFiles.values()].flat()];
    const model = buildModel(
      all.map(({ object }) => object),
      processes,
      domain,
    );
    const warnings = [
      ...sources.flatMap((source) => source.warnings),
      ...all.flatMap((loaded) => loaded.warnings),
      ...model.warnings,
    ];
    return { model, warnings };
  }
}
