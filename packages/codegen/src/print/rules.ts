import type { RuleOperand, ValidationRule } from "@kitex-ts/thrift";
import type { Doc } from "../doc/doc.ts";
import { arrayDoc, objectDoc, propertyDoc } from "../doc/syntax.ts";
import { textLiteral } from "./literal.ts";

/** The rules of `vt.*` annotations, as descriptors spell them; undefined when there are none. */
export const rulesDoc = (rules: readonly ValidationRule[] | undefined): Doc | undefined => {
  if (rules === undefined || rules.length === 0) return undefined;
  return arrayDoc(
    rules.map(ruleDoc),
    rules.every((rule) => rule.length > 1),
  );
};

const ruleDoc = (rule: ValidationRule): Doc => {
  const [name, ...rest] = rule;
  if (rule[0] === "elem" || rule[0] === "key" || rule[0] === "value") {
    return arrayDoc([textLiteral(name), rulesDoc(rule[1]) ?? "[]"]);
  }
  return arrayDoc([textLiteral(name), ...(rest as readonly RuleOperand[]).map(operandDoc)]);
};

const operandDoc = (operand: RuleOperand): Doc => {
  if (typeof operand === "string") return textLiteral(operand);
  if (typeof operand === "bigint") return `${operand}n`;
  if (typeof operand !== "object") return Object.is(operand, -0) ? "-0" : String(operand).replace("e+", "e");
  if ("field" in operand) return objectDoc([propertyDoc("field", textLiteral(operand.field))]);
  const args = arrayDoc(
    operand.args.map(operandDoc),
    operand.args.every((arg) => typeof arg === "object" && "call" in arg),
  );
  return objectDoc([propertyDoc("call", textLiteral(operand.call)), propertyDoc("args", args)]);
};
