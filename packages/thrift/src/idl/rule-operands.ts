import type { RuleFunction, RuleOperand } from "../validate/rule.ts";
import { formatArity } from "../validate/sprintf.ts";
import { clip } from "./diagnostics.ts";
import type { ResolvedField, ResolvedType } from "./model.ts";
import { type CallArgument, type CallNode, parseCall } from "./rule-call.ts";
import { didYouMean } from "./suggestion.ts";

/** What a rule compares with, as far as that decides what may be written. */
export type OperandKind = "bool" | "int" | "double" | "text";

/** An operand that cannot be used, and why. */
export class OperandError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The fields that `$name` may mean. */
export type FieldsByName = ReadonlyMap<string, ResolvedField>;

/** Integers with the prefixes and underscores of Go's `ParseInt(…, 0, 64)`, where a leading zero means octal. */
const readInteger = (text: string): bigint | undefined => {
  const [, sign, digits = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  const plain = digits.replace(/(?<=[\dA-Fa-fxXoObB])_(?=[\dA-Fa-f])/g, "");
  const isNumber = /^(?:0[xX][\dA-Fa-f]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9]\d*)$/.test(plain) && plain.length <= 80;
  if (!isNumber) return undefined;
  const value = BigInt(/^0\d/.test(plain) ? `0o${plain.slice(1)}` : plain);
  return sign === "-" ? -value : value;
};

const readDouble = (text: string): number | undefined =>
  /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;

/** Go's `ParseBool`. */
export const readBool = (text: string): boolean | undefined => {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  return ["0", "f", "F", "false", "FALSE", "False"].includes(text) ? false : undefined;
};

/** A number as operands hold it: as bigint only where a number would not be exact. */
const compact = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

/** An operand of a rule of that kind. @throws OperandError */
export const readOperand = (text: string, kind: OperandKind, fields: FieldsByName): RuleOperand => {
  if (text.startsWith("$")) return checkedKind(fieldReference(text.slice(1), fields), kind);
  const call = text.startsWith("@") ? parseCall(text) : undefined;
  if (call !== undefined) return checkedKind(readCall(call, fields), kind);
  const value = literalReaders[kind](text);
  if (value === undefined) {
    throw new OperandError(
      `\`${clip(text)}\` is no ${kindNames[kind]}`,
      `write ${examples[kind]}, \`$field\` or \`@function(…)\``,
    );
  }
  return value;
};

const literalReaders: Readonly<Record<OperandKind, (text: string) => RuleOperand | undefined>> = {
  bool: readBool,
  int: (text) => {
    const value = readInteger(text);
    return value === undefined ? undefined : compact(value);
  },
  double: readDouble,
  text: (text) => text,
};

const kindNames: Readonly<Record<OperandKind, string>> = {
  bool: "boolean",
  int: "integer",
  double: "number",
  text: "text",
};

const examples: Readonly<Record<OperandKind, string>> = {
  bool: '`"true"` or `"false"`',
  int: 'digits, such as `"10"`',
  double: 'a number, such as `"0.5"`',
  text: "a text",
};

/** An operand with the kind of what it gives. */
interface Typed {
  readonly operand: RuleOperand;
  readonly gives: OperandKind | "other";
  readonly name: string;
}

const checkedKind = ({ operand, gives, name }: Typed, wanted: OperandKind): RuleOperand => {
  const isFit =
    gives === wanted || (wanted === "double" && gives === "int") || (wanted === "int" && gives === "double");
  if (!isFit) throw new OperandError(`\`${clip(name)}\` gives no ${kindNames[wanted]}`);
  return operand;
};

/** The operand kind of a field of that type; `other` for containers and structs, of which only the length can be used. */
export const operandKind = ({ kind }: ResolvedType): OperandKind | "other" => {
  switch (kind) {
    case "bool":
    case "double":
      return kind;
    case "i8":
    case "i16":
    case "i32":
    case "i64":
    case "enum":
      return "int";
    case "string":
    case "binary":
      return "text";
    default:
      return "other";
  }
};

const fieldReference = (name: string, fields: FieldsByName): Typed => {
  const field = fields.get(name);
  if (field === undefined) {
    throw new OperandError(`there is no field \`${clip(name)}\` in this struct`, didYouMean(name, fields.keys()));
  }
  return { operand: { field: name }, gives: operandKind(field.type), name: `$${name}` };
};

interface Signature {
  readonly arity: number;
  readonly gives: OperandKind;
  /** Undefined when any kind will do. */
  readonly takes: readonly (OperandKind | "other")[] | undefined;
}

const signatures: Readonly<Record<RuleFunction, Signature>> = {
  add: { arity: 2, gives: "double", takes: ["int", "double"] },
  equal: { arity: 2, gives: "bool", takes: ["bool", "int", "double", "text"] },
  len: { arity: 1, gives: "int", takes: ["text", "other"] },
  mod: { arity: 2, gives: "double", takes: ["int", "double"] },
  now_unix_nano: { arity: 0, gives: "int", takes: [] },
  sprintf: { arity: Infinity, gives: "text", takes: ["bool", "int", "double", "text"] },
};

const isFunction = (name: string): name is RuleFunction => Object.hasOwn(signatures, name);

/** A call with everything in it looked up. @throws OperandError */
export const readCall = ({ name, args: nodes }: CallNode, fields: FieldsByName): Typed => {
  if (!isFunction(name)) {
    const known = Object.keys(signatures);
    throw new OperandError(
      `unknown function \`@${clip(name)}\``,
      didYouMean(name, known) ?? `there are ${known.join(", ")}`,
    );
  }
  const { arity, gives, takes } = signatures[name];
  const args = nodes.map((node) => readArgument(node, fields));
  const misfit = args.find((arg) => takes !== undefined && !takes.includes(arg.gives));
  if (misfit !== undefined) throw new OperandError(`\`@${name}\` cannot take \`${clip(misfit.name)}\``);
  if (name === "sprintf") checkFormat(args);
  else if (args.length !== arity) {
    throw new OperandError(`\`@${name}\` takes ${arity} argument${arity === 1 ? "" : "s"}, not ${args.length}`);
  }
  return { operand: { call: name, args: args.map(({ operand }) => operand) }, gives, name: `@${name}` };
};

const readArgument = (node: CallArgument, fields: FieldsByName): Typed => {
  switch (node.kind) {
    case "field":
      return fieldReference(node.name, fields);
    case "call":
      return readCall(node.call, fields);
    case "text":
      return { operand: node.value, gives: "text", name: JSON.stringify(node.value) };
    case "number":
      return readNumber(node.text);
  }
};

const readNumber = (text: string): Typed => {
  const integer = readInteger(text);
  if (integer !== undefined) return { operand: compact(integer), gives: "int", name: text };
  const double = readDouble(text);
  if (double === undefined) throw new OperandError(`\`${clip(text)}\` is no number`);
  return { operand: double, gives: "double", name: text };
};

const checkFormat = ([format, ...values]: readonly Typed[]): void => {
  if (typeof format?.operand !== "string") throw new OperandError("`@sprintf` begins with a format in quotes");
  const arity = formatArity(format.operand);
  if (arity === undefined)
    throw new OperandError("the format has a verb that is not known here", "there are %v %d %s %q %x %f %e %g %t %b");
  if (arity !== values.length) throw new OperandError(`the format takes ${arity} values, not ${values.length}`);
};
