import { codeOf, minSizeOf } from "../compact/compact-type.ts";
import type { FieldPlan, StructPlan } from "../plan/struct-plan.ts";
import type { MapPlan, SequencePlan, TypePlan } from "../plan/type-plan.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { memoryOf } from "../runtime/memory-budget.ts";
import { declare, emitReturn } from "./decoded.ts";
import { quoted, type Source } from "./source.ts";

/*
 * The printed decoder of Thrift Compact:
 *
 *    for (;;) {
 *      t = type of the next field header, id = its id; if (t is STOP) break;
 *      switch (id) {
 *        case 1: if (t is not the type of field 1) break;
 *                read it; continue;
 *        …
 *      }
 *      skip;
 *    }
 *
 * The position lives in a local; numbers and lengths of one byte are read in place, and everything else by the functions that the interpreter
 * uses, with `r.offset` set before and taken over after.
 */

export const emitCompactDecode = (plan: StructPlan, out: Source): void => {
  out.block("function decode(r, depth) {", () => {
    out.line(`if (depth > ${MAX_DEPTH}) throw depthExceeded();`);
    out.line("const b = r.buffer, view = r.view, end = r.end;");
    out.line("let o = r.offset, h = 0, t = 0, id = 0, n = 0;");
    declare(plan, out);
    out.block("for (;;) {", () => {
      out.line("if (o >= end) short(r, o, 1);");
      out.line("h = b[o++];");
      out.line("t = h & 15;");
      out.line("if (t === 0) break;");
      out.line("if (h > 15) id = ((id + (h >> 4)) << 16) >> 16;");
      out.line(`else { ${call("id = getI16(r)")} }`);
      if (plan.fields.length > 0) {
        out.block("switch (id) {", () => {
          for (const field of plan.idOrder) emitCase(plan, field, out);
        });
      }
      out.line(call(plan.keepsUnknown ? "u = keepCompactField(u, r, t, id, depth)" : "skipCompact(r, t, depth)"));
    });
    out.line("r.offset = o;");
    emitReturn(plan, "compact", out);
  });
};

const call = (statement: string): string => `r.offset = o; ${statement}; o = r.offset;`;

const emitCase = (plan: StructPlan, field: FieldPlan, out: Source): void => {
  const { type } = field;
  out.block(`case ${(field.id << 16) >> 16}: {`, () => {
    const target = plan.shape === "union" ? "x" : `f${field.index}`;
    out.line(type.kind === "bool" ? "if (t > 2) break;" : `if (t !== ${codeOf(type)}) break;`);
    if (plan.shape === "union") out.line(`c = ${quoted(field.property)};`);
    if (type.kind === "bool") out.line(`${target} = t === 1;`);
    else emitRead(type, target, 1, out);
    out.line("continue;");
  });
};

/** `level` counts the containers around the value; it makes the names of locals differ, and is added to the depth of structs. */
const emitRead = (type: TypePlan, target: string, level: number, out: Source): void => {
  switch (type.kind) {
    case "struct":
      out.line(call(`${target} = s${type.slot}.decode(r, depth + ${level})`));
      break;
    case "list":
    case "set":
      emitReadSequence(type, target, level, out);
      break;
    case "map":
      emitReadMap(type, target, level, out);
      break;
    case "string":
    case "binary": {
      if (type.kind === "binary") out.line(`charge(${memoryOf(type)});`);
      const [near, far] = type.kind === "string" ? ["utf8", "getText"] : ["bytes", "getBlob"];
      out.line(`if (o < end && (n = b[o]) < 128 && n < end - o) { ${target} = ${near}(b, o + 1, n); o += n + 1; }`);
      out.line(`else { ${call(`${target} = ${far}(r)`)} }`);
      break;
    }
    case "bool":
      out.line("if (o >= end) short(r, o, 1);");
      out.line(`${target} = b[o++] === 1;`);
      break;
    case "i8":
      out.line("if (o >= end) short(r, o, 1);");
      out.line(`${target} = view.getInt8(o++);`);
      break;
    case "double":
      out.line("if (o + 8 > end) short(r, o, 8);");
      out.line(`${target} = view.getFloat64(o, true);`);
      out.line("o += 8;");
      break;
    case "i64":
      out.line(call(`${target} = getI64(r)`));
      break;
    case "i64:number":
      out.line(call(`${target} = getNumber64(r)`));
      break;
    case "i64:string":
      out.line(call(`${target} = String(getI64(r))`));
      break;
    default:
      out.line(`if (o < end && (n = b[o]) < 128) { ${target} = (n >>> 1) ^ -(n & 1); o++; }`);
      out.line(`else { ${call(`${target} = ${type.kind === "i16" ? "getI16" : "getI32"}(r)`)} }`);
  }
};

const emitReadSequence = (type: SequencePlan, target: string, level: number, out: Source): void => {
  out.block("{", () => {
    const { element } = type;
    out.line(`let n${level};`);
    out.line(call(`n${level} = getSequenceHead(r, ${codeOf(element)}, ${minSizeOf(element)})`));
    out.line(`charge(${memoryOf(type)});`);
    out.line(`const c${level} = ${type.asSet ? "new Set()" : "[]"};`);
    out.block(`for (let i${level} = 0; i${level} < n${level}; i${level}++) {`, () => {
      out.line(`let e${level};`);
      emitRead(element, `e${level}`, level + 1, out);
      out.line(`c${level}.${type.asSet ? "add" : "push"}(e${level});`);
    });
    out.line(`${target} = c${level};`);
  });
};

const emitReadMap = (type: MapPlan, target: string, level: number, out: Source): void => {
  out.block("{", () => {
    const { key, value } = type;
    out.line(`let n${level};`);
    out.line(call(`n${level} = getMapHead(r, ${codeOf(key)}, ${codeOf(value)}, ${minSizeOf(key) + minSizeOf(value)})`));
    out.line(`charge(${memoryOf(type)});`);
    out.line(`const c${level} = new Map();`);
    out.block(`for (let i${level} = 0; i${level} < n${level}; i${level}++) {`, () => {
      out.line(`let k${level}, e${level};`);
      emitRead(key, `k${level}`, level + 1, out);
      emitRead(value, `e${level}`, level + 1, out);
      out.line(`c${level}.set(k${level}, e${level});`);
    });
    out.line(`${target} = c${level};`);
  });
};
