import type { ResolvedField, ResolvedFunction, ResolvedService } from "@kitex-ts/thrift/idl";
import { packageNameOf } from "@kitex-ts/thrift/idl";
import { type Doc, group, hardline, indent, line } from "../doc/doc.ts";
import { assignmentDoc, blockDoc, callDoc, genericDoc, objectDoc, propertyDoc, signatureDoc } from "../doc/syntax.ts";
import { modeOf } from "../model/int64.ts";
import { methodNames } from "../names/method-name.ts";
import { placeOf } from "../names/place.ts";
import { freeName, isParameterName } from "../names/reserved.ts";
import { annotationsDoc } from "./annotations.ts";
import { methodCodecName } from "./codec-module.ts";
import { commentDoc } from "./comment.ts";
import { fieldTuplesDoc } from "./field-tuple.ts";
import { fieldTypeDoc } from "./field-type.ts";
import { isGenerated } from "./generated-methods.ts";
import { keyLiteral, textLiteral } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import { type Direction, typeArgumentDoc, typeDoc } from "./type.ts";

/** A service: what a server implements, what a client gets, and the description of the same name that carries both. */
export const serviceDocs = (scope: ModuleScope, service: ResolvedService): Doc => {
  const name = scope.name(service, "type");
  const client = scope.derivedName(service) ?? name;
  const base = service.extends;
  const names = methodNames(service);
  const nameOf = (method: ResolvedFunction): string => names.get(method) ?? method.name;
  const methods = service.functions.filter(isGenerated);
  for (const method of service.functions) if (!isGenerated(method)) warnOfStream(scope, method);
  const interfaceDoc = (side: Side, own: string, parent: string | undefined): Doc => [
    commentDoc(service),
    group(["export interface ", own, parent === undefined ? "" : indent([line, "extends ", parent])]),
    " ",
    blockDoc(methods.map((method) => methodDoc(scope, method, nameOf(method), side))),
    hardline,
  ];
  const description = [
    `serviceName: ${textLiteral(service.name)}`,
    `packageName: ${textLiteral(packageNameOf(scope.file))}`,
    ...(base === undefined ? [] : [`extends: () => ${scope.name(base, "value")}`]),
    propertyDoc(
      "methods",
      objectDoc(
        methods.map((method) =>
          propertyDoc(keyLiteral(nameOf(method)), definitionDoc(scope, method, methodCodecName(name, nameOf(method)))),
        ),
        true,
      ),
    ),
  ];
  const type = genericDoc(scope.runtime("ServiceInfo"), [name, client]);
  const call = callDoc(`/*@__PURE__*/ ${scope.runtime("serviceInfo")}`, [objectDoc(description, true)]);
  return [
    interfaceDoc("handler", name, base && scope.name(base, "type")),
    interfaceDoc("client", client, base && scope.derivedName(base)),
    commentDoc(service),
    assignmentDoc(`export const ${scope.name(service, "value")}`, type, call),
    ";",
  ];
};

type Side = "handler" | "client";

const warnOfStream = ({ generation }: ModuleScope, method: ResolvedFunction): void => {
  const message = `${method.service.name}.${method.name} is left out: streaming methods are not supported`;
  generation.warnings.push({ ...placeOf(method), message });
};

const methodDoc = (scope: ModuleScope, method: ResolvedFunction, name: string, side: Side): Doc => {
  const [given, taken]: readonly [Direction, Direction] = side === "client" ? ["input", "output"] : ["output", "input"];
  const names = parameterNames(method.arguments);
  const parameters = method.arguments.map((argument): Doc => {
    const type = typeDoc(scope, argument.type, given, modeOf(argument));
    return [`${names.get(argument) ?? argument.name}: `, type];
  });
  const isFree = (candidate: string): boolean => ![...names.values()].includes(candidate);
  const context = `${freeName("ctx", isFree)}: ${scope.runtime("Context")}`;
  const options = `...${freeName("options", isFree)}: ${scope.runtime("CallOption")}[]`;
  const result = method.returnType.kind === "void" ? "void" : typeArgumentDoc(scope, method.returnType, taken);
  const promise = genericDoc(scope.global("Promise"), [result]);
  const throws = method.throws.flatMap(({ type }) =>
    type.kind === "struct" ? [`@throws ${scope.name(type.struct, "value")}`] : [],
  );
  return [
    commentDoc(method, throws),
    name,
    side === "client"
      ? signatureDoc(parameters, options, promise)
      : signatureDoc([...parameters, context], undefined, promise),
    ";",
  ];
};

/** Argument names of the IDL, with a `_` where the language has the word for itself. */
const parameterNames = (fields: readonly ResolvedField[]): ReadonlyMap<ResolvedField, string> => {
  const names = new Map<ResolvedField, string>();
  const taken = new Set(fields.map(({ name }) => name).filter(isParameterName));
  for (const field of fields) {
    const name = isParameterName(field.name)
      ? field.name
      : freeName(field.name, (candidate) => isParameterName(candidate) && !taken.has(candidate));
    names.set(field, name);
    taken.add(name);
  }
  return names;
};

const definitionDoc = (scope: ModuleScope, method: ResolvedFunction, codecName: string): Doc => {
  const { returnType } = method;
  const annotations = annotationsDoc(method.annotations);
  const codecs = scope.codec(codecName);
  const result = returnType.kind === "void" ? '"void"' : fieldTypeDoc(scope, returnType, undefined);
  return objectDoc([
    `name: ${textLiteral(method.name)}`,
    propertyDoc("args", fieldTuplesDoc(scope, method.arguments, "member")),
    ["result: ", result],
    ...(method.throws.length === 0 ? [] : [propertyDoc("throws", fieldTuplesDoc(scope, method.throws, "alternative"))]),
    ...(method.oneway ? ["oneway: true"] : []),
    ...(annotations === undefined ? [] : [propertyDoc("annotations", annotations)]),
    ...(codecs === undefined ? [] : [`codecs: ${codecs}`]),
  ]);
};
