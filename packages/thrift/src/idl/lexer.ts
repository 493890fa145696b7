import type { Comment } from "./ast.ts";
import { clip, type DiagnosticBag } from "./diagnostics.ts";
import type { IdlLimits } from "./limits.ts";
import type { SourceText, Span } from "./source.ts";
import { decodeString } from "./string-literal.ts";
import type { StringDetail, Token, TokenKind, TokenList } from "./token.ts";

const noComments: readonly Comment[] = [];
const punctuation = "{}()[]<>,;:=&*";

const namePattern = /[A-Za-z_](?:\.[A-Za-z0-9_]|[A-Za-z0-9_])*/y;
/** A word that somebody meant as a name: letters of any script, and `-` or `/` between letters. */
const loosePattern = /[\p{L}\p{N}_$@](?:[-/.]?[\p{L}\p{N}\p{M}_$@])*/uy;
const numberPattern = /[+-]?(?:0x[0-9A-Fa-f]+|0o[0-7]+|[0-9]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y;
const strangePattern = /[^\sA-Za-z0-9_{}()[\]<>,;:=&*"'/#.+-]+/y;

const minI64 = -(2n ** 63n);
const maxI64 = 2n ** 63n - 1n;

/**
 * Splits a file into tokens and comments. Never throws for any text: what is no token is reported and skipped,
 * and reading stops when a limit or the cap on errors is reached.
 */
export const tokenize = (source: SourceText, bag: DiagnosticBag, limits: IdlLimits): TokenList => {
  const { text } = source;
  const reporter = bag.reporterFor(source);
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  let pending: Comment[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;

  const spanFrom = (start: number, end: number): Span => ({ start, end, line, column: start - lineStart + 1 });

  /** Moves on, counting lines. */
  const advance = (to: number): void => {
    while (at < to) {
      const code = text.charCodeAt(at++);
      if (code === 0x0a || (code === 0x0d && text.charCodeAt(at) !== 0x0a)) {
        line++;
        lineStart = at;
      }
    }
  };

  const push = (kind: TokenKind, end: number, value?: bigint | number | string, detail?: StringDetail): void => {
    const { start, line: startLine, column } = spanFrom(at, end);
    const taken = pending.length === 0 ? noComments : pending;
    if (taken !== noComments) pending = [];
    if (kind === "string") advance(end);
    else at = end;
    const token: Token = {
      kind,
      text: text.slice(start, end),
      start,
      end,
      line: startLine,
      column,
      endLine: line,
      comments: taken,
      value,
      detail,
    };
    tokens.push(token);
  };

  const comment = (kind: Comment["kind"], end: number): void => {
    const span = spanFrom(at, end);
    advance(end);
    const found: Comment = { kind, text: text.slice(span.start, end), span, endLine: line };
    comments.push(found);
    pending.push(found);
  };

  const lineEnd = (from: number): number => {
    for (let end = from; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 0x0a || code === 0x0d) return end;
    }
    return text.length;
  };

  const blockComment = (): void => {
    const close = text.indexOf("*/", at + 2);
    if (close < 0) {
      reporter.report("unterminatedComment", spanFrom(at, at + 2), "this comment is never closed", "add `*/`");
      advance(text.length);
      return;
    }
    comment(text.charAt(at + 2) === "*" && close > at + 2 ? "doc" : "block", close + 2);
  };

  const string = (quote: string): void => {
    let end = at + 1;
    while (end < text.length && text.charAt(end) !== quote) end += text.charAt(end) === "\\" ? 2 : 1;
    if (end >= text.length) {
      const stop = lineEnd(at);
      reporter.report("unterminatedString", spanFrom(at, stop), "this string is never closed", `add ${quote}`);
      push("string", stop, text.slice(at + 1, stop));
      return;
    }
    const start = at;
    const decoded = decodeString(text.slice(start + 1, end));
    const unknownEscapes = decoded.unknownEscapes.map((sequence): Span => {
      const offset = start + 1 + sequence.at;
      return { start: offset, end: offset + sequence.length, ...source.positionAt(offset) };
    });
    if (/[\r\n]/.test(text.slice(start, end))) {
      const span = spanFrom(start, lineEnd(start));
      reporter.report(
        "multilineString",
        span,
        "the text goes on in the next line; Apache Thrift rejects this",
        "write \\n",
      );
    }
    const plain = unknownEscapes.length === 0 && decoded.bytes === undefined;
    push("string", end + 1, decoded.value, plain ? undefined : { unknownEscapes, bytes: decoded.bytes });
  };

  const integer = (written: string, end: number): void => {
    const digits = written.replace(/^[+-]/, "");
    const magnitude = digits.length > 40 ? maxI64 + 2n : BigInt(digits);
    const value = written.startsWith("-") ? -magnitude : magnitude;
    const span = spanFrom(at, end);
    if (value < minI64 || value > maxI64) {
      reporter.report("numberOutOfRange", span, `${clip(written)} does not fit into 64 bits`);
    } else if (/^0[0-9]/.test(digits)) {
      const hint = "drop the leading zero, or write 0o for an octal number";
      reporter.report("leadingZero", span, `${clip(written)} is read as decimal; thriftgo reads it as octal`, hint);
    }
    push("int", end, BigInt.asIntN(64, value));
  };

  const double = (written: string, end: number): void => {
    const value = Number(written);
    const span = spanFrom(at, end);
    if (!Number.isFinite(value)) {
      reporter.report("numberOutOfRange", span, `${clip(written)} does not fit into a double`);
    } else if (/[eE]/.test(written)) {
      const hint = "write the number without an exponent where Go peers use the same IDL";
      reporter.report("exponent", span, `thriftgo reads ${clip(written)} as its exponent alone`, hint);
    }
    push("double", end, Number.isFinite(value) ? value : 0);
  };

  /** Returns false when there is no number here. */
  const number = (): boolean => {
    numberPattern.lastIndex = at;
    const written = numberPattern.exec(text)?.[0] ?? "";
    const end = at + written.length;
    if (!/[0-9]/.test(written) || /^[+-]?[eE]/.test(written)) return false;
    if (/^[+-]?0[xo]/.test(written) || /^[+-]?[0-9]+$/.test(written)) {
      if (text.charAt(end) === "." && !/[\w.]/.test(text.charAt(end + 1))) {
        reporter.report(
          "badNumber",
          spanFrom(at, end + 1),
          `\`${clip(written)}.\` has no digits after its point`,
          `write ${clip(written)}.0`,
        );
        double(`${written}.0`, end + 1);
        return true;
      }
      if (/^[+-]?0$/.test(written) && /[xX]/.test(text.charAt(end))) {
        reporter.report("badNumber", spanFrom(at, end + 1), "a hexadecimal number is `0x` and digits");
        push("int", end + 1, 0n);
        return true;
      }
      integer(written, end);
    } else {
      double(written, end);
    }
    return true;
  };

  const strange = (): void => {
    loosePattern.lastIndex = at;
    const word = loosePattern.exec(text)?.[0];
    if (word !== undefined) {
      const hint = "names are made of ASCII letters, digits and `_`, and do not begin with a digit";
      reporter.report("unexpectedCharacter", spanFrom(at, at + word.length), `\`${clip(word)}\` is not a name`, hint);
      push("name", at + word.length);
      return;
    }
    strangePattern.lastIndex = at;
    const end = at + Math.max(1, strangePattern.exec(text)?.[0].length ?? 0);
    const found = text.slice(at, end);
    const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const shown = /^[\x21-\x7e]+$/.test(found) ? `\`${clip(found)}\`` : `U+${code}`;
    reporter.report("unexpectedCharacter", spanFrom(at, end), `unexpected ${shown}`, "remove it");
    advance(end);
  };

  while (at < text.length && !bag.full) {
    if (tokens.length >= limits.maxTokens) {
      const message = `the file has more than ${limits.maxTokens} tokens`;
      reporter.report("tooManyTokens", spanFrom(at, at + 1), message, "split the file, or raise `maxTokens`");
      break;
    }
    const char = text.charAt(at);
    const code = text.charCodeAt(at);
    if (code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d) {
      advance(at + 1);
    } else if (char === "#" || (char === "/" && text.charAt(at + 1) === "/")) {
      comment("line", lineEnd(at));
    } else if (char === "/" && text.charAt(at + 1) === "*") {
      blockComment();
    } else if (char === '"' || char === "'") {
      string(char);
    } else if (punctuation.includes(char)) {
      push("punctuation", at + 1);
    } else if ((code >= 0x30 && code <= 0x39) || char === "+" || char === "-" || char === ".") {
      if (!number()) strange();
    } else {
      namePattern.lastIndex = at;
      const name = namePattern.exec(text)?.[0];
      const end = at + (name?.length ?? 0);
      if (name === undefined || continuesAsWord(text, end)) strange();
      else push("name", end);
    }
  }
  const truncated = at < text.length;
  at = text.length;
  const last = source.positionAt(at);
  tokens.push({
    kind: "end",
    text: "",
    start: at,
    end: at,
    ...last,
    endLine: last.line,
    comments: pending,
    value: undefined,
    detail: undefined,
  });
  return { source, tokens, comments, truncated };
};

/** Whether a name goes on with something that is not allowed in one, as in `user-name`. */
const continuesAsWord = (text: string, end: number): boolean => {
  const code = text.charCodeAt(end);
  if (code > 0x7f) return /\p{L}/u.test(String.fromCodePoint(text.codePointAt(end) ?? 0));
  return (code === 0x2d || code === 0x2f) && /[A-Za-z_]/.test(text.charAt(end + 1));
};
