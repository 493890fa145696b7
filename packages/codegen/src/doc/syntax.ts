import {
  breaks,
  choice,
  type Doc,
  fill,
  group,
  hang,
  hardline,
  ifBroken,
  indent,
  join,
  line,
  softline,
} from "./doc.ts";

// The layouts that formatters give to the syntax that generated code consists of.

const comma: Doc = [",", line];

const numeric = /^-?[\d.]+(?:e-?\d+)?$/;

/** `[a, b]`. Lists of numbers fill their lines; several elements that are lists or objects themselves stand on a line each. */
export const arrayDoc = (elements: readonly Doc[], isNested: boolean = false): Doc => {
  if (elements.length === 0) return "[]";
  const numbers = elements.filter((element) => typeof element === "string").filter((text) => numeric.test(text));
  if (elements.length > 1 && numbers.length === elements.length) {
    const words = numbers.map((number, index) => (index < numbers.length - 1 ? `${number},` : number));
    return group(["[", indent([softline, fill(words)]), ifBroken(","), softline, "]"]);
  }
  const mustBreak = isNested && elements.length > 1;
  return group(["[", indent([softline, join(comma, elements)]), ifBroken(","), softline, "]"], mustBreak);
};

/** `{ a: 1 }`; on one line when it fits, unless told otherwise. */
export const objectDoc = (properties: readonly Doc[], mustBreak: boolean = false): Doc => {
  if (properties.length === 0) return "{}";
  return group(["{", indent([line, join(comma, properties)]), ifBroken(","), line, "}"], mustBreak);
};

/** `name: value`. A text that does not fit goes to the next line, other values break inside. */
export const propertyDoc = (name: string, value: Doc): Doc =>
  typeof value === "string" && /^["']/.test(value) ? group([name, ":", indent([line, value])]) : [name, ": ", value];

/** `{`, members on lines of their own, `}`. */
export const blockDoc = (members: readonly Doc[]): Doc =>
  members.length === 0 ? "{}" : ["{", indent([hardline, join(hardline, members)]), hardline, "}"];

/** `callee(a, [b])`, where a last array or object breaks inside and holds on to the parenthesis, as long as the others fit before it. */
export const callDoc = (callee: Doc, args: readonly Doc[]): Doc => {
  if (args.length === 0) return [callee, "()"];
  const others = args.slice(0, -1);
  const last = args.at(-1) ?? "";
  const brokenOut = group(["(", indent([softline, join(comma, args)]), ifBroken(","), softline, ")"], true);
  if (typeof last === "string") {
    return [callee, group(["(", indent([softline, join(comma, args)]), ifBroken(","), softline, ")"])];
  }
  if (others.some(breaks)) return [callee, brokenOut];
  const before = others.flatMap((arg) => [arg, ", "]);
  return [callee, choice(["(", before, last, ")"], ["(", before, group(last, true), ")"], brokenOut)];
};

/** `() => body`. */
export const thunkDoc = (body: Doc, isObject: boolean = false): Doc => {
  if (isObject) return ["() => (", body, ")"];
  const breaksInside = typeof body !== "string" && "kind" in body;
  return breaksInside ? ["() => ", body] : group(["() =>", indent([line, body])]);
};

/** `name<A, B>`. A lone simple argument stays where it is. */
export const genericDoc = (name: string, args: readonly Doc[]): Doc => {
  const [first] = args;
  if (args.length === 1 && typeof first === "string") return `${name}<${first}>`;
  return [name, group(["<", indent([softline, join(comma, args)]), softline, ">"])];
};

const alternatives = (members: readonly Doc[]): Doc => join([line, "| "], members.map(indent));

/** `A | B`, as an annotation: a broken one starts on the next line, indented. */
export const unionDoc = (members: readonly Doc[]): Doc =>
  members.length === 1 ? (members[0] ?? "") : group(indent([softline, ifBroken("| "), alternatives(members)]));

/** `A | B` as the lone argument of a generic type, which indents it already. */
export const innerUnionDoc = (members: readonly Doc[]): Doc =>
  members.length === 1 ? (members[0] ?? "") : group([ifBroken("| "), alternatives(members)]);

/** `(A | B)` before `[]`. */
export const parenthesizedUnionDoc = (members: readonly Doc[]): Doc =>
  group(["(", indent([softline, ifBroken("| "), alternatives(members)]), softline, ")"]);

/** `(a: A, ...rest: R[]): Result`. */
export const signatureDoc = (parameters: readonly Doc[], rest: Doc | undefined, result: Doc): Doc => {
  const all = rest === undefined ? parameters : [...parameters, rest];
  return group([
    "(",
    indent([softline, join(comma, all)]),
    rest === undefined ? ifBroken(",") : "",
    softline,
    "): ",
    result,
  ]);
};

/**
 * `name: type = value`. A value whose start does not fit goes to the next line, except behind a leading type: that one breaks first.
 */
export const assignmentDoc = (name: string, type: Doc | undefined, value: Doc, isLeadingType: boolean = false): Doc => {
  const left = type === undefined ? name : group([name, ": ", type]);
  return isLeadingType ? [left, " = ", group(value)] : [left, " =", hang(value)];
};
