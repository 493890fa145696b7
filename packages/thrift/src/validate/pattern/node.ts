/** One code point that is accepted or not. */
export type CharMatcher = (codePoint: number) => boolean;

/** Where a position must be, without taking up any text. */
export type Assertion = "textStart" | "textEnd" | "lineStart" | "lineEnd" | "wordBoundary" | "notWordBoundary";

/** What a pattern means. Groups are gone: nobody asks what they matched. Neither does greed matter when the answer is yes or no. */
export type PatternNode =
  | { readonly kind: "char"; readonly matches: CharMatcher }
  | { readonly kind: "assert"; readonly assertion: Assertion }
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly options: readonly PatternNode[] }
  /** `most` is Infinity for an open end. */
  | { readonly kind: "repeat"; readonly of: PatternNode; readonly least: number; readonly most: number };

export const isWordChar: CharMatcher = (code) =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x61 && code <= 0x7a);
