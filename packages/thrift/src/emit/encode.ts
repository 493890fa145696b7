import { type FieldPlan, isFixedSize, type StructPlan } from "../plan/struct-plan.ts";
import type { MapPlan, SequencePlan, TypePlan } from "../plan/type-plan.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { access, differsFromDefault, emitRoom, emitStructCheck, emitUnknown, fillOf, noCase } from "./given.ts";
import { quoted, type Source } from "./source.ts";

/*
 * The printed encoder keeps buffer, view, capacity and position in locals. One check makes room for all fields of fixed size, which come first;
 * every other value makes room for itself and one byte more, so that the closing STOP always fits. A field header and what follows it are
 * written as whole words: a later store covers what an earlier one wrote too far.
 *
 * A value that does not fit ends in `unfit()`, which says nothing; what was wrong is found out by the interpreter (see runtime/encode-error).
 */
export const emitEncode = (plan: StructPlan, out: Source): void => {
  out.block("function encode(w, v, depth) {", () => {
    out.line(`if (depth > ${MAX_DEPTH}) unfit();`);
    if (plan.shape === "object" || plan.shape === "union") emitStructCheck(out);
    out.line("let b = w.buffer, view = w.view, cap = b.length, o = w.offset, x, n = 0;");
    if (plan.shape === "union") emitUnion(plan, out);
    else emitFields(plan, out);
    if (plan.keepsUnknown) emitUnknown("binary", out);
    out.line("b[o] = 0;");
    out.line("w.offset = o + 1;");
  });
};

const emitFields = (plan: StructPlan, out: Source): void => {
  const fixed = plan.wireOrder.filter((field) => isFixedSize(field.type));
  const total = fixed.reduce((sum, field) => sum + 3 + field.type.minSize, 0);
  emitRoom(String(total + 1), out);
  for (const field of plan.wireOrder) {
    out.line(`x = ${access(plan, field)};`);
    if (field.onAbsent === "omit") {
      const isSet = field.omitsDefault ? ` && ${differsFromDefault(field)}` : "";
      out.block(`if (x !== undefined && x !== null${isSet}) {`, () => emitField(field, out));
    } else {
      if (field.onAbsent === "fill") out.line(`if (x === undefined || x === null) x = ${fillOf(field)};`);
      emitField(field, out);
    }
  }
};

const emitUnion = (plan: StructPlan, out: Source): void => {
  emitRoom("12", out);
  out.line("x = v.value;");
  out.block("switch (v.case) {", () => {
    for (const field of plan.fields) {
      out.block(
        `case ${quoted(field.property)}: {`,
        () => {
          emitField(field, out);
          out.line("break;");
        },
        "}",
      );
    }
    out.line(noCase(plan, "binary"));
  });
};

/** A member with its header. `x` is its value, and there is room for it when its size is fixed. */
const emitField = (field: FieldPlan, out: Source): void => {
  const { type } = field;
  const head = (field.head << 8) | 0;
  // With one byte of value, header and value are one word.
  if (type.kind === "bool") {
    out.line(`view.setInt32(o, x === true ? ${head | 1} : x === false ? ${head} : unfit());`);
    out.line("o += 4;");
  } else if (type.kind === "i8") {
    out.line("if ((x << 24) >> 24 !== x) unfit();");
    out.line(`view.setInt32(o, ${head} | (x & 0xff));`);
    out.line("o += 4;");
  } else if (isFixedSize(type)) {
    emitHead(head, out);
    emitFixed(type, out);
  } else {
    emitSized(type, head, 1, out);
  }
};

const emitHead = (head: number | undefined, out: Source): void => {
  if (head === undefined) return;
  out.line(`view.setInt32(o, ${head});`);
  out.line("o += 3;");
};

/** An element, key or value of a container. `x` is its value. */
const emitElement = (type: TypePlan, level: number, hasRoom: boolean, out: Source): void => {
  if (!isFixedSize(type)) {
    emitSized(type, undefined, level, out);
    return;
  }
  if (!hasRoom) emitRoom(String(type.minSize + 1), out);
  emitFixed(type, out);
};

const emitFixed = (type: TypePlan, out: Source): void => {
  switch (type.kind) {
    case "bool":
      out.line("b[o] = x === true ? 1 : x === false ? 0 : unfit();");
      break;
    case "i8":
      out.line("if ((x << 24) >> 24 !== x) unfit();");
      out.line("b[o] = x;");
      break;
    case "i16":
      out.line("if ((x << 16) >> 16 !== x) unfit();");
      out.line("view.setInt16(o, x);");
      break;
    case "i64":
      out.line('if (typeof x === "bigint") {');
      out.line("  if (BigInt.asIntN(64, x) !== x) unfit();");
      out.line("  view.setBigInt64(o, x);");
      out.line("} else putSafeInteger(view, o, x);");
      break;
    case "i64:number":
      out.line("putSafeInteger(view, o, x);");
      break;
    case "i64:string":
      out.line("view.setBigInt64(o, toI64(x));");
      break;
    case "double":
      out.line('if (typeof x !== "number") unfit();');
      out.line("view.setFloat64(o, x);");
      break;
    default:
      out.line("if ((x | 0) !== x) unfit();");
      out.line("view.setInt32(o, x);");
  }
  out.line(`o += ${type.minSize};`);
};

/** A value that makes room for itself, for its header if it has one, and for one byte more. */
const emitSized = (type: TypePlan, head: number | undefined, level: number, out: Source): void => {
  const header = head === undefined ? 0 : 3;
  switch (type.kind) {
    case "string":
      out.line('if (typeof x !== "string") unfit();');
      out.line(
        `if (o + x.length * 3 + ${header + 5} > cap) { b = growForText(w, o, x, ${header + 5}); view = w.view; cap = b.length; }`,
      );
      emitHead(head, out);
      out.line("n = putUtf8(b, x, o + 4);");
      out.line("view.setInt32(o, n - o - 4);");
      out.line("o = n;");
      break;
    case "binary":
      out.line("if (!isUint8Array(x)) unfit();");
      out.line(`n = x.length + ${header + 5};`);
      emitRoom("n", out);
      emitHead(head, out);
      out.line("view.setInt32(o, x.length);");
      out.line("b.set(x, o + 4);");
      out.line("o += x.length + 4;");
      break;
    case "struct":
      emitRoom(String(header + 1), out);
      emitHead(head, out);
      out.line("w.offset = o;");
      out.line(`s${type.slot}.encode(w, x, depth + ${level});`);
      out.line("o = w.offset; b = w.buffer; view = w.view; cap = b.length;");
      emitRoom("1", out);
      break;
    case "list":
    case "set":
      if (type.asSet) emitSet(type, head, level, out);
      else emitArray(type, head, level, out);
      break;
    case "map":
      emitMap(type, head, level, out);
      break;
    default:
      emitRoom(String(header + type.minSize + 1), out);
      emitHead(head, out);
      emitFixed(type, out);
  }
};

const emitArray = (type: SequencePlan, head: number | undefined, level: number, out: Source): void => {
  const header = head === undefined ? 0 : 3;
  const isFixed = isFixedSize(type.element);
  out.line("if (!Array.isArray(x)) unfit();");
  out.block("{", () => {
    out.line(`const c${level} = x, n${level} = x.length;`);
    if (isFixed) {
      out.line(`n = n${level} * ${type.element.minSize} + ${header + 6};`);
      emitRoom("n", out);
    } else emitRoom(String(header + 6), out);
    emitHead(head, out);
    out.line(`b[o] = ${type.element.ttype};`);
    out.line(`view.setInt32(o + 1, n${level});`);
    out.line("o += 5;");
    out.block(`for (let i${level} = 0; i${level} < n${level}; i${level}++) {`, () => {
      out.line(`x = c${level}[i${level}];`);
      emitElement(type.element, level + 1, isFixed, out);
    });
  });
};

const emitSet = (type: SequencePlan, head: number | undefined, level: number, out: Source): void => {
  out.block("{", () => {
    out.line(`const c${level} = sized(x);`);
    emitRoom(String((head === undefined ? 0 : 3) + 6), out);
    emitHead(head, out);
    out.line(`b[o] = ${type.element.ttype};`);
    out.line(`const a${level} = o + 1;`);
    out.line("o += 5;");
    out.line(`let n${level} = 0;`);
    out.block(`for (x of c${level}) {`, () => {
      out.line(`n${level}++;`);
      emitElement(type.element, level + 1, false, out);
    });
    out.line(`view.setInt32(a${level}, n${level});`);
  });
};

const emitMap = (type: MapPlan, head: number | undefined, level: number, out: Source): void => {
  out.block("{", () => {
    out.line(`const c${level} = ${type.key.kind === "string" ? "entries" : "mapOnly"}(x);`);
    emitRoom(String((head === undefined ? 0 : 3) + 7), out);
    emitHead(head, out);
    out.line(`b[o] = ${type.key.ttype};`);
    out.line(`b[o + 1] = ${type.value.ttype};`);
    out.line(`const a${level} = o + 2;`);
    out.line("o += 6;");
    out.line(`let n${level} = 0;`);
    // Keys and values side by side: iterating over the map itself makes an array for each entry.
    out.line(`const v${level} = c${level}.values();`);
    out.block(`for (x of c${level}.keys()) {`, () => {
      out.line(`n${level}++;`);
      emitElement(type.key, level + 1, false, out);
      out.line(`x = v${level}.next().value;`);
      emitElement(type.value, level + 1, false, out);
    });
    out.line(`view.setInt32(a${level}, n${level});`);
  });
};
