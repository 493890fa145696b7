import { Pattern } from "../validate/pattern.ts";
import { PatternError } from "../validate/pattern-error.ts";
import type { RuleOperand, ValidationRule } from "../validate/rule.ts";
import type { Annotation, DeclarationNode } from "./ast.ts";
import { clip } from "./diagnostics.ts";
import type { EnumType, ResolvedField, ResolvedStruct, ResolvedType } from "./model.ts";
import { parseCall } from "./rule-call.ts";
import { type FieldsByName, OperandError, operandKind, readBool, readCall, readOperand } from "./rule-operands.ts";
import type { FileScope, Mutable } from "./scope.ts";
import { didYouMean } from "./suggestion.ts";
import { readingsOf } from "./value-references.ts";

/** A `vt.*` annotation, with the words of its key that are still to be looked at. */
interface Written {
  readonly annotation: Annotation;
  readonly words: readonly string[];
}

/**
 * Reads the `vt.*` annotations of a struct and its fields. All that can be wrong with them is found here, so that what validates values need not
 * expect any of it.
 */
export const resolveRules = (scope: FileScope, struct: Mutable<ResolvedStruct>): void => {
  const reader = new RuleReader(scope, new Map(struct.fields.map((field) => [field.name, field])));
  for (const field of struct.fields as readonly Mutable<ResolvedField>[]) {
    const rules = reader.read(field.type, rulesIn(field.annotations));
    if (rules.length > 0) field.rules = rules;
  }
  const rules = reader.readStruct(rulesIn(struct.annotations));
  if (rules.length > 0) struct.rules = rules;
};

/** Warns of rules that stand where nobody looks, which is worse than none. */
export const reportIgnoredRules = (
  scope: FileScope,
  { annotations }: Pick<DeclarationNode, "annotations">,
  what: string,
): void => {
  for (const { annotation } of rulesIn(annotations)) {
    const message = `\`${clip(annotation.key)}\` has no effect on ${what}`;
    scope.reporter.report("ignoredRule", annotation.span, message, "put it on the field of a struct");
  }
};

const rulesIn = (annotations: readonly Annotation[]): readonly Written[] =>
  annotations.flatMap((annotation) => {
    const [prefix, ...words] = annotation.key.split(".");
    return prefix === "vt" && words.length > 0 ? [{ annotation, words }] : [];
  });

const ordered = ["const", "lt", "le", "gt", "ge", "in", "not_in", "not_nil"] as const;
const sizes = ["min_size", "max_size"] as const;
const texts = ["const", "pattern", "prefix", "suffix", "contains", "not_contains", "in", "not_in", "not_nil"] as const;

/** The rules that a type has; those with further words behind them are told apart by what they are about. */
const rulesOf = (type: ResolvedType): readonly string[] => {
  switch (type.kind) {
    case "bool":
      return ["const", "not_nil"];
    case "string":
    case "binary":
      return [...texts, ...sizes, "min_rune_size", "max_rune_size"];
    case "enum":
      return ["const", "defined_only", "in", "not_in", "not_nil"];
    case "list":
    case "set":
      return [...sizes, "elem"];
    case "map":
      return [...sizes, "no_sparse", "key", "value"];
    case "struct":
      return ["skip", "not_nil"];
    default:
      return ordered;
  }
};

class RuleReader {
  readonly #scope: FileScope;
  readonly #fields: FieldsByName;

  constructor(scope: FileScope, fields: FieldsByName) {
    this.#scope = scope;
    this.#fields = fields;
  }

  readStruct(written: readonly Written[]): readonly ValidationRule[] {
    return written.flatMap(({ annotation, words }) => {
      if (words.join(".") !== "assert") return this.#unknown(annotation, words, ["assert"], "a struct");
      return this.#guard(annotation, (): ValidationRule | undefined => {
        const call = parseCall(annotation.value);
        if (call === undefined) throw new OperandError("an assertion is a call", "write `@equal($one, $other)`");
        const { operand, gives } = readCall(call, this.#fields);
        if (gives !== "bool")
          throw new OperandError(`\`@${call.name}\` gives no boolean`, "compare with `@equal(…, …)`");
        return typeof operand === "object" && "call" in operand ? ["assert", operand] : undefined;
      });
    });
  }

  /** In the order of Kitex: values of `in` are gathered where the first one stands, rules of elements come last. */
  read(type: ResolvedType, written: readonly Written[]): readonly ValidationRule[] {
    const rules: ValidationRule[] = [];
    const inner = new Map<"elem" | "key" | "value", Written[]>();
    const choices = new Map<string, RuleOperand[]>();
    const known = rulesOf(type);
    for (const { annotation, words } of written) {
      const [name = "", ...rest] = words;
      const isInner = name === "elem" || name === "key" || name === "value";
      if (!known.includes(name) || rest.length > 0 !== isInner) {
        this.#unknown(annotation, words, known, `type ${type.kind}`);
      } else if (isInner) {
        inner.set(name, [...(inner.get(name) ?? []), { annotation, words: rest }]);
      } else if (name === "in" || name === "not_in") {
        for (const operand of this.#guard(annotation, () => this.#operand(annotation.value, type))) {
          const operands = choices.get(name);
          if (operands !== undefined) operands.push(operand);
          else {
            const first = [operand];
            choices.set(name, first);
            // Keeps the place; those that follow are added below.
            rules.push([name, operand]);
          }
        }
      } else rules.push(...this.#guard(annotation, () => this.#rule(name, annotation.value, type)));
    }
    const gathered = rules.map(
      (rule): ValidationRule =>
        rule[0] === "in" || rule[0] === "not_in" ? [rule[0], ...(choices.get(rule[0]) ?? [])] : rule,
    );
    for (const [name, each] of inner) {
      const part =
        type.kind === "map"
          ? type[name === "key" ? "key" : "value"]
          : type.kind === "list" || type.kind === "set"
            ? type.element
            : undefined;
      if (part !== undefined) gathered.push([name, this.read(part, each)]);
    }
    return gathered;
  }

  /** One rule, or undefined when it asks for nothing. */
  #rule(name: string, text: string, type: ResolvedType): ValidationRule | undefined {
    switch (name) {
      case "not_nil":
      case "no_sparse":
        return this.#flag(text) ? [name] : undefined;
      case "skip":
        return [name, this.#flag(text)];
      case "defined_only": {
        if (!this.#flag(text) || type.kind !== "enum") return undefined;
        return [name, ...new Set(type.enum.values.map(({ value }) => value))];
      }
      case "min_size":
      case "max_size":
      case "min_rune_size":
      case "max_rune_size": {
        const size = readOperand(text, "int", this.#fields);
        if ((typeof size === "number" || typeof size === "bigint") && size < 0)
          throw new OperandError("a size is not negative");
        return [name, size];
      }
      case "pattern": {
        const operand = readOperand(text, "text", this.#fields);
        if (typeof operand === "string") new Pattern(operand);
        return [name, operand];
      }
      case "const":
      case "lt":
      case "le":
      case "gt":
      case "ge":
      case "prefix":
      case "suffix":
      case "contains":
      case "not_contains":
        return [name, this.#operand(text, type)];
      default:
        return undefined;
    }
  }

  #flag(text: string): boolean {
    const value = readBool(text);
    if (value === undefined) throw new OperandError(`\`${clip(text)}\` is no boolean`, 'write `"true"` or `"false"`');
    return value;
  }

  /** Something of the type itself. */
  #operand(text: string, type: ResolvedType): RuleOperand {
    if (type.kind === "enum" && !text.startsWith("$") && !text.startsWith("@")) return this.#enumNumber(text, type);
    const kind = operandKind(type);
    if (kind === "other") throw new OperandError(`a ${type.kind} cannot be compared`);
    const operand = readOperand(text, kind, this.#fields);
    const bits = integerBits[type.kind];
    if (bits !== undefined && (typeof operand === "number" || typeof operand === "bigint")) {
      const value = BigInt(operand);
      if (BigInt.asIntN(bits, value) !== value) throw new OperandError(`${operand} does not fit into ${type.kind}`);
    }
    return operand;
  }

  #enumNumber(text: string, type: EnumType): number {
    const [reading, ...others] = readingsOf(this.#scope, text);
    if (others.length > 0)
      throw new OperandError(`\`${clip(text)}\` may be read in several ways`, "rename one of them");
    const target = reading?.kind === "const" ? reading.definition.resolved?.value : reading;
    const found = target?.kind === "member" ? target.member.value : target?.kind === "enum" ? target.value : undefined;
    const itsEnum = target?.kind === "member" || target?.kind === "enum" ? target.enum : undefined;
    if (found === undefined || itsEnum !== type.enum) {
      const name = clip(type.enum.name);
      const example = type.enum.values[0]?.name ?? "NAME";
      throw new OperandError(
        `\`${clip(text)}\` is no value of enum \`${name}\``,
        `write it as \`${name}.${clip(example)}\`, with the prefix of its file if that is another`,
      );
    }
    return found;
  }

  #unknown(annotation: Annotation, words: readonly string[], known: readonly string[], what: string): [] {
    const [name = ""] = words;
    const isPart = name === "elem" || name === "key" || name === "value";
    const message = `\`${clip(annotation.key)}\` is no rule for ${what}`;
    const hint = (): string => {
      if (known.includes(name)) return isPart ? `write \`${clip(annotation.key)}.<rule>\`` : `write \`vt.${name}\``;
      return didYouMean(name, known) ?? `there are ${known.join(", ")}`;
    };
    this.#scope.reporter.report("unknownRule", annotation.span, message, hint);
    return [];
  }

  /** What `read` gives, or nothing after what is wrong has been reported. */
  #guard<T>({ key, span }: Annotation, read: () => T | undefined): readonly T[] {
    try {
      const value = read();
      return value === undefined ? [] : [value];
    } catch (error) {
      if (error instanceof PatternError) {
        const hint = "patterns are those of RE2, as in Go";
        this.#scope.reporter.report("badPattern", span, `\`${clip(key)}\`: ${clip(error.message, 200)}`, hint);
      } else if (error instanceof OperandError) {
        this.#scope.reporter.report("badRuleOperand", span, `\`${clip(key)}\`: ${error.message}`, error.hint);
      } else throw error;
      return [];
    }
  }
}

const integerBits: Readonly<Record<string, number | undefined>> = { i8: 8, i16: 16, i32: 32, i64: 64 };
