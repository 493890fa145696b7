import type { Stats } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Diagnostics } from "./diagnostics.ts";
import { fileSignature } from "./file-signature.ts";
import { findKustomization, readKustomization } from "./kustomize.ts";
import { describeManifest, type Manifest, manifestKey, parseManifests } from "./parse.ts";

/** What one source (a file, a folder, a text) consists of. */
export interface SourceContent {
  readonly manifests: readonly Manifest[];
  readonly diagnostics: Diagnostics;
  /**
   * Every file and folder that was looked at, existing or not, with its signature just before: when one of them has
   * another signature, the content may be another.
   */
  readonly inputs: ReadonlyMap<string, string>;
}

const MAX_FILE_BYTES = 8 * 1024 * 1024;
const MAX_FILES = 10_000;
const MANIFEST_FILE = /\.(?:ya?ml|json)$/;

const reason = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "no such file or folder";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  return error instanceof Error ? error.message : String(error);
};

/** Reads files and folders, and remembers what it read. One instance per source. */
export class SourceReader {
  readonly diagnostics: Diagnostics = new Diagnostics();
  readonly inputs: Map<string, string> = new Map();
  #files = 0;

  fail(file: string, message: string, hint?: string): void {
    const problem = { severity: "error", file, message } as const;
    this.diagnostics.add(hint === undefined ? problem : { ...problem, hint });
  }

  /** `undefined` when there is nothing to read; that is reported unless `optional`. */
  async kindOf(path: string, optional = false): Promise<"file" | "folder" | undefined> {
    try {
      const stats = await this.#stat(path);
      if (stats.isDirectory()) return "folder";
      if (stats.isFile()) return "file";
      this.fail(path, "is neither a file nor a folder");
    } catch (error) {
      if (!optional) this.fail(path, reason(error));
    }
    return undefined;
  }

  async #stat(path: string): Promise<Stats> {
    this.inputs.set(path, fileSignature(undefined));
    const stats = await stat(path);
    this.inputs.set(path, fileSignature(stats));
    return stats;
  }

  async readText(path: string): Promise<string | undefined> {
    try {
      if (++this.#files > MAX_FILES) throw new Error(`more than ${MAX_FILES} files`);
      const { size } = await this.#stat(path);
      if (size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`);
      return await readFile(path, "utf8");
    } catch (error) {
      this.fail(path, reason(error));
      return undefined;
    }
  }

  async readFile(path: string): Promise<readonly Manifest[]> {
    const text = await this.readText(path);
    return text === undefined ? [] : parseManifests(text, path, this.diagnostics);
  }

  /** A folder without a kustomization: every manifest below it, in the order of the names. */
  async readFolder(folder: string): Promise<readonly Manifest[]> {
    await this.kindOf(folder);
    const manifests: Manifest[] = [];
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      this.fail(folder, reason(error));
      return [];
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      if (MANIFEST_FILE.test(entry.name) && !entry.isDirectory()) manifests.push(...(await this.readFile(path)));
      else if (entry.isDirectory() && (await findKustomization(this, path)) !== undefined) {
        const message = "has a kustomization of its own and is not read as part of the folder above it";
        this.diagnostics.add({ severity: "warning", file: path, message, hint: "name it explicitly" });
      } else if (entry.isDirectory()) manifests.push(...(await this.readFolder(path)));
    }
    return manifests;
  }

  async readPath(path: string): Promise<readonly Manifest[]> {
    const kind = await this.kindOf(path);
    if (kind === "file") return this.readFile(path);
    if (kind === undefined) return [];
    const kustomization = await findKustomization(this, path);
    return kustomization === undefined ? this.readFolder(path) : readKustomization(this, path, kustomization);
  }
}

const refuseDuplicates = (manifests: readonly Manifest[]): void => {
  const first = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const key = manifestKey(manifest);
    const other = first.get(key);
    if (other === undefined) first.set(key, manifest);
    else {
      const { file, line } = other.root.field.position();
      manifest.root.field.error(
        `${describeManifest(manifest)} is defined twice`,
        `the other one is at ${file}:${line}`,
      );
    }
  }
};

/** Reads a manifest file, a folder of manifests (recursively) or a kustomize folder. Never throws. */
export const readSource = async (path: string): Promise<SourceContent> => {
  const reader = new SourceReader();
  const manifests = await reader.readPath(path);
  refuseDuplicates(manifests);
  return { manifests, diagnostics: reader.diagnostics, inputs: reader.inputs };
};

/** Reads manifests from a text; `name` stands where problems name the file. */
export const readText = (text: string, name: string): SourceContent => {
  const diagnostics = new Diagnostics();
  const manifests = parseManifests(text, name, diagnostics);
  refuseDuplicates(manifests);
  return { manifests, diagnostics, inputs: new Map() };
};
