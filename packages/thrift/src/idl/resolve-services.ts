import type { FunctionNode, ServiceNode } from "./ast.ts";
import { dependencyOrder } from "./dependency-order.ts";
import { clip } from "./diagnostics.ts";
import type { IdlLimits } from "./limits.ts";
import type { ResolvedFunction, ResolvedService, ResolvedType, StreamingMode, VoidType } from "./model.ts";
import { declarationOf, type OpenField, resolveFields } from "./resolve-members.ts";
import { shortChain, type TypeResolver } from "./resolve-types.ts";
import { type DefinitionOf, type FileScope, lookUp, type Mutable, suggest } from "./scope.ts";

type Service = DefinitionOf<"service">;

const voidType: VoidType = Object.freeze({ kind: "void" });

/** Resolves all services of a program, base services first. Returns their arguments, whose defaults are still open. */
export const resolveServices = (
  scopes: readonly FileScope[],
  types: TypeResolver,
  limits: IdlLimits,
): [FileScope, OpenField[]][] => {
  const all = scopes.flatMap((scope) =>
    [...scope.definitions.values()].filter((definition) => definition.kind === "service"),
  );
  const open: [FileScope, OpenField[]][] = [];
  const bases = new Map<Service, Service>();
  for (const definition of all) {
    const base = baseOf(definition);
    if (base !== undefined) bases.set(definition, base);
  }
  const basesOf = (definition: Service): Service[] => {
    const base = bases.get(definition);
    return base === undefined ? [] : [base];
  };
  const order = dependencyOrder(all, basesOf, (chain) => {
    const [first] = chain;
    if (first === undefined) return;
    const names = shortChain(chain.map((definition) => definition.node.name.text));
    const span = first.node.extends?.span ?? first.node.name.span;
    first.scope.reporter.report("cyclicExtends", span, `the service extends itself: ${names}`, "remove one `extends`");
  });
  const ancestors = new Map<ResolvedService, number>();
  for (const definition of order) {
    const base = bases.get(definition)?.resolved;
    const { node, scope } = definition;
    // A base in error has been reported; functions are still checked.
    const depth = base === undefined ? 0 : (ancestors.get(base) ?? 0) + 1;
    if (depth > limits.maxAncestors) {
      const message = `the service has more than ${limits.maxAncestors} ancestors`;
      scope.reporter.report("tooManyAncestors", node.name.span, message, "raise `maxAncestors` if this is meant");
      continue;
    }
    const service = resolveService(scope, node, base, types, open);
    definition.resolved = service;
    ancestors.set(service, depth);
  }
  for (const scope of scopes) {
    scope.file.services = [...scope.definitions.values()].flatMap((definition) =>
      definition.kind === "service" && definition.resolved !== undefined ? [definition.resolved] : [],
    );
  }
  return open;
};

const baseOf = (definition: Service): Service | undefined => {
  const { scope, node } = definition;
  if (node.extends === undefined) return undefined;
  const { text, span } = node.extends;
  const lookup = lookUp(scope, text);
  const services = lookup.found.filter((definition) => definition.kind === "service");
  const [base] = services;
  if (services.length > 1) {
    const message = `\`${clip(text)}\` is defined by several included files with that prefix`;
    scope.reporter.report("ambiguousReference", span, message, "rename one of the files");
    return undefined;
  }
  if (base !== undefined) return base;
  const [other] = lookup.found;
  const message =
    other === undefined
      ? `undefined service \`${clip(text)}\``
      : `\`${clip(text)}\` is a ${other.node.kind}, not a service`;
  scope.reporter.report("undefinedService", span, message, () =>
    suggest(scope, lookup, (other) => other.kind === "service" && other !== definition),
  );
  return undefined;
};

const resolveService = (
  scope: FileScope,
  node: ServiceNode,
  base: ResolvedService | undefined,
  types: TypeResolver,
  open: [FileScope, OpenField[]][],
): ResolvedService => {
  const service: Mutable<ResolvedService> = {
    kind: "service",
    file: scope.file,
    ...declarationOf(scope, node),
    ...(base === undefined ? {} : { extends: base }),
    functions: [],
    allFunctions: [],
  };
  const inherited = new Map((base?.allFunctions ?? []).map((each) => [each.name, each]));
  const own = new Map<string, FunctionNode>();
  const functions: ResolvedFunction[] = [];
  for (const each of node.functions) {
    checkFunctionName(scope, each, own, inherited);
    own.set(each.name.text, each);
    const resolved = resolveFunction(scope, each, service, types, open);
    if (resolved !== undefined) functions.push(resolved);
  }
  service.functions = functions;
  service.allFunctions = base === undefined ? functions : [...base.allFunctions, ...functions];
  return service;
};

const checkFunctionName = (
  scope: FileScope,
  { name: { text, span } }: FunctionNode,
  own: ReadonlyMap<string, FunctionNode>,
  inherited: ReadonlyMap<string, ResolvedFunction>,
): void => {
  const shown = `\`${clip(text)}\``;
  const earlier = own.get(text);
  const ancestor = inherited.get(text)?.service;
  if (earlier !== undefined) {
    const message = `the service already has a function ${shown} at line ${earlier.name.span.line}`;
    scope.reporter.report("duplicateFunction", span, message, "rename one of them");
  } else if (ancestor !== undefined) {
    const message = `${shown} is already a function of the extended service \`${clip(ancestor.name)}\``;
    scope.reporter.report("inheritedFunction", span, message, "rename it; functions cannot be redefined");
  }
  if (text.startsWith("_")) {
    const message = `Kitex's generator leaves out functions whose name begins with an underscore, as ${shown} does`;
    scope.reporter.report("reservedFunctionName", span, message, "rename it");
  }
};

const resolveFunction = (
  scope: FileScope,
  node: FunctionNode,
  service: ResolvedService,
  types: TypeResolver,
  open: [FileScope, OpenField[]][],
): ResolvedFunction | undefined => {
  const args = resolveFields(scope, node.arguments, "arguments", types);
  const throws = resolveFields(scope, node.throws, "throws", types);
  open.push([scope, args], [scope, throws]);
  const returnType = node.returnType.kind === "void" ? voidType : types.resolve(scope, node.returnType);
  checkOneway(scope, node);
  checkResultId(scope, node);
  if (returnType === undefined) return undefined;
  checkReturnType(scope, node, returnType);
  const streaming = streamingOf(scope, node, returnType, args);
  return {
    ...declarationOf(scope, node),
    oneway: node.oneway,
    returnType,
    arguments: args.map(({ field }) => field),
    throws: throws.map(({ field }) => field),
    ...(streaming === undefined ? {} : { streaming }),
    service,
  };
};

const checkOneway = (scope: FileScope, node: FunctionNode): void => {
  if (!node.oneway) return;
  const name = `\`${clip(node.name.text)}\``;
  if (node.returnType.kind !== "void") {
    scope.reporter.report(
      "onewayResult",
      node.returnType.span,
      `${name} is oneway and cannot return anything`,
      "return `void`",
    );
  }
  const [first] = node.throws;
  if (first !== undefined) {
    const hint = "remove `throws`, or remove `oneway`";
    scope.reporter.report(
      "onewayThrows",
      first.span,
      `${name} is oneway and cannot throw; nobody would receive it`,
      hint,
    );
  }
};

/** Field 0 of a reply is the result itself. */
const checkResultId = (scope: FileScope, node: FunctionNode): void => {
  if (node.returnType.kind === "void") return;
  const clash = node.throws.find((each) => each.id?.value === 0n);
  if (clash === undefined) return;
  const message = "the id 0 of an exception is taken by the result of the function";
  scope.reporter.report("duplicateFieldId", clash.id?.span ?? clash.span, message, "use an id from 1 on");
};

const checkReturnType = (scope: FileScope, node: FunctionNode, type: ResolvedType | VoidType): void => {
  if (type.kind !== "struct" || type.struct.kind !== "exception") return;
  const hint = "list it in `throws`, or declare it as a struct";
  scope.reporter.report("exceptionAsType", node.returnType.span, "an exception is returned as an ordinary value", hint);
};

const streamingModes: ReadonlyMap<string, StreamingMode> = new Map([
  ["bidirectional", "bidirectional"],
  ["client", "client"],
  ["server", "server"],
  ["unary", "unary"],
]);

const streamingOf = (
  scope: FileScope,
  node: FunctionNode,
  returnType: ResolvedType | VoidType,
  args: readonly OpenField[],
): StreamingMode | undefined => {
  const { reporter } = scope;
  const [annotation, second] = node.annotations.filter(({ key }) => key === "streaming.mode");
  if (annotation === undefined) return undefined;
  if (second !== undefined) {
    reporter.report("badStreamingMode", second.span, "`streaming.mode` is given twice", "keep one of them");
    return undefined;
  }
  const mode = streamingModes.get(annotation.value);
  if (mode === undefined) {
    const hint = `use one of ${[...streamingModes.keys()].map((each) => `"${each}"`).join(", ")}`;
    reporter.report("badStreamingMode", annotation.span, `unknown streaming mode \`${clip(annotation.value)}\``, hint);
    return undefined;
  }
  const shape = (message: string, hint: string): void =>
    reporter.report(
      "streamingShape",
      node.name.span,
      `the streaming function \`${clip(node.name.text)}\` ${message}`,
      hint,
    );
  if (node.arguments.length !== 1) shape("must have exactly one argument", "put several values into a struct");
  if (node.oneway) shape("cannot be oneway", "remove `oneway`");
  if (mode === "unary") return mode;
  if (args[0] !== undefined && args[0].field.type.kind !== "struct")
    shape("must take a struct", "wrap the argument in a struct");
  if (returnType.kind !== "struct") shape("must return a struct", "wrap the result in a struct");
  if (node.throws.length > 0) shape("cannot declare exceptions", "remove `throws`; streams end with a status instead");
  return mode;
};
