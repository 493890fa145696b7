import type { CharMatcher } from "./node.ts";
import { PatternError } from "./pattern-error.ts";

/** One element of a class, as a part of a class of JavaScript: only ever used to look at a single code point, which cannot take long. */
export interface ClassItem {
  readonly source: string;
  readonly negated: boolean;
}

const hex = (code: number): string => `\\u{${code.toString(16)}}`;

export const rangeItem = (from: number, to: number): ClassItem => ({
  source: from === to ? hex(from) : `${hex(from)}-${hex(to)}`,
  negated: false,
});

/** Perl's classes are ASCII, as in Go; JavaScript's `\s` and, under `i`, `\w` are not. */
const perl: Readonly<Record<string, string>> = { d: "0-9", s: "\\t\\n\\f\\r ", w: "0-9A-Za-z_" };

/** `\d`, `\S` and so on; undefined for other letters. */
export const perlItem = (letter: string): ClassItem | undefined => {
  const source = perl[letter.toLowerCase()];
  return source === undefined ? undefined : { source, negated: letter !== letter.toLowerCase() };
};

const posix: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\0-\\x7f",
  blank: "\\t ",
  cntrl: "\\0-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** The class `[:name:]` or `[:^name:]`; undefined for an unknown name. */
export const posixItem = (name: string): ClassItem | undefined => {
  const negated = name.startsWith("^");
  const plain = negated ? name.slice(1) : name;
  const source = Object.hasOwn(posix, plain) ? posix[plain] : undefined;
  return source === undefined ? undefined : { source, negated };
};

/** A general category or script of Unicode, as `\p{Greek}` names it. @throws PatternError for others */
export const unicodeItem = (name: string, negated: boolean): ClassItem => {
  const wanted = name.startsWith("^") ? name.slice(1) : name;
  const isNegated = name.startsWith("^") !== negated;
  if (wanted === "Any") return { source: "\\0-\\u{10ffff}", negated: isNegated };
  // Go knows categories by their one or two letters, and scripts; JavaScript calls the latter by their kind.
  const property = wanted.length <= 2 ? `General_Category=${wanted}` : `Script=${wanted}`;
  try {
    if (!/^\w+$/.test(wanted)) throw new SyntaxError();
    new RegExp(`\\p{${property}}`, "u");
  } catch {
    throw new PatternError(`\`\\p{${wanted}}\` is no category or script of Unicode`);
  }
  return { source: `\\p{${property}}`, negated: isNegated };
};

/** A class as a function. Each item is asked on its own, so that negated ones fold case as Go has it: first fold, then negate. */
export const classMatcher = (items: readonly ClassItem[], negated: boolean, ignoreCase: boolean): CharMatcher => {
  const tests = items.map((item) => {
    const expression = new RegExp(`^[${item.source}]$`, ignoreCase ? "iu" : "u");
    return (text: string): boolean => expression.test(text) !== item.negated;
  });
  return (code) => {
    const text = String.fromCodePoint(code);
    return tests.some((test) => test(text)) !== negated;
  };
};

/** One literal character. */
export const literalMatcher = (code: number, ignoreCase: boolean): CharMatcher =>
  ignoreCase ? classMatcher([rangeItem(code, code)], false, true) : (other) => other === code;
