import type { FieldPlan, StructPlan } from "../plan/struct-plan.ts";
import { memoryOfFill, memoryOfStruct } from "../runtime/memory-budget.ts";
import type { WireProtocol } from "../wire-protocol.ts";
import { literal, quoted, type Source } from "./source.ts";

// What the decoders of both protocols print about the value they make: a local `f<index>` for each field, or `c` and `x` for a union.

export const declare = (plan: StructPlan, out: Source): void => {
  const memory = memoryOfStruct(plan);
  if (memory > 0) out.line(`charge(${memory});`);
  if (plan.keepsUnknown) out.line("let u;");
  if (plan.shape === "union") {
    out.line("let c, x;");
    return;
  }
  for (const field of plan.fields) {
    const { fill } = field;
    const initial = field.onMissing === "fill" && fill.kind === "scalar" ? ` = ${literal(fill.value)}` : "";
    out.line(`let f${field.index}${initial};`);
  }
};

const fillOf = (field: FieldPlan): string => {
  const { fill, type } = field;
  switch (fill.kind) {
    case "scalar":
      return literal(fill.value);
    case "made":
      return `m${fill.index}()`;
    case "struct":
      return type.kind === "struct" ? `emptyStruct(s${type.slot})` : "undefined";
    case "empty":
      if (type.kind === "map") return "new Map()";
      return type.kind === "set" && type.asSet ? "new Set()" : "[]";
  }
};

/** Checks what must be there, fills in what may be missing, and answers the value. */
export const emitReturn = (plan: StructPlan, protocol: WireProtocol, out: Source): void => {
  const [before, after] = plan.keepsUnknown ? ["withUnknown(", `, u, ${quoted(protocol)})`] : ["", ""];
  if (plan.shape === "union") {
    out.line(`return ${before}{ case: c, value: x }${after};`);
    return;
  }
  if (plan.shape === "result") {
    for (const field of plan.fields) {
      if (field.id !== 0) out.line(`if (f${field.index} !== undefined) throw f${field.index};`);
    }
    const [success] = plan.fields;
    if (success?.id !== 0) return;
    out.line(
      success.onMissing === "fail"
        ? `if (f0 === undefined) throw missingResult(${quoted(plan.name)});`
        : `if (f0 === undefined) return ${fillOf(success)};`,
    );
    out.line("return f0;");
    return;
  }
  for (const field of plan.fields) {
    const name = `f${field.index}`;
    if (field.onMissing === "fail") {
      out.line(`if (${name} === undefined) throw requiredMissing(${quoted(field.name)});`);
    } else if (field.onMissing === "fill" && field.fill.kind !== "scalar") {
      const memory = memoryOfFill(field);
      const fill = `${name} = ${fillOf(field)};`;
      out.line(`if (${name} === undefined) ${memory === 0 ? fill : `{ charge(${memory}); ${fill} }`}`);
    }
  }
  if (plan.shape === "nothing") return;
  if (plan.shape === "sole") {
    out.line("return f0;");
    return;
  }
  const [open, close] =
    plan.construct === undefined ? [`return ${before}{`, `}${after};`] : [`return ${before}construct({`, `})${after};`];
  out.block(
    open,
    () => {
      for (const field of plan.fields) out.line(`${quoted(field.property)}: f${field.index},`);
    },
    close,
  );
};
