import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { Field, type Mapping } from "./field.ts";
import type { Manifest } from "./parse.ts";
import type { SourceReader } from "./read.ts";

const FILE_NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/** `bases` is the old spelling of folders in `resources`. */
const KNOWN = ["apiVersion", "kind", "metadata", "resources", "bases"];
/** They change nothing that the control plane looks at. */
const HARMLESS = ["images", "replicas", "generatorOptions", "configMapGenerator", "secretGenerator", "buildMetadata"];
const MAX_DEPTH = 32;

/** The kustomization file of a folder, if it has one. */
export const findKustomization = async (reader: SourceReader, folder: string): Promise<string | undefined> => {
  for (const name of FILE_NAMES) {
    const path = join(folder, name);
    if ((await reader.kindOf(path, true)) === "file") return path;
  }
  return undefined;
};

const parseKustomization = async (reader: SourceReader, file: string): Promise<Mapping | undefined> => {
  const text = await reader.readText(file);
  if (text === undefined) return undefined;
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const origin = { file, lines, document, diagnostics: reader.diagnostics };
    return new Field(origin, "", document.contents).mapping();
  } catch (error) {
    reader.fail(file, `not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
};

/** Transformers (patches, namePrefix, …) would change what is served, so leaving them out in silence is no option. */
const refuseTransformers = (kustomization: Mapping): void => {
  for (const [name, field] of kustomization.field.entries()) {
    if (HARMLESS.includes(name)) field.ignore();
    else if (!KNOWN.includes(name)) {
      field.error(
        `${name} is not supported: only resources and bases are rendered`,
        "render with `kubectl kustomize` and pass the result",
      );
    }
  }
};

/** Renders a kustomize folder: its resources, files and bases alike, recursively. */
export const readKustomization = async (
  reader: SourceReader,
  folder: string,
  file: string,
  path: readonly string[] = [],
): Promise<readonly Manifest[]> => {
  if (path.includes(folder) || path.length > MAX_DEPTH) {
    reader.fail(file, `is part of itself: ${[...path, folder].join(" -> ")}`);
    return [];
  }
  const kustomization = await parseKustomization(reader, file);
  if (kustomization === undefined) return [];
  refuseTransformers(kustomization);

  const manifests: Manifest[] = [];
  for (const item of [...kustomization.items("resources"), ...kustomization.items("bases")]) {
    const resource = item.nonEmptyString();
    if (resource === undefined) continue;
    if (/^[a-z+]+:\/\/|^git@|^github\.com\//.test(resource)) {
      item.error("remote resources are not fetched", "download it and name the file");
      continue;
    }
    const target = join(folder, resource);
    const kind = await reader.kindOf(target, true);
    if (kind === undefined) item.error(`no such file or folder: ${target}`);
    else if (kind === "file") manifests.push(...(await reader.readFile(target)));
    else {
      const nested = await findKustomization(reader, target);
      if (nested === undefined)
        item.error(`${target} has no kustomization file`, `add one of ${FILE_NAMES.join(", ")}`);
      else manifests.push(...(await readKustomization(reader, target, nested, [...path, folder])));
    }
  }
  return manifests;
};
