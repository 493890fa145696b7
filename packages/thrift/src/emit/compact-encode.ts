import { codeOf, maxSizeOf, minSizeOf } from "../compact/compact-type.ts";
import { putVarint, zigzag } from "../compact/varint.ts";
import type { FieldPlan, StructPlan } from "../plan/struct-plan.ts";
import type { MapPlan, SequencePlan, TypePlan } from "../plan/type-plan.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { access, differsFromDefault, emitRoom, emitStructCheck, emitUnknown, fillOf, noCase } from "./given.ts";
import { quoted, type Source } from "./source.ts";

/*
 * The printed encoder of Thrift Compact keeps buffer, view, capacity and position in locals, as the one for Binary does (see encode.ts). Fields
 * go by id. A header holds the distance to the field before, which is known when printing unless a field may be left out; `p` keeps the id then.
 *
 * Neighbours that have a largest size make room together; every other value makes room for itself.
 */

/** A field's header and the length or count behind it. */
const HEAD_MAX = 4;
const COUNT_MAX = 6;

/** Prints the header of a field. What its code is may depend on the value, so it is an expression. */
type EmitHead = () => void;

export const emitCompactEncode = (plan: StructPlan, out: Source): void => {
  out.block("function encode(w, v, depth) {", () => {
    out.line(`if (depth > ${MAX_DEPTH}) unfit();`);
    if (plan.shape === "object" || plan.shape === "union") emitStructCheck(out);
    out.line("let b = w.buffer, view = w.view, cap = b.length, o = w.offset, p = 0, x, n = 0;");
    if (plan.shape === "union") emitUnion(plan, out);
    else emitFields(plan, out);
    if (plan.keepsUnknown) emitUnknown("compact", out);
    emitRoom("1", out);
    out.line("b[o] = 0;");
    out.line("w.offset = o + 1;");
  });
};

const emitFields = (plan: StructPlan, out: Source): void => {
  const sizes = plan.idOrder.map((field) => maxSizeOf(field.type));
  /** Id of the field before, when it is known which that is. */
  let previous: number | undefined = 0;
  plan.idOrder.forEach((field, index) => {
    if (sizes[index] !== undefined && sizes[index - 1] === undefined) emitRoom(String(roomOfRun(sizes, index)), out);
    out.line(`x = ${access(plan, field)};`);
    if (field.onAbsent === "omit") {
      if (previous !== undefined) out.line(`p = ${previous};`);
      const isSet = field.omitsDefault ? ` && ${differsFromDefault(field)}` : "";
      out.block(`if (x !== undefined && x !== null${isSet}) {`, () => {
        emitField(field, previous, out);
        out.line(`p = ${field.id};`);
      });
      previous = undefined;
    } else {
      if (field.onAbsent === "fill") out.line(`if (x === undefined || x === null) x = ${fillOf(field)};`);
      emitField(field, previous, out);
      previous = field.id;
    }
  });
};

const roomOfRun = (sizes: readonly (number | undefined)[], from: number): number => {
  let room = 0;
  for (const size of sizes.slice(from)) {
    if (size === undefined) break;
    room += HEAD_MAX + size;
  }
  return room;
};

const emitUnion = (plan: StructPlan, out: Source): void => {
  emitRoom(String(HEAD_MAX + Math.max(0, ...plan.fields.map((field) => maxSizeOf(field.type) ?? 0))), out);
  out.line("x = v.value;");
  out.block("switch (v.case) {", () => {
    for (const field of plan.fields) {
      out.block(
        `case ${quoted(field.property)}: {`,
        () => {
          emitField(field, 0, out);
          out.line("break;");
        },
        "}",
      );
    }
    out.line(noCase(plan, "compact"));
  });
};

/** A member with its header. `x` is its value, and there is room for it when it has a largest size. */
const emitField = (field: FieldPlan, previous: number | undefined, out: Source): void => {
  const { type, id } = field;
  if (type.kind === "bool") {
    emitHead("(x === true ? 1 : x === false ? 2 : unfit())", id, previous, out);
    return;
  }
  const head = (): void => emitHead(String(codeOf(type)), id, previous, out);
  if (maxSizeOf(type) === undefined) emitSized(type, head, 1, out);
  else {
    head();
    emitSmall(type, out);
  }
};

const emitHead = (code: string, id: number, previous: number | undefined, out: Source): void => {
  const long = (): void => {
    const bytes = Buffer.alloc(HEAD_MAX);
    const length = putVarint(bytes, zigzag(id), 0);
    out.line(`b[o++] = ${code};`);
    for (const byte of bytes.subarray(0, length)) out.line(`b[o++] = ${byte};`);
  };
  if (previous === undefined) {
    out.line(`n = ${id} - p;`);
    // Ids rise, but the first one need not be above the 0 that it is measured from.
    out.line(`if (${id > 0 ? "" : "n > 0 && "}n < 16) b[o++] = (n << 4) | ${code};`);
    out.block("else {", long);
  } else if (id > previous && id - previous < 16) out.line(`b[o++] = ${(id - previous) << 4} | ${code};`);
  else long();
};

/** An element, key or value of a container. `x` is its value. */
const emitElement = (type: TypePlan, level: number, hasRoom: boolean, out: Source): void => {
  const most = maxSizeOf(type);
  if (most === undefined) emitSized(type, undefined, level, out);
  else {
    if (!hasRoom) emitRoom(String(most), out);
    emitSmall(type, out);
  }
};

const emitSmall = (type: TypePlan, out: Source): void => {
  switch (type.kind) {
    case "bool":
      out.line("b[o++] = x === true ? 1 : x === false ? 2 : unfit();");
      break;
    case "i8":
      out.line("if ((x << 24) >> 24 !== x) unfit();");
      out.line("b[o++] = x;");
      break;
    case "i64":
      out.line("o = putI64(b, x, o);");
      break;
    case "i64:number":
      out.line("o = putSafeI64(b, x, o);");
      break;
    case "i64:string":
      out.line("o = putI64(b, toI64(x), o);");
      break;
    case "double":
      out.line('if (typeof x !== "number") unfit();');
      out.line("view.setFloat64(o, x, true);");
      out.line("o += 8;");
      break;
    default:
      out.line(type.kind === "i16" ? "if ((x << 16) >> 16 !== x) unfit();" : "if ((x | 0) !== x) unfit();");
      out.line("n = (x << 1) ^ (x >> 31);");
      // Most numbers are small.
      out.line("if (n >>> 7 === 0) b[o++] = n; else o = putVarint(b, n, o);");
  }
};

/** A value that makes room for itself, and for its header if it has one. */
const emitSized = (type: TypePlan, head: EmitHead | undefined, level: number, out: Source): void => {
  const besides = COUNT_MAX + (head === undefined ? 0 : HEAD_MAX);
  switch (type.kind) {
    case "string":
      out.line('if (typeof x !== "string") unfit();');
      out.line(
        `if (o + x.length * 3 + ${besides} > cap) { b = growForText(w, o, x, ${besides}); view = w.view; cap = b.length; }`,
      );
      head?.();
      out.line("o = putText(b, x, o);");
      break;
    case "binary":
      out.line("if (!isUint8Array(x)) unfit();");
      out.line(`n = x.length + ${besides};`);
      emitRoom("n", out);
      head?.();
      out.line("o = putVarint(b, x.length, o);");
      out.line("b.set(x, o);");
      out.line("o += x.length;");
      break;
    case "struct":
      if (head !== undefined) {
        emitRoom(String(HEAD_MAX), out);
        head();
      }
      out.line("w.offset = o;");
      out.line(`s${type.slot}.encode(w, x, depth + ${level});`);
      out.line("o = w.offset; b = w.buffer; view = w.view; cap = b.length;");
      break;
    case "list":
    case "set":
      if (type.asSet) emitSet(type, head, besides, level, out);
      else emitArray(type, head, besides, level, out);
      break;
    case "map":
      emitMap(type, head, besides, level, out);
      break;
    default:
      throw new Error(`${type.kind} has a fixed size`);
  }
};

const emitArray = (
  type: SequencePlan,
  head: EmitHead | undefined,
  besides: number,
  level: number,
  out: Source,
): void => {
  const size = minSizeOf(type.element);
  // Room for as many numbers as large as they may be would be ten times what small ones take, and beyond the limit of a message.
  const isExact = maxSizeOf(type.element) === size;
  out.line("if (!Array.isArray(x)) unfit();");
  out.block("{", () => {
    out.line(`const c${level} = x, n${level} = x.length;`);
    if (!isExact) emitRoom(String(besides), out);
    else {
      out.line(`n = n${level} * ${size} + ${besides};`);
      emitRoom("n", out);
    }
    head?.();
    out.line(`o = putSequenceHead(b, ${codeOf(type.element)}, n${level}, o);`);
    out.block(`for (let i${level} = 0; i${level} < n${level}; i${level}++) {`, () => {
      out.line(`x = c${level}[i${level}];`);
      emitElement(type.element, level + 1, isExact, out);
    });
  });
};

/** The count comes first here, so it has to be known before, and to be true afterwards. */
const emitCounted = (level: number, loop: string, body: () => void, out: Source): void => {
  out.line(`let i${level} = 0;`);
  out.block(loop, () => {
    out.line(`i${level}++;`);
    body();
  });
  out.line(`if (i${level} !== n${level}) unfit();`);
};

const emitSet = (type: SequencePlan, head: EmitHead | undefined, besides: number, level: number, out: Source): void => {
  out.block("{", () => {
    out.line(`const c${level} = sized(x), n${level} = c${level}.size ?? c${level}.length;`);
    emitRoom(String(besides), out);
    head?.();
    out.line(`o = putSequenceHead(b, ${codeOf(type.element)}, n${level}, o);`);
    emitCounted(level, `for (x of c${level}) {`, () => emitElement(type.element, level + 1, false, out), out);
  });
};

const emitMap = (type: MapPlan, head: EmitHead | undefined, besides: number, level: number, out: Source): void => {
  out.block("{", () => {
    out.line(`const c${level} = ${type.key.kind === "string" ? "entries" : "mapOnly"}(x);`);
    out.line(`const n${level} = c${level}.size;`);
    emitRoom(String(besides), out);
    head?.();
    out.line(`o = putMapHead(b, ${codeOf(type.key)}, ${codeOf(type.value)}, n${level}, o);`);
    // Keys and values side by side: iterating over the map itself makes an array for each entry.
    out.line(`const v${level} = c${level}.values();`);
    const body = (): void => {
      emitElement(type.key, level + 1, false, out);
      out.line(`x = v${level}.next().value;`);
      emitElement(type.value, level + 1, false, out);
    };
    emitCounted(level, `for (x of c${level}.keys()) {`, body, out);
  });
};
