import type { Comment, Identifier } from "./ast.ts";
import type { DiagnosticName } from "./codes.ts";
import { clip, type DiagnosticBag, type Reporter } from "./diagnostics.ts";
import type { IdlLimits } from "./limits.ts";
import type { Span } from "./source.ts";
import { spanBetween, spanOf, type Token, type TokenList } from "./token.ts";

/** Unwinds to the nearest place that can go on; the finding is already reported. */
export class SyntaxFailure extends Error {}

/** Failed attempts, including silent ones, after which parsing gives up. */
const maxFailures = 500;

/** Reads tokens forward, with any lookahead, and knows where to go on after an error. */
export class Cursor {
  readonly reporter: Reporter;
  readonly limits: IdlLimits;
  readonly #bag: DiagnosticBag;
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  /** Lines the lexer complained about: what follows from that is not worth a second message. */
  readonly #spoiltLines: ReadonlySet<number>;
  #index = 0;
  #failures = 0;
  #claimedAt = -1;
  #claimed = 0;

  constructor(list: TokenList, bag: DiagnosticBag, limits: IdlLimits) {
    const last = list.tokens.at(-1);
    if (last === undefined) throw new RangeError("a token list ends with an end token");
    this.reporter = bag.reporterFor(list.source);
    this.limits = limits;
    this.#bag = bag;
    this.#tokens = list.tokens;
    this.#end = last;
    this.#spoiltLines = new Set(bag.diagnostics.filter(({ severity }) => severity === "error").map(({ line }) => line));
  }

  get index(): number {
    return this.#index;
  }

  get current(): Token {
    return this.peek(0);
  }

  /** The token consumed last; the first token when there is none. */
  get previous(): Token {
    return this.#tokens[Math.max(0, this.#index - 1)] ?? this.#end;
  }

  /** No more input, or so many errors that going on helps nobody. */
  get done(): boolean {
    return this.current.kind === "end" || this.#bag.full || this.#failures > maxFailures;
  }

  peek(ahead: number): Token {
    return this.#tokens[this.#index + ahead] ?? this.#end;
  }

  advance(): Token {
    const token = this.current;
    if (token.kind !== "end") this.#index++;
    return token;
  }

  /** Whether a token ahead is this keyword or mark. */
  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === "name" || token.kind === "punctuation");
  }

  take(text: string): Token | undefined {
    return this.is(text) ? this.advance() : undefined;
  }

  expect(text: string, where: string, hint?: string): Token {
    return this.take(text) ?? this.expected(`\`${text}\` ${where}`, hint ?? `add \`${text}\``);
  }

  /** A declared name, which has no dots. */
  declaredName(what: string): Identifier {
    const name = this.name(what);
    if (name.text.includes(".")) {
      const hint = `write \`${clip(name.text.slice(name.text.lastIndexOf(".") + 1))}\`; dots only appear in references`;
      this.reporter.report("dottedName", name.span, `the ${what} \`${clip(name.text)}\` has a dot in it`, hint);
    }
    return name;
  }

  name(what: string): Identifier {
    const token = this.current;
    if (token.kind === "name") {
      this.advance();
      return { text: token.text, span: spanOf(token) };
    }
    const next = this.peek(1);
    const digitFirst = token.kind === "int" && next.kind === "name" && next.start === token.end;
    const article = /^[aeiou]/.test(what) ? "an" : "a";
    return this.expected(`${article} ${what}`, digitFirst ? "names do not begin with a digit" : undefined);
  }

  /** Consumes one list separator if there is one; further ones are an error. */
  separator(): void {
    if (this.take(",") === undefined && this.take(";") === undefined) return;
    while (this.is(",") || this.is(";")) {
      const extra = this.advance();
      this.report("unexpectedSeparator", extra, `a second separator \`${extra.text}\``, "remove it");
    }
  }

  report(name: DiagnosticName, span: Span, message: string, hint?: string): void {
    this.reporter.report(name, span, message, hint);
  }

  /** Reports that something else should stand here, and unwinds. */
  expected(what: string, hint?: string): never {
    const at = this.current;
    // What is missing at the end of a line belongs to that line, not to the token that happens to come next.
    if (at.line > this.previous.endLine && this.#index > 0) {
      return this.#fail("unexpectedToken", afterToken(this.previous), `expected ${what}`, hint);
    }
    return this.#fail("unexpectedToken", at, `expected ${what}, found ${describe(at)}`, hint);
  }

  /** Reports a syntax error at the current token, and unwinds. */
  fail(message: string, hint?: string): never {
    return this.failAt(this.current, message, hint);
  }

  /** Reports a syntax error at another place, and unwinds. */
  failAt(place: Span, message: string, hint?: string): never {
    return this.#fail("unexpectedToken", place, message, hint);
  }

  /** Throws when lists, maps, types or groups are nested deeper than allowed. */
  checkNesting(depth: number): void {
    const { maxNesting } = this.limits;
    if (depth <= maxNesting) return;
    this.#fail(
      "nestedTooDeep",
      this.current,
      `nested more than ${maxNesting} levels deep`,
      "flatten it, or raise `maxNesting`",
    );
  }

  /** Comments before the current token, without those a preceding member claimed as its own. */
  leadingComments(): readonly Comment[] {
    const { comments } = this.current;
    return this.#claimedAt === this.#index ? comments.slice(this.#claimed) : comments;
  }

  /** Claims the comments that follow the previous token on its line and end that line. */
  trailingComments(): readonly Comment[] {
    const { comments, line, kind } = this.current;
    const { endLine } = this.previous;
    let count = 0;
    while (count < comments.length && comments[count]?.span.line === endLine) count++;
    const last = comments[count - 1];
    if (last === undefined || (last.endLine === line && kind !== "end" && !this.is("}") && !this.is(")"))) return [];
    this.#claimedAt = this.#index;
    this.#claimed = count;
    return comments.slice(0, count);
  }

  spanFrom(first: Span): Span {
    return spanBetween(first, this.previous.end > first.start ? this.previous : first);
  }

  /** Whether a definition or header begins here: a sign that the block before it was never closed. */
  atDefinition(): boolean {
    const { current } = this;
    if (current.kind !== "name" || (current.line === this.previous.endLine && this.#index > 0)) return false;
    const [next, afterNext] = [this.peek(1), this.peek(2)];
    switch (current.text) {
      case "struct":
      case "union":
      case "exception":
      case "enum":
      case "senum":
        return next.kind === "name" && (afterNext.text === "{" || afterNext.text === "xsd_all");
      case "service":
        return next.kind === "name" && (afterNext.text === "{" || afterNext.text === "extends");
      case "const":
      case "typedef":
        return next.kind === "name" && (afterNext.kind === "name" || afterNext.text === "<");
      case "namespace":
        return (next.kind === "name" || next.text === "*") && afterNext.kind === "name";
      case "include":
      case "cpp_include":
        return next.kind === "string";
      default:
        return false;
    }
  }

  /**
   * Goes on after a failed member that began at `start`: behind its separator, before the next line, or before the `}` of
   * its block, whichever comes first. `begins` recognises the start of another member even inside open brackets.
   */
  skipMember(start: number, begins: () => boolean): void {
    const open = this.#openSince(start);
    if (this.#index === start && !this.is("}")) open.count(this.advance());
    while (!this.done && !open.endsBlock(this.current)) {
      const first = this.current.line > this.previous.endLine;
      if (first && (open.none || begins() || this.atDefinition())) return;
      const separator = this.is(",") || this.is(";");
      const last = separator && open.none;
      open.count(this.advance());
      if (last) return;
    }
  }

  /** Goes on after a failed definition that began at `start`: behind its block, or before the next definition. */
  skipDefinition(start: number): void {
    const open = this.#openSince(start);
    if (this.#index === start) open.count(this.advance());
    while (!this.done && !this.atDefinition()) {
      if (open.none && this.current.column === 1 && this.current.line > this.previous.endLine) return;
      const closes = this.is("}");
      open.count(this.advance());
      if (closes && open.braces === 0) return;
    }
  }

  #fail(name: DiagnosticName, at: Span, message: string, hint: string | undefined): never {
    this.#failures++;
    const spoilt = this.#spoiltLines.has(at.line) || this.#spoiltLines.has(this.previous.line);
    if (!spoilt) this.reporter.report(name, at, message, hint);
    throw new SyntaxFailure(message);
  }

  #openSince(start: number): OpenBrackets {
    const open = new OpenBrackets();
    for (let index = start; index < this.#index; index++) open.count(this.#tokens[index] ?? this.#end);
    return open;
  }
}

/** Brackets that are open at some place of a skipped stretch. A `}` closes whatever was left open inside its braces. */
class OpenBrackets {
  braces = 0;
  #others = 0;

  get none(): boolean {
    return this.braces === 0 && this.#others === 0;
  }

  endsBlock(token: Token): boolean {
    return token.kind === "punctuation" && token.text === "}" && this.braces === 0;
  }

  count({ kind, text }: Token): void {
    if (kind !== "punctuation") return;
    if (text === "{") {
      this.braces++;
    } else if (text === "}") {
      this.braces = Math.max(0, this.braces - 1);
      this.#others = 0;
    } else if ("([<".includes(text)) {
      this.#others++;
    } else if (")]>".includes(text)) {
      this.#others = Math.max(0, this.#others - 1);
    }
  }
}

/** The empty place behind a token, on the token's last line. */
const afterToken = (token: Token): Span => {
  const column = token.endLine === token.line ? token.column + token.end - token.start : 1;
  return { start: token.end, end: token.end, line: token.endLine, column };
};

const describe = (token: Token): string => {
  if (token.kind === "end") return "the end of the file";
  if (token.kind === "string") return `the text ${clip(token.text)}`;
  return `\`${clip(token.text)}\``;
};
