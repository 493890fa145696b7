import type { ResolvedFunction, ResolvedProgram, ResolvedService } from "@kitex-ts/thrift/idl";
import { CodegenError } from "../errors.ts";
import { methodNames } from "../names/method-name.ts";
import { freeName, isDeclarable } from "../names/reserved.ts";
import { resolveOptions } from "../options.ts";
import { isGenerated } from "../print/generated-methods.ts";
import { Generation } from "../print/generation.ts";

/** A method for which there is a handler. */
export interface OutlineMethod {
  readonly method: ResolvedFunction;
  /** On the client and the handler. */
  readonly property: string;
  /** The variable in the handler's file. */
  readonly variable: string;
  /** The handler's file in `handlers/`, without extension. */
  readonly file: string;
}

/** What the templates have to know about the service. */
export interface Outline {
  readonly service: ResolvedService;
  /** What generated code calls it. */
  readonly serviceName: string;
  /** The generated module, relative to the project. */
  readonly module: string;
  readonly methods: readonly OutlineMethod[];
  /** Path of the IDL, relative to the project. */
  readonly idl: string;
  readonly includeDirs: readonly string[];
}

/** Where a project keeps generated code. */
export const genFolder = "kitex_gen";

/** The services of the IDL itself, not those of what it includes. @throws CodegenError `idl` when there is none, or none of that name */
export const serviceOf = (program: ResolvedProgram, name: string | undefined): ResolvedService => {
  const { services } = program.entry;
  // As in Kitex, the last one is meant.
  const service = name === undefined ? services.at(-1) : services.find((each) => each.name === name);
  if (service !== undefined) return service;
  const names = services.map((each) => each.name).join(", ");
  throw new CodegenError(
    "idl",
    names === ""
      ? `${program.entry.path} declares no service; add one, or start from an IDL that does`
      : `${program.entry.path} declares no service ${name ?? ""}; it declares ${names}`,
  );
};

export const outlineOf = (service: ResolvedService, idl: string, includeDirs: readonly string[]): Outline => {
  const generation = new Generation(resolveOptions({}));
  const serviceName = generation.exportsOf(service.file).own.get(service) ?? service.name;
  const taken = new Set([serviceName, "handlers"]);
  const files = new Set(["index"]);
  const names = methodNames(service);
  const methods = service.allFunctions.filter(isGenerated).map((method): OutlineMethod => {
    const property = names.get(method) ?? method.name;
    const variable = freeName(property, (name) => isDeclarable(name) && !taken.has(name));
    const file = freeName(property, (name) => !files.has(name.toLowerCase()));
    taken.add(variable);
    files.add(file.toLowerCase());
    return { method, property, variable, file };
  });
  const module = `${genFolder}/${generation.pathOf(service.file)}`;
  return { service, serviceName, module, methods, idl, includeDirs };
};
