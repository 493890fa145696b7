import { type Document, LineCounter, parseAllDocuments } from "yaml";
import type { Diagnostics } from "./diagnostics.ts";
import { Field, type Mapping } from "./field.ts";

/** One Kubernetes object as written: identity, and the cursor at its root for the reader of its kind. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** `default` when the object does not name one; empty for kinds without a namespace. */
  readonly namespace: string;
  readonly root: Mapping;
}

const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "Namespace",
  "Node",
  "PersistentVolume",
  "StorageClass",
]);

/** What makes two manifests the same object: API group and kind, namespace, name; the API version does not count. */
export const manifestKey = ({ apiVersion, kind, namespace, name }: Manifest): string =>
  [apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "", kind, namespace, name].join("|");

/** For instance `VirtualService default/kitex-server`. */
export const describeManifest = ({ kind, namespace, name }: Manifest): string =>
  `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;

const readManifest = (field: Field): readonly Manifest[] => {
  const root = field.mapping();
  const apiVersion = root
    .require("apiVersion", "every Kubernetes object starts with apiVersion and kind")
    ?.nonEmptyString();
  const kind = root.require("kind", "every Kubernetes object starts with apiVersion and kind")?.nonEmptyString();
  if (apiVersion === undefined || kind === undefined) return [];
  if (kind === "List") return root.items("items").flatMap((item) => readManifest(item.asObject()));

  field.origin.object = kind;
  const metadata = root.require("metadata")?.mapping();
  const name = metadata?.require("name")?.nonEmptyString();
  const namespace = metadata?.get("namespace")?.nonEmptyString() ?? "default";
  if (name === undefined) return [];
  const manifest = { apiVersion, kind, name, namespace: CLUSTER_SCOPED.has(kind) ? "" : namespace, root };
  field.origin.object = describeManifest(manifest);
  return [manifest];
};

const parseDocuments = (
  text: string,
  file: string,
  lines: LineCounter,
  diagnostics: Diagnostics,
): readonly Document[] => {
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      merge: true,
      prettyErrors: false,
      logLevel: "silent",
    });
    return Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    // The composer is recursive: absurd nesting ends here rather than in a crash.
    const message = `cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`;
    diagnostics.add({ severity: "error", file, message });
    return [];
  }
};

/** Reads all documents of a text. Syntax errors and objects without kind or name go to the diagnostics. */
export const parseManifests = (text: string, file: string, diagnostics: Diagnostics): readonly Manifest[] => {
  const lines = new LineCounter();
  const manifests: Manifest[] = [];
  for (const document of parseDocuments(text, file, lines, diagnostics)) {
    for (const error of document.errors) {
      const { line, col } = lines.linePos(error.pos[0]);
      diagnostics.add({ severity: "error", file, line, column: col, message: `not valid YAML: ${error.message}` });
    }
    if (document.errors.length > 0) continue;
    const field = new Field({ file, lines, document, diagnostics }, "", document.contents);
    if (!field.isNull) manifests.push(...readManifest(field));
  }
  return manifests;
};
