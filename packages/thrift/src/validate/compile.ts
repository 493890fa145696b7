import { emptyOf } from "../create.ts";
import type { FieldDescriptor, StructDescriptor } from "../descriptor.ts";
import type { FieldType } from "../field-type.ts";
import { isMap, isSet } from "../runtime/value.ts";
import { isPlainObject } from "../runtime/value-kind.ts";
import type { Findings } from "./findings.ts";
import { compileOperand, type FieldReaders, type ReadField, sameValue } from "./operand.ts";
import { Pattern } from "./pattern.ts";
import type { RuleOperand, ValidationRule } from "./rule.ts";
import { type Comparison, comparisons, testPattern } from "./rule-checks.ts";

/** Looks at one value. `owner` is the struct whose field it is in: operands may refer to others of its fields. */
type Check = (value: unknown, owner: unknown, findings: Findings) => void;

const structChecks = new WeakMap<StructDescriptor, Check>();

/** The check of a struct, put together when it is first asked for. */
export const structCheck = (descriptor: StructDescriptor): Check => {
  let check = structChecks.get(descriptor);
  if (check === undefined) {
    check = compileStruct(descriptor);
    structChecks.set(descriptor, check);
  }
  return check;
};

const compileStruct = (descriptor: StructDescriptor): Check => {
  const readers: FieldReaders = new Map(descriptor.fields.map((field) => [field.name, readerOf(descriptor, field)]));
  const checks = [
    ...descriptor.fields.flatMap((field) => compileField(descriptor, field, readers) ?? []),
    ...compileRules({ struct: descriptor.name, field: undefined, readers }, undefined, descriptor.rules, "vt."),
  ];
  return (value, _owner, findings) => {
    if (typeof value !== "object" || value === null) throw findings.unexpected("object", value);
    findings.descend();
    for (const check of checks) check(value, value, findings);
    findings.ascend();
  };
};

/** The value of a field, or what will be sent in its place when nobody has set it. */
const readerOf = (
  { kind }: StructDescriptor,
  { property, defaultValue, requiredness, type }: FieldDescriptor,
): ReadField => {
  if (kind === "union") {
    return (owner) => {
      const { case: name, value } = owner as { readonly case?: unknown; readonly value?: unknown };
      return name === property ? value : undefined;
    };
  }
  const isInherited = property in Object.prototype;
  return (owner) => {
    const given =
      isInherited && !Object.hasOwn(owner as object, property)
        ? undefined
        : (owner as Record<string, unknown>)[property];
    if (given !== undefined && given !== null) return given;
    if (typeof defaultValue === "function") return defaultValue();
    return defaultValue ?? (requiredness === "default" ? emptyOf(type) : undefined);
  };
};

/** Undefined when there is nothing to check. */
const compileField = (
  descriptor: StructDescriptor,
  field: FieldDescriptor,
  readers: FieldReaders,
): Check | undefined => {
  const place: Place = { struct: descriptor.name, field: field.name, readers };
  const checks = compileRules(place, field.type, field.rules, "vt.");
  if (typeof field.type === "function" && !hasRule(field.rules, "skip", true)) checks.push(nested(field.type));
  const isRequired = field.requiredness === "required" && descriptor.kind !== "union";
  const mustBe = hasRule(field.rules, "not_nil") ? "vt.not_nil" : isRequired ? "required" : undefined;
  if (checks.length === 0 && mustBe === undefined) return undefined;
  const read = readers.get(field.name) as ReadField;
  const part = `.${field.property}`;
  return (owner, _owner, findings) => {
    const value = read(owner);
    findings.enter(part);
    if (value !== undefined && value !== null) for (const check of checks) check(value, owner, findings);
    else if (mustBe !== undefined) {
      findings.add({ struct: place.struct, field: place.field, rule: mustBe, operands: [], value });
    }
    findings.leave();
  };
};

/** Thunks are called, and structs put together, when a value is there: structs may contain themselves. */
const nested =
  (type: () => StructDescriptor): Check =>
  (value, owner, findings) =>
    structCheck(type())(value, owner, findings);

const hasRule = (rules: readonly ValidationRule[], name: string, operand?: boolean): boolean =>
  rules.some((rule) => rule[0] === name && (operand === undefined || rule[1] === operand));

/** Whose rules they are. */
interface Place {
  readonly struct: string;
  readonly field: string | undefined;
  readonly readers: FieldReaders;
}

const compileRules = (
  place: Place,
  type: FieldType | undefined,
  rules: readonly ValidationRule[],
  prefix: string,
): Check[] => rules.flatMap((rule) => compileRule(place, type, rule, prefix) ?? []);

const compileRule = (
  place: Place,
  type: FieldType | undefined,
  rule: ValidationRule,
  prefix: string,
): Check | undefined => {
  const { struct, field } = place;
  const name = prefix + rule[0];
  /** Adds a violation of this rule unless `holds`. */
  const verdict =
    (operands: readonly RuleOperand[], holds: (value: unknown, owner: unknown) => boolean): Check =>
    (value, owner, findings) => {
      if (!holds(value, owner)) findings.add({ struct, field, rule: name, operands, value });
    };
  switch (rule[0]) {
    case "not_nil":
    case "skip":
      return undefined;
    case "elem":
      return compileElements(place, type, rule[1], `${name}.`);
    case "key":
    case "value":
      return compileEntries(place, type, rule[0], rule[1], `${name}.`);
    case "no_sparse":
      return verdict(
        [],
        (value) => ![...entriesOf(value, undefined)].some(([, each]) => each === undefined || each === null),
      );
    case "defined_only": {
      const [, ...numbers] = rule;
      const defined = new Set<unknown>(numbers);
      return verdict([], (value) => defined.has(value));
    }
    case "in":
    case "not_in": {
      const [, ...operands] = rule;
      const evaluate = operands.map((operand) => compileOperand(operand, place.readers));
      const wanted = rule[0] === "in";
      return verdict(operands, (value, owner) => evaluate.some((each) => sameValue(value, each(owner))) === wanted);
    }
    case "assert": {
      const evaluate = compileOperand(rule[1], place.readers);
      return verdict([rule[1]], (_value, owner) => evaluate(owner) !== false);
    }
    case "pattern":
      if (typeof rule[1] === "string") {
        const pattern = new Pattern(rule[1]);
        return verdict([rule[1]], (value) => testPattern(pattern, value));
      }
      return verdict([rule[1]], comparing(place, comparisons.pattern, rule[1]));
    default:
      return verdict([rule[1]], comparing(place, comparisons[rule[0]], rule[1]));
  }
};

/** Whether the rule holds; it does where a field that it refers to has no value. */
const comparing = (
  { readers }: Place,
  compare: Comparison,
  operand: RuleOperand,
): ((value: unknown, owner: unknown) => boolean) => {
  if (typeof operand !== "object") return (value) => compare(value, operand);
  const evaluate = compileOperand(operand, readers);
  return (value, owner) => {
    const wanted = evaluate(owner);
    return wanted === undefined || wanted === null || compare(value, wanted);
  };
};

/** The checks of a value within a container. Structs there are checked only where `vt.elem.skip = "false"` says so, as in Kitex. */
const compileInner = (place: Place, type: FieldType, rules: readonly ValidationRule[], prefix: string): Check[] => {
  const checks = compileRules(place, type, rules, prefix);
  if (typeof type === "function" && hasRule(rules, "skip", false)) checks.push(nested(type));
  return checks;
};

const compileElements = (
  place: Place,
  type: FieldType | undefined,
  rules: readonly ValidationRule[],
  prefix: string,
): Check => {
  const checks = Array.isArray(type) ? compileInner(place, type[1] as FieldType, rules, prefix) : [];
  return (value, owner, findings) => {
    // What can be gone through only once would be used up.
    if (!Array.isArray(value) && !isSet(value)) throw findings.unexpected("array or Set", value);
    let index = 0;
    for (const element of value as Iterable<unknown>) {
      if (findings.full) return;
      findings.enter(index++);
      for (const check of checks) check(element, owner, findings);
      findings.leave();
    }
  };
};

const compileEntries = (
  place: Place,
  type: FieldType | undefined,
  side: "key" | "value",
  rules: readonly ValidationRule[],
  prefix: string,
): Check => {
  const part = side === "key" ? 1 : 2;
  const checks = Array.isArray(type) ? compileInner(place, type[part] as FieldType, rules, prefix) : [];
  return (value, owner, findings) => {
    for (const [key, each] of entriesOf(value, findings)) {
      if (findings.full) return;
      findings.enter(side === "key" ? " key" : { key });
      for (const check of checks) check(side === "key" ? key : each, owner, findings);
      findings.leave();
    }
  };
};

const entriesOf = (value: unknown, findings: Findings | undefined): Iterable<[unknown, unknown]> => {
  if (isMap(value)) return value;
  if (isPlainObject(value)) return Object.entries(value);
  if (findings === undefined) return [];
  throw findings.unexpected("Map or plain object", value);
};
