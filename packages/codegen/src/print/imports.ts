import { type Doc, group, ifBroken, indent, join, line } from "../doc/doc.ts";
import { textLiteral } from "./literal.ts";

export interface ImportedName {
  /** What the other module exports. */
  readonly name: string;
  /** What it is called here. */
  readonly local: string;
  readonly isType: boolean;
}

/** The import statements of a module: other packages first, then files from far to near; names in the order of a dictionary. */
export const importDocs = (
  imports: ReadonlyMap<string, ReadonlyMap<string, ImportedName>>,
  all: { readonly module: string; readonly local: string } | undefined,
): readonly Doc[] => {
  const statements = new Map<string, Doc>();
  for (const [module, names] of imports) {
    const sorted = [...names.values()].sort((left, right) => compareNames(left.local, right.local));
    statements.set(module, importDoc(module, sorted));
  }
  if (all !== undefined) statements.set(all.module, `import * as ${all.local} from ${textLiteral(all.module)};`);
  return [...statements]
    .sort(([left], [right]) => distance(left) - distance(right) || compareNames(left, right))
    .map(([, statement]) => statement);
};

const importDoc = (module: string, names: readonly ImportedName[]): Doc => {
  const areTypes = names.every(({ isType }) => isType);
  const specifiers = names.map(({ name, local, isType }) => {
    const modifier = isType && !areTypes ? "type " : "";
    return modifier + (name === local ? name : `${name} as ${local}`);
  });
  // One name alone stays on the line, however long.
  if (specifiers.length === 1)
    return `import ${areTypes ? "type " : ""}{ ${specifiers.join("")} } from ${textLiteral(module)};`;
  return group([
    areTypes ? "import type {" : "import {",
    indent([line, join([",", line], specifiers)]),
    ifBroken(","),
    line,
    `} from ${textLiteral(module)};`,
  ]);
};

const distance = (module: string): number => {
  if (!module.startsWith(".")) return -1000;
  return module.startsWith("./") ? 0 : -module.split("/").filter((part) => part === "..").length;
};

/** As people look things up: punctuation, digits, then letters with the upper case of each before the lower case; numbers by their value. */
const compareNames = (left: string, right: string): number => {
  const tokens = (text: string): readonly string[] => text.match(/\d+|\D/g) ?? [];
  const [a, b] = [tokens(left), tokens(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = compareTokens(a[index] ?? "", b[index] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

const compareTokens = (left: string, right: string): number => {
  if (left === right) return 0;
  const [a, b] = [rank(left), rank(right)];
  if (a !== b) return a - b;
  if (a === 1) return left.length - right.length || (left < right ? -1 : 1);
  const [x, y] = [left.toLowerCase(), right.toLowerCase()];
  if (x !== y) return x < y ? -1 : 1;
  return left < right ? -1 : 1;
};

const rank = (token: string): number => {
  if (/^\d/.test(token)) return 1;
  return /^\p{L}/u.test(token) ? 2 : 0;
};
