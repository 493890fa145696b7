import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type Diagnostic, loadThrift, memoryReader, type ResolvedProgram } from "@kitex-ts/thrift/idl";
import { CodegenError } from "../errors.ts";
import { writeFiles } from "../output/folder.ts";
import { type GenReport, gen } from "../output/gen.ts";
import { copyIdl, type IdlCopy, idlFolder } from "./copy-idl.ts";
import { genFolder, type Outline, outlineOf, serviceOf } from "./outline.ts";
import { clientTemplate, handlersMark, handlersTemplate, handlerTemplate, serverTemplate } from "./templates/code.ts";
import {
  deploymentTemplate,
  dockerfileTemplate,
  ignoreTemplate,
  kustomizationTemplate,
  serviceTemplate,
} from "./templates/deploy.ts";
import { greetHandlerBody, greetIdl, greetSample } from "./templates/greet-idl.ts";
import { type ProjectConfig, type ProjectPackages, packageTemplate, tsconfigTemplate } from "./templates/package.ts";
import { readmeTemplate } from "./templates/readme.ts";

/** How a project is made. */
export interface ProjectOptions {
  /** Name of the package, the image and the Kubernetes objects. Default: the folder's name. */
  readonly name?: string | undefined;
  /** The contract to start from; it is copied with all that it includes. Default: a service that greets. */
  readonly idl?: string | undefined;
  /** Where the files are that `idl` includes. */
  readonly includeDirs?: readonly string[] | undefined;
  /** Which service of the IDL. Default: the last one, as in Kitex. */
  readonly service?: string | undefined;
  /** Where the project gets kitex-ts from. */
  readonly packages: ProjectPackages;
}

/** What {@link createProject} did; paths relative to the project. */
export interface ProjectReport {
  readonly name: string;
  /** True when the project was there already, and only what was missing was added. */
  readonly existed: boolean;
  readonly service: string;
  /** Services of the IDL that were passed over. */
  readonly otherServices: readonly string[];
  readonly created: readonly string[];
  /** The file that gathers the handlers, when it was written again. */
  readonly updated: readonly string[];
  /** Files in `handlers/` that no method of the service needs any more. */
  readonly unused: readonly string[];
  /** Of the generated code. */
  readonly generated: Pick<GenReport, "written" | "unchanged">;
  readonly diagnostics: readonly Diagnostic[];
  readonly warnings: GenReport["warnings"];
}

/**
 * Makes a service that runs: contract, handlers, server, client, Dockerfile, Kubernetes manifests and README. In a project that it made, it adds what
 * is missing, a handler for each new method above all, and brings generated code up to date. A file that is there is never overwritten, except
 * generated ones.
 *
 * @throws IdlError when the IDL is wrong; CodegenError
 */
export const createProject = async (folder: string, options: ProjectOptions): Promise<ProjectReport> => {
  const config = await readConfig(folder);
  const isGreeting = config === undefined && options.idl === undefined;
  if (config !== undefined && options.idl !== undefined) {
    const message = `${folder} is a project already, with the contract ${config.idl}; change that one and run without an IDL`;
    throw new CodegenError("option", message);
  }
  const name = projectName(options.name ?? basename(resolve(folder)));
  const copy = config === undefined ? await startingIdl(options) : undefined;
  const program = await loadProject(folder, config, copy);
  const service = serviceOf(program, options.service ?? config?.service);
  const idl = copy?.entry ?? config?.idl ?? "";
  const outline = outlineOf(service, idl, copy?.includeDirs ?? config?.includeDirs ?? []);

  const wanted = [...(copy?.files ?? []), ...projectFiles(name, outline, options.packages, isGreeting)];
  const created = await addMissing(folder, config === undefined ? wanted : handlerFiles(outline, false));
  const updated = await gatherHandlers(folder, outline);
  const out = join(folder, genFolder);
  const includeDirs = outline.includeDirs.map((each) => join(folder, each));
  const generated = await gen([join(folder, idl)], { out, includeDirs, prune: true });
  return {
    name,
    existed: config !== undefined,
    service: service.name,
    otherServices: program.entry.services.filter((each) => each !== service).map((each) => each.name),
    created,
    updated,
    unused: await unusedHandlers(folder, outline),
    generated: { written: generated.written, unchanged: generated.unchanged },
    diagnostics: generated.diagnostics,
    warnings: generated.warnings,
  };
};

/** A name that npm, Docker and Kubernetes all take. @throws CodegenError `option` */
const projectName = (text: string): string => {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[-\d]+|-+$/g, "");
  if (name !== "" && name.length <= 63) return name;
  throw new CodegenError("option", `${JSON.stringify(text)} gives no name for a service; pass one with --name`);
};

/** How the project was made, when it was made by us. @throws CodegenError `file` when the folder is somebody else's */
const readConfig = async (folder: string): Promise<ProjectConfig | undefined> => {
  const path = join(folder, "package.json");
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw new CodegenError("file", `${path} is no JSON: ${String(error)}`, undefined, { cause: error });
  }
  const config = (manifest as { readonly "kitex-ts"?: Partial<ProjectConfig> } | null)?.["kitex-ts"];
  if (typeof config?.idl === "string" && typeof config.service === "string") {
    const { idl, service, includeDirs } = config;
    return { idl, service, ...(Array.isArray(includeDirs) ? { includeDirs } : {}) };
  }
  throw new CodegenError("file", `${folder} holds a package that kitex-ts did not make; choose another folder`);
};

const startingIdl = async ({ idl, includeDirs = [] }: ProjectOptions): Promise<IdlCopy> => {
  if (idl !== undefined) return copyIdl(await loadThrift(idl, { includeDirs }), includeDirs);
  const entry = `${idlFolder}/${greetIdl.path}`;
  return { entry, includeDirs: [], files: [{ path: entry, text: greetIdl.text }] };
};

/** From what will be written, or from what is there. */
const loadProject = (
  folder: string,
  config: ProjectConfig | undefined,
  copy: IdlCopy | undefined,
): Promise<ResolvedProgram> => {
  if (copy !== undefined) {
    const reader = memoryReader(new Map(copy.files.map(({ path, text }) => [path, text])));
    return loadThrift(copy.entry, { reader, includeDirs: copy.includeDirs });
  }
  const includeDirs = (config?.includeDirs ?? []).map((each) => join(folder, each));
  return loadThrift(join(folder, config?.idl ?? ""), { includeDirs });
};

interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

const handlerFiles = (outline: Outline, isGreeting: boolean): readonly ProjectFile[] =>
  outline.methods.map((method) => ({
    path: `handlers/${method.file}.ts`,
    text: handlerTemplate(outline, method, isGreeting ? greetHandlerBody : undefined),
  }));

const projectFiles = (
  name: string,
  outline: Outline,
  packages: ProjectPackages,
  isGreeting: boolean,
): readonly ProjectFile[] => {
  const hasVendor = Object.values(packages.dependencies).some((spec) => spec.startsWith("file:vendor/"));
  return [
    ...handlerFiles(outline, isGreeting),
    { path: "server.ts", text: serverTemplate(outline) },
    { path: "client.ts", text: clientTemplate(outline, isGreeting ? greetSample : undefined) },
    { path: "package.json", text: packageTemplate(name, outline, packages) },
    { path: "tsconfig.json", text: tsconfigTemplate() },
    { path: ".gitignore", text: ignoreTemplate() },
    { path: ".dockerignore", text: ignoreTemplate("k8s/", ".git/") },
    { path: "Dockerfile", text: dockerfileTemplate(name, hasVendor) },
    { path: "k8s/kustomization.yaml", text: kustomizationTemplate() },
    { path: "k8s/deployment.yaml", text: deploymentTemplate(name) },
    { path: "k8s/service.yaml", text: serviceTemplate(name) },
    { path: "README.md", text: readmeTemplate(name, outline, packages) },
  ];
};

const addMissing = async (folder: string, files: readonly ProjectFile[]): Promise<readonly string[]> => {
  const missing: ProjectFile[] = [];
  for (const file of files) if (!(await isThere(join(folder, file.path)))) missing.push(file);
  // Even when nothing is missing, so that a folder that cannot be made is noticed here.
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new CodegenError("file", `cannot make ${folder}: ${String(error)}`, undefined, { cause: error });
  });
  await writeFiles(folder, missing);
  return missing.map(({ path }) => path);
};

const gatherer = "handlers/index.ts";

/** Writes the file that gathers the handlers, unless somebody made it their own. */
const gatherHandlers = async (folder: string, outline: Outline): Promise<readonly string[]> => {
  const text = handlersTemplate(outline);
  const found = await readIfThere(join(folder, gatherer));
  if (found === text || (found !== undefined && !found.startsWith(handlersMark))) return [];
  await writeFiles(folder, [{ path: gatherer, text }]);
  return [gatherer];
};

const unusedHandlers = async (folder: string, outline: Outline): Promise<readonly string[]> => {
  const used = new Set(["index.ts", ...outline.methods.map(({ file }) => `${file}.ts`)]);
  const files = await readdir(join(folder, "handlers"));
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !used.has(file))
    .sort()
    .map((file) => `handlers/${file}`);
};

const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
};
