import type { ResolvedField } from "@kitex-ts/thrift/idl";
import type { Doc } from "../doc/doc.ts";
import { arrayDoc, thunkDoc } from "../doc/syntax.ts";
import { modeOf } from "../model/int64.ts";
import { placeOf } from "../names/place.ts";
import { annotationsDoc } from "./annotations.ts";
import { fieldTypeDoc } from "./field-type.ts";
import { textLiteral } from "./literal.ts";
import type { ModuleScope } from "./module-scope.ts";
import { rulesDoc } from "./rules.ts";
import { valueDoc } from "./value.ts";

const requirednessCodes = { default: "0", required: "1", optional: "2" } as const;

/** A field as descriptors spell it: `[1, "name", "string", 2]`. Parts at the end that say nothing are left out. */
const fieldTupleDoc = (scope: ModuleScope, field: ResolvedField, kind: "member" | "alternative"): Doc => {
  const requiredness = kind === "member" ? requirednessCodes[field.requiredness] : "0";
  const tail: Doc[] = [
    requiredness,
    defaultDoc(scope, field) ?? "undefined",
    annotationsDoc(field.annotations) ?? "undefined",
    rulesDoc(field.rules) ?? "undefined",
  ];
  while (tail.at(-1) === "undefined") tail.pop();
  if (tail.length === 1 && requiredness === "0") tail.pop();
  return arrayDoc([String(field.id), textLiteral(field.name), fieldTypeDoc(scope, field.type, modeOf(field)), ...tail]);
};

/** Scalars as they are, everything else made anew for each use. Enums as numbers: their objects may come further down. */
const defaultDoc = (scope: ModuleScope, field: ResolvedField): Doc | undefined => {
  const value = field.defaultValue;
  if (value === undefined) return undefined;
  if (value.kind === "enum") return String(value.value);
  const doc = valueDoc(
    { scope, form: "given", direction: "input", place: placeOf(field) },
    value,
    field.type,
    modeOf(field),
  );
  const isScalar = !["binary", "list", "set", "map", "struct"].includes(value.kind);
  return isScalar ? doc : thunkDoc(doc, value.kind === "struct");
};

/** The fields of a struct, or the arguments of a method. */
export const fieldTuplesDoc = (
  scope: ModuleScope,
  fields: readonly ResolvedField[],
  kind: "member" | "alternative",
): Doc =>
  arrayDoc(
    fields.map((field) => fieldTupleDoc(scope, field, kind)),
    true,
  );
