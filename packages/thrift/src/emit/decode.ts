import type { FieldPlan, StructPlan } from "../plan/struct-plan.ts";
import type { MapPlan, ScalarPlan, SequencePlan, TypePlan } from "../plan/type-plan.ts";
import { VOID_RESULT } from "../runtime/absent.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { memoryOf } from "../runtime/memory-budget.ts";
import { TType } from "../ttype.ts";
import { declare, emitReturn } from "./decoded.ts";
import { hex, quoted, type Source } from "./source.ts";

/*
 * The printed decoder, for fields 1 and 2 in wire order:
 *
 *    h = next field header
 *    for (;;) {
 *      switch (field id of h) {
 *        case 1: if (h is not field 1 with its type) break;
 *                read it; h = next; if (h is not field 2) continue;
 *        case 2: …                                                      // reached without a jump when the order is Kitex'
 *      }
 *      if (h is STOP) break;
 *      skip; h = next;
 *    }
 *
 * Position and limits live in locals; `r.offset` is set before anything is called that reads on its own.
 */

/** Three bytes of type and id as one number. Close to the end there may be fewer than four bytes left: `head` looks at them singly. */
const NEXT = "h = o + 4 <= end ? view.getUint32(o) >>> 8 : head(r, o);";

export const emitDecode = (plan: StructPlan, out: Source): void => {
  out.block("function decode(r, depth) {", () => {
    out.line(`if (depth > ${MAX_DEPTH}) throw depthExceeded();`);
    out.line("const b = r.buffer, view = r.view, end = r.end;");
    out.line("let o = r.offset, h = 0, n = 0;");
    declare(plan, out);
    out.line(NEXT);
    out.block("for (;;) {", () => {
      if (plan.fields.length > 0) {
        out.block("switch (h & 0xffff) {", () => {
          plan.wireOrder.forEach((field, position) => {
            emitCase(plan, field, plan.wireOrder[position + 1], out);
          });
        });
      }
      out.line("if (h < 0x10000) break;");
      out.line("r.offset = o + 3;");
      const isVoid = plan.shape === "result" ? `h === ${hex(VOID_RESULT)} ? ${TType.struct} : ` : "";
      out.line(`skip(r, ${isVoid}h >> 16, depth);`);
      if (plan.keepsUnknown) out.line("u = keepField(u, r, o);");
      out.line("o = r.offset;");
      out.line(NEXT);
    });
    out.line("r.offset = o + 1;");
    emitReturn(plan, "binary", out);
  });
};

const emitCase = (plan: StructPlan, field: FieldPlan, next: FieldPlan | undefined, out: Source): void => {
  out.block(
    `case ${field.id & 0xffff}:`,
    () => {
      out.line(`if (h !== ${hex(field.head)}) break;`);
      out.line("o += 3;");
      if (plan.shape === "union") out.line(`c = ${quoted(field.property)};`);
      emitRead(field.type, plan.shape === "union" ? "x" : `f${field.index}`, 1, out);
      out.line(NEXT);
      out.line(next === undefined ? "continue;" : `if (h !== ${hex(next.head)}) continue;`);
    },
    "// falls through",
  );
};

/** `level` counts the containers around the value; it makes the names of locals differ, and is added to the depth of structs. */
const emitRead = (type: TypePlan, target: string, level: number, out: Source): void => {
  switch (type.kind) {
    case "struct":
      out.line("r.offset = o;");
      out.line(`${target} = s${type.slot}.decode(r, depth + ${level});`);
      out.line("o = r.offset;");
      break;
    case "list":
    case "set":
      emitReadSequence(type, target, level, out);
      break;
    case "map":
      emitReadMap(type, target, level, out);
      break;
    case "string":
    case "binary":
      out.line("if (o + 4 > end) short(r, o, 4);");
      out.line("n = view.getInt32(o);");
      out.line("o += 4;");
      out.line(`if (n < 0 || n > end - o) badLength(r, o, n, ${quoted(type.kind)});`);
      if (type.kind === "binary") out.line(`charge(${memoryOf(type)});`);
      out.line(`${target} = ${type.kind === "string" ? "utf8" : "bytes"}(b, o, n);`);
      out.line("o += n;");
      break;
    default:
      out.line(`if (o + ${type.minSize} > end) short(r, o, ${type.minSize});`);
      out.line(`${target} = ${fixedRead[type.kind]};`);
      out.line(`o += ${type.minSize};`);
  }
};

const fixedRead: Readonly<Record<Exclude<ScalarPlan["kind"], "string" | "binary">, string>> = {
  // Only 1 is true, as in Go.
  bool: "b[o] === 1",
  i8: "view.getInt8(o)",
  i16: "view.getInt16(o)",
  i32: "view.getInt32(o)",
  enum: "view.getInt32(o)",
  i64: "view.getBigInt64(o)",
  "i64:number": "safeInteger(view.getInt32(o), view.getUint32(o + 4))",
  "i64:string": "String(view.getBigInt64(o))",
  double: "view.getFloat64(o)",
};

const emitCount = (level: number, header: number, minSize: number, out: Source): void => {
  out.line(`if (o + ${header} > end) short(r, o, ${header});`);
  out.line(`const n${level} = view.getInt32(o + ${header - 4});`);
  out.line(
    `if (n${level} < 0 || n${level} * ${minSize} > end - o - ${header}) badCount(n${level}, ${minSize}, o + ${header - 4}, end - o - ${header});`,
  );
  out.line(`o += ${header};`);
};

const emitReadSequence = (type: SequencePlan, target: string, level: number, out: Source): void => {
  out.block("{", () => {
    emitCount(level, 5, type.element.minSize, out);
    out.line(`charge(${memoryOf(type)});`);
    out.line(`const c${level} = ${type.asSet ? "new Set()" : "[]"};`);
    out.block(`for (let i${level} = 0; i${level} < n${level}; i${level}++) {`, () => {
      out.line(`let e${level};`);
      emitRead(type.element, `e${level}`, level + 1, out);
      out.line(`c${level}.${type.asSet ? "add" : "push"}(e${level});`);
    });
    out.line(`${target} = c${level};`);
  });
};

const emitReadMap = (type: MapPlan, target: string, level: number, out: Source): void => {
  out.block("{", () => {
    emitCount(level, 6, type.key.minSize + type.value.minSize, out);
    out.line(`charge(${memoryOf(type)});`);
    out.line(`const c${level} = new Map();`);
    out.block(`for (let i${level} = 0; i${level} < n${level}; i${level}++) {`, () => {
      out.line(`let k${level}, e${level};`);
      emitRead(type.key, `k${level}`, level + 1, out);
      emitRead(type.value, `e${level}`, level + 1, out);
      out.line(`c${level}.set(k${level}, e${level});`);
    });
    out.line(`${target} = c${level};`);
  });
};
