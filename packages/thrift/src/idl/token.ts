import type { Comment } from "./ast.ts";
import type { SourceText, Span } from "./source.ts";

/** `name` covers keywords too: Thrift reserves none in the position of a name. `end` is the end of the file. */
export type TokenKind = "name" | "int" | "double" | "string" | "punctuation" | "end";

/** One token; usable as a `Span`. */
export interface Token extends Span {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  /** Line of the last character; strings and comments may span several. */
  readonly endLine: number;
  /** Comments since the previous token. */
  readonly comments: readonly Comment[];
  /** Value of an int, double or string. */
  readonly value: bigint | number | string | undefined;
  /** Escapes that Thrift does not know, and the exact bytes of a string that is not UTF-8. */
  readonly detail: StringDetail | undefined;
}

export interface StringDetail {
  readonly unknownEscapes: readonly Span[];
  readonly bytes: Uint8Array | undefined;
}

/** All tokens of a file; the last one is `end`. */
export interface TokenList {
  readonly source: SourceText;
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  /** Reading stopped at a limit: what follows is not an honest end of the file. */
  readonly truncated: boolean;
}

export const spanOf = ({ start, end, line, column }: Span): Span => ({ start, end, line, column });

/** From the beginning of one span to the end of another. */
export const spanBetween = (first: Span, last: Span): Span => ({
  start: first.start,
  end: Math.max(first.end, last.end),
  line: first.line,
  column: first.column,
});
