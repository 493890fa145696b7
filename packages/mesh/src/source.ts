import type { Problem } from "./errors.ts";
import { type MeshObject, readObject } from "./model/read-object.ts";
import { describeManifest, manifestKey } from "./yaml/parse.ts";
import { readSource, readText, type SourceContent } from "./yaml/read.ts";

/** An object and what is to be said about it. */
export interface LoadedObject {
  readonly object: MeshObject;
  readonly warnings: readonly Problem[];
}

/** The objects of one source by identity, ready to be served. */
export interface LoadedSource {
  readonly objects: ReadonlyMap<string, LoadedObject>;
  /** For instance `Service default/kitex-server`, in the order of the source. */
  readonly names: readonly string[];
  /** What is to be said about the source as a whole. */
  readonly warnings: readonly Problem[];
}

const isText = (source: string): boolean => source.includes("\n") || source.trimStart().startsWith("{");

/** Reads a path, or YAML itself when the text has a line break or starts with a brace. Problems are in the diagnostics. */
export const readAny = (source: string): Promise<SourceContent> =>
  isText(source) ? Promise.resolve(readText(source, "<text>")) : readSource(source);

/** @throws MeshConfigError with every problem of the source. */
export const loadSource = ({ manifests, diagnostics }: SourceContent): LoadedSource => {
  const objects = new Map<string, LoadedObject>();
  const warnings = [...diagnostics.warnings];
  for (const manifest of manifests) {
    const seen = diagnostics.warnings.length;
    const object = readObject(manifest);
    objects.set(manifestKey(manifest), { object, warnings: diagnostics.warnings.slice(seen) });
  }
  diagnostics.throwIfErrors();
  return { objects, names: manifests.map(describeManifest), warnings };
};

/** Everything that is to be said about a source. */
export const allWarnings = ({ objects, warnings }: LoadedSource): readonly Problem[] => [
  ...warnings,
  ...[...objects.values()].flatMap((loaded) => loaded.warnings),
];
