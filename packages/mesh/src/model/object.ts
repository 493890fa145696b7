import type { Position } from "../errors.ts";
import type { Manifest } from "../yaml/parse.ts";

/** What every object of the model has. */
export interface ModelObject {
  readonly name: string;
  readonly namespace: string;
  /** `metadata.labels`. */
  readonly labels: Labels;
  /** `metadata.creationTimestamp`, or empty: decides between two rules for one host, as in istiod. */
  readonly createdAt: string;
  readonly position: Position;
}

export type Labels = Readonly<Record<string, string>>;

/** Reads what is common to all kinds. */
export const readObjectMeta = (manifest: Manifest): ModelObject => {
  const metadata = manifest.root.get("metadata")?.mapping();
  return {
    name: manifest.name,
    namespace: manifest.namespace,
    labels: metadata?.get("labels")?.stringMap() ?? {},
    createdAt: metadata?.get("creationTimestamp")?.string() ?? "",
    position: manifest.root.field.position(),
  };
};

/** A selector without labels selects nothing, as in Kubernetes Services. */
export const selects = (selector: Labels, labels: Labels): boolean => {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
};

/** Oldest first, then by name and namespace: the order in which istiod lets rules win. */
export const byAge = (a: ModelObject, b: ModelObject): number => {
  const left = [a.createdAt, a.name, a.namespace];
  const right = [b.createdAt, b.name, b.namespace];
  const index = left.findIndex((part, position) => part !== right[position]);
  return index === -1 ? 0 : (left[index] ?? "") < (right[index] ?? "") ? -1 : 1;
};
