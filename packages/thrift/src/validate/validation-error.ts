import { RPCError } from "@kitex-ts/core";
import { describeValue } from "../runtime/value-kind.ts";
import { sizeOf } from "./operand.ts";
import type { RuleOperand } from "./rule.ts";

/** A rule of the IDL that a value breaks. */
export interface Violation {
  /** Where in the value: `CreateUser.tags[3].name`. */
  readonly path: string;
  /** The struct, union or exception whose annotations hold the rule. */
  readonly struct: string;
  /** Its field, as in the IDL; undefined for rules of the struct as a whole. */
  readonly field: string | undefined;
  /** As in the IDL: `vt.elem.gt`. */
  readonly rule: string;
  /** What the rule asks for. Several for `in` and `not_in`, none for `not_nil`. */
  readonly operands: readonly RuleOperand[];
  /** What breaks it. May be a secret: it is not part of the message unless it is a number, a boolean or nothing. */
  readonly value: unknown;
}

/** A value breaks rules that the IDL annotates with `vt.*`. Kitex: the error of `IsValid()`. */
export class ValidationError extends RPCError {
  /** In the order of the fields; at least one, at most {@link MOST_VIOLATIONS}. */
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super("payload_validation", violations.map(describeViolation).join("; "));
    this.violations = violations;
  }

  override get name(): string {
    return "ValidationError";
  }
}

/** Looking for more helps nobody, and a hostile list could hold millions. */
export const MOST_VIOLATIONS = 16;

const describeViolation = ({ path, rule, operands, value }: Violation): string => {
  const isNumber = typeof value === "number" || typeof value === "bigint";
  const size = rule.endsWith("_size") ? ` of size ${sizeOf(value)}` : "";
  const shown = isNumber ? String(value) : describeValue(value) + size;
  const wanted = operands.length === 0 ? "" : ` = ${operands.map(describeOperand).join(", ")}`;
  return `${path}: ${shown} breaks ${rule}${wanted}`;
};

const describeOperand = (operand: RuleOperand): string => {
  if (typeof operand === "string") return JSON.stringify(operand);
  if (typeof operand !== "object") return String(operand);
  if ("field" in operand) return `$${operand.field}`;
  return `@${operand.call}(${operand.args.map(describeOperand).join(", ")})`;
};
