/** Another field of the same struct, by its name in the IDL: `$name`. */
export interface FieldReference {
  readonly field: string;
}

/** What annotations can call: `@len($name)`. */
export type RuleFunction = "add" | "equal" | "len" | "mod" | "now_unix_nano" | "sprintf";

export interface FunctionCall {
  readonly call: RuleFunction;
  readonly args: readonly RuleOperand[];
}

/** What a value is compared with. */
export type RuleOperand = boolean | number | bigint | string | FieldReference | FunctionCall;

/** Rules with one operand. */
export type ComparingRule =
  | "const"
  | "contains"
  | "ge"
  | "gt"
  | "le"
  | "lt"
  | "max_rune_size"
  | "max_size"
  | "min_rune_size"
  | "min_size"
  | "not_contains"
  | "pattern"
  | "prefix"
  | "suffix";

/**
 * A `vt.*` annotation as descriptors spell it: checked, with numbers read and names of enum values looked up. `vt.elem.gt = "0"` becomes
 * `["elem", [["gt", 0]]]`. Kitex: thrift-gen-validator.
 */
export type ValidationRule =
  | readonly [name: ComparingRule, operand: RuleOperand]
  | readonly [name: "in" | "not_in", ...operands: RuleOperand[]]
  /** With the numbers that are defined. */
  | readonly [name: "defined_only", ...numbers: number[]]
  | readonly [name: "no_sparse" | "not_nil"]
  /** Of a struct: is its own validation left out? By default it is where a container is around it, and only there. */
  | readonly [name: "skip", isSkipped: boolean]
  | readonly [name: "elem" | "key" | "value", rules: readonly ValidationRule[]]
  /** Of a struct as a whole. */
  | readonly [name: "assert", condition: FunctionCall];
