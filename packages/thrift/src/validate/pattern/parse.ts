import {
  type ClassItem,
  classMatcher,
  literalMatcher,
  perlItem,
  posixItem,
  rangeItem,
  unicodeItem,
} from "./char-class.ts";
import type { PatternNode } from "./node.ts";
import { PatternError } from "./pattern-error.ts";

/** Go's limits for `{n,m}`, and one for nesting that keeps the parser's own stack small. */
const MOST_REPEATS = 1000;
const DEEPEST = 200;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

const NEW_LINE = 10;
const any: PatternNode = { kind: "char", matches: () => true };
const anyButNewLine: PatternNode = { kind: "char", matches: (code) => code !== NEW_LINE };

/**
 * Reads the syntax of RE2, which is that of Go's `regexp`: no back references and no looking around, so that every pattern can be matched in
 * time proportional to the text.
 *
 * @throws PatternError
 */
export const parsePattern = (pattern: string): PatternNode => {
  const parser = new Parser(pattern);
  const node = parser.choice(0);
  if (!parser.done) throw new PatternError("unexpected `)`");
  return node;
};

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

class Parser {
  readonly #text: string;
  #at = 0;
  /** Until the end of the group. */
  #flags: Flags = { i: false, m: false, s: false };

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  choice(depth: number): PatternNode {
    if (depth > DEEPEST) throw new PatternError(`groups are nested more than ${DEEPEST} levels deep`);
    const flags = this.#flags;
    const options = [this.#sequence(depth)];
    while (this.#take("|")) options.push(this.#sequence(depth));
    this.#flags = flags;
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: "choice", options };
  }

  #sequence(depth: number): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.done && !this.#isNext("|") && !this.#isNext(")")) {
      if (this.#take("\\Q")) {
        const literals = this.#quoted();
        const last = literals.pop();
        parts.push(...literals);
        if (last !== undefined) parts.push(this.#repeated(last));
        continue;
      }
      const atom = this.#atom(depth);
      if (atom !== undefined) parts.push(this.#repeated(atom));
    }
    return { kind: "sequence", parts };
  }

  #isNext(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#isNext(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** What `expression`, which is sticky, finds here. */
  #match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at += found[0].length;
    return found;
  }

  #code(): number {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw new PatternError("the pattern ends too early");
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #literal(code: number): PatternNode {
    return { kind: "char", matches: literalMatcher(code, this.#flags.i) };
  }

  #class(items: readonly ClassItem[], negated = false): PatternNode {
    return { kind: "char", matches: classMatcher(items, negated, this.#flags.i) };
  }

  /** What stands between `\Q` and `\E`, or the end. */
  #quoted(): PatternNode[] {
    const end = this.#text.indexOf("\\E", this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return Array.from(text, (char) => this.#literal(char.codePointAt(0) ?? 0));
  }

  #atom(depth: number): PatternNode | undefined {
    const { m, s } = this.#flags;
    const code = this.#code();
    switch (String.fromCodePoint(code)) {
      case "(":
        return this.#group(depth);
      case "[":
        return this.#bracket();
      case ".":
        return s ? any : anyButNewLine;
      case "^":
        return { kind: "assert", assertion: m ? "lineStart" : "textStart" };
      case "$":
        return { kind: "assert", assertion: m ? "lineEnd" : "textEnd" };
      case "*":
      case "+":
      case "?":
        throw new PatternError(`there is nothing to repeat before \`${String.fromCodePoint(code)}\``);
      case "{":
        this.#at--;
        if (this.#bounds() !== undefined) throw new PatternError("there is nothing to repeat before `{`");
        this.#at++;
        return this.#literal(code);
      case "\\":
        return this.#escape();
      default:
        return this.#literal(code);
    }
  }

  #repeated(of: PatternNode): PatternNode {
    const bounds = this.#bounds();
    if (bounds === undefined) return of;
    this.#take("?");
    if (this.#bounds() !== undefined) throw new PatternError("a repetition cannot be repeated; put it into a group");
    return { kind: "repeat", of, ...bounds };
  }

  #bounds(): { least: number; most: number } | undefined {
    if (this.#take("*")) return { least: 0, most: Infinity };
    if (this.#take("+")) return { least: 1, most: Infinity };
    if (this.#take("?")) return { least: 0, most: 1 };
    const found = this.#match(/\{(\d+)(,?)(\d*)\}/y);
    if (found === undefined) return undefined;
    const [text, from = "", comma, to] = found;
    const least = Number(from);
    const most = comma === "" ? least : to === "" ? Infinity : Number(to);
    if (least > most || least > MOST_REPEATS || (most > MOST_REPEATS && most !== Infinity)) {
      throw new PatternError(`\`${text}\` is no repetition from 0 to ${MOST_REPEATS}`);
    }
    return { least, most };
  }

  /** A group, or flags for the rest of the one around, which are no node. */
  #group(depth: number): PatternNode | undefined {
    const outer = this.#flags;
    if (this.#take("?")) {
      const named = this.#match(/P?<[A-Za-z_]\w*>/y);
      if (named === undefined) {
        const flags = this.#match(/([imsU]*)(?:-([imsU]+))?([:)])/y);
        if (flags === undefined) throw new PatternError("only groups of RE2 are known: no looking around");
        const [, on = "", off = "", end] = flags;
        const isOn = (flag: keyof Flags): boolean => (on.includes(flag) || outer[flag]) && !off.includes(flag);
        this.#flags = { i: isOn("i"), m: isOn("m"), s: isOn("s") };
        if (end === ")") return undefined;
      }
    }
    const content = this.choice(depth + 1);
    if (!this.#take(")")) throw new PatternError("missing `)`");
    this.#flags = outer;
    return content;
  }

  /** Behind a backslash, outside of a class. */
  #escape(): PatternNode {
    if (this.#take("A")) return { kind: "assert", assertion: "textStart" };
    if (this.#take("z")) return { kind: "assert", assertion: "textEnd" };
    if (this.#take("b")) return { kind: "assert", assertion: "wordBoundary" };
    if (this.#take("B")) return { kind: "assert", assertion: "notWordBoundary" };
    const item = this.#classEscape();
    return item === undefined ? this.#literal(this.#escapedCode()) : this.#class([item]);
  }

  /** `\d`, `\pL` and the like; undefined before anything else. */
  #classEscape(): ClassItem | undefined {
    const unicode = this.#match(/([pP])(?:\{([^}]*)\}|(\w))/y);
    if (unicode !== undefined) return unicodeItem(unicode[2] ?? unicode[3] ?? "", unicode[1] === "P");
    const item = perlItem(this.#text.charAt(this.#at));
    if (item !== undefined) this.#at++;
    return item;
  }

  /** A character that is written with a backslash. */
  #escapedCode(): number {
    const hexadecimal = this.#match(/x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/y);
    if (hexadecimal !== undefined) return checkedCode(Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? "", 16));
    // A single digit from 1 on would be a back reference.
    const octal = this.#match(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y);
    if (octal !== undefined) return Number.parseInt(octal[0], 8);
    const letter = this.#text.charAt(this.#at);
    const control = controls[letter];
    if (control !== undefined) {
      this.#at++;
      return control;
    }
    if (letter === "" || /[0-9A-Za-z]/.test(letter)) throw new PatternError(`\`\\${letter}\` is no escape of RE2`);
    return this.#code();
  }

  #bracket(): PatternNode {
    const negated = this.#take("^");
    const items: ClassItem[] = [];
    do {
      if (this.done) throw new PatternError("missing `]`");
      items.push(this.#classItem());
    } while (!this.#take("]"));
    return this.#class(items, negated);
  }

  #classItem(): ClassItem {
    const named = this.#match(/\[:(\^?\w*):\]/y);
    if (named !== undefined) {
      const item = posixItem(named[1] ?? "");
      if (item === undefined) throw new PatternError(`\`${named[0]}\` is no class`);
      return item;
    }
    const escaped = this.#isNext("\\") ? this.#escapedItem() : undefined;
    if (typeof escaped === "object") return escaped;
    const from = escaped ?? this.#code();
    // At the end a hyphen is one.
    if (this.#isNext("-]") || !this.#take("-")) return rangeItem(from, from);
    const to = this.#take("\\") ? this.#escapedCode() : this.#code();
    if (to < from) throw new PatternError("a range of characters runs backwards");
    return rangeItem(from, to);
  }

  #escapedItem(): ClassItem | number {
    this.#at++;
    return this.#classEscape() ?? this.#escapedCode();
  }
}

const checkedCode = (code: number): number => {
  if (code > 0x10ffff) throw new PatternError(`\`\\x{${code.toString(16)}}\` is no character`);
  return code;
};
