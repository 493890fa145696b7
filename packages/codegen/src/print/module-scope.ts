import type { ResolvedFile } from "@kitex-ts/thrift/idl";
import type { Declaration } from "../names/module-exports.ts";
import { moduleSpecifier } from "../names/output-path.ts";
import { freeName } from "../names/reserved.ts";
import type { ResolvedOptions } from "../options.ts";
import { codecPath } from "./codec-module.ts";
import type { Generation } from "./generation.ts";
import type { ImportedName } from "./imports.ts";

/** What the runtime gives generated code; types are imported as such. */
const runtimeNames = {
  CallOption: "type",
  Context: "type",
  ExceptionClass: "type",
  exceptionClass: "value",
  OpenEnum: "type",
  ServiceInfo: "type",
  StructDescriptor: "type",
  serviceInfo: "value",
  structDescriptor: "value",
  ThriftException: "type",
  unionDescriptor: "value",
} as const;

/** Globals that generated code uses. */
const globals = [
  "Iterable",
  "Map",
  "Number",
  "Promise",
  "Readonly",
  "ReadonlyMap",
  "ReadonlySet",
  "Record",
  "Set",
  "Uint8Array",
] as const;

/** Turns what a module mentions into names, and remembers what has to be imported for them. */
export class ModuleScope {
  readonly generation: Generation;
  readonly file: ResolvedFile;
  readonly #path: string;
  readonly #exported: ReadonlySet<string>;
  readonly #taken: Set<string>;
  /** What the module of codecs is called here. */
  readonly #codecsName: string;
  #circle: ReadonlySet<ResolvedFile> | undefined = undefined;
  /** By module, by exported name. */
  #codecs: { readonly module: string; readonly local: string } | undefined = undefined;
  readonly #imports = new Map<string, Map<string, ImportedName>>();

  constructor(generation: Generation, file: ResolvedFile) {
    this.generation = generation;
    this.file = file;
    this.#path = generation.pathOf(file);
    this.#exported = generation.exportsOf(file).all;
    this.#codecsName = freeName("codecs", (candidate) => !this.#exported.has(candidate));
    this.#taken = new Set([this.#codecsName, ...this.#exported, ...Object.keys(runtimeNames), ...globals]);
  }

  get options(): ResolvedOptions {
    return this.generation.options;
  }

  /** Is `file` part of a circle of includes with this one? Which of both modules is evaluated first then depends on who imports them. */
  isInCircle(file: ResolvedFile): boolean {
    this.#circle ??= includersOf(this.file);
    return file !== this.file && this.#circle.has(file);
  }

  /** A codec that was printed ahead of time, by its name in that module; undefined when code is made at load. */
  codec(name: string): string | undefined {
    if (this.options.codec !== "aot") return undefined;
    const local = this.#codecsName;
    const module = moduleSpecifier(this.#path, codecPath(this.#path), this.options.importExtension);
    this.#codecs = { module, local };
    return `${local}.${name}`;
  }

  /** The module of codecs and what it is called here; undefined when none was mentioned. */
  get codecs(): { readonly module: string; readonly local: string } | undefined {
    return this.#codecs;
  }

  get imports(): ReadonlyMap<string, ReadonlyMap<string, ImportedName>> {
    return this.#imports;
  }

  /** A definition as it is called here. */
  name(declaration: Declaration, use: "type" | "value"): string {
    const { own } = this.generation.exportsOf(declaration.file);
    return this.#refer(declaration.file, own.get(declaration) ?? declaration.name, use);
  }

  /** `XInit` or `XClient` of a definition; undefined where there is none. */
  derivedName(declaration: Declaration): string | undefined {
    const name = this.generation.exportsOf(declaration.file).derived.get(declaration);
    return name === undefined ? undefined : this.#refer(declaration.file, name, "type");
  }

  /** Something that the runtime exports. */
  runtime(name: keyof typeof runtimeNames): string {
    const local = this.#exported.has(name) ? freeName(name, (candidate) => !this.#taken.has(candidate)) : name;
    return this.#import(this.options.runtime, name, () => local, runtimeNames[name]);
  }

  /** A global, even where the IDL has something of the same name. */
  global(name: (typeof globals)[number]): string {
    return this.#exported.has(name) ? `globalThis.${name}` : name;
  }

  #refer(file: ResolvedFile, name: string, use: "type" | "value"): string {
    if (file === this.file) return name;
    const { importExtension } = this.options;
    const module = moduleSpecifier(this.#path, this.generation.pathOf(file), importExtension);
    const local = (): string => {
      const prefixed = `${file.name.replace(/\W/g, "_")}_${name}`;
      const isFree = (candidate: string): boolean => !this.#taken.has(candidate);
      return isFree(name) ? name : freeName(/^\d/.test(prefixed) ? `_${prefixed}` : prefixed, isFree);
    };
    return this.#import(module, name, local, use);
  }

  #import(module: string, name: string, local: () => string, use: "type" | "value"): string {
    const names = this.#imports.get(module) ?? new Map<string, ImportedName>();
    this.#imports.set(module, names);
    const known = names.get(name);
    const entry: ImportedName = {
      name,
      local: known?.local ?? local(),
      isType: (known?.isType ?? true) && use === "type",
    };
    names.set(name, entry);
    this.#taken.add(entry.local);
    return entry.local;
  }
}

/** The files below `file` that include it in turn, directly or not. */
const includersOf = (file: ResolvedFile): ReadonlySet<ResolvedFile> => {
  const below = new Set([file]);
  for (const each of below) for (const include of each.includes) below.add(include.file);
  const found = new Set([file]);
  for (const target of found) {
    for (const each of below) if (each.includes.some((include) => include.file === target)) found.add(each);
  }
  return found;
};
