/**
 * A layout: text with the places where it may break into lines. A group is printed on one line when it fits, otherwise the breaks that stand directly
 * in it become newlines. After Wadler, "A prettier printer", with the additions that formatters of JavaScript use.
 */
export type Doc = string | readonly Doc[] | Node;

export type Node =
  | { readonly kind: "line"; readonly flat: " " | ""; readonly breaks: boolean }
  | { readonly kind: "indent"; readonly content: Doc; readonly breaks: boolean }
  | { readonly kind: "group"; readonly content: Doc; readonly breaks: boolean }
  /** Words with as many on each line as fit. */
  | { readonly kind: "fill"; readonly words: readonly string[]; readonly breaks: false }
  /** Text for a group that is broken, or nothing. */
  | { readonly kind: "ifBroken"; readonly content: Doc; readonly breaks: false }
  /** On the same line after a blank, or indented on the next line where its start does not fit. */
  | { readonly kind: "hang"; readonly content: Doc; readonly breaks: boolean }
  /** The first of several layouts that fits, the last one otherwise. */
  | { readonly kind: "choice"; readonly states: readonly [Doc, ...Doc[]]; readonly breaks: boolean };

/** A blank, or a newline in a broken group. */
export const line: Doc = { kind: "line", flat: " ", breaks: false };
/** Nothing, or a newline in a broken group. */
export const softline: Doc = { kind: "line", flat: "", breaks: false };
/** Always a newline; every group around it is broken. */
export const hardline: Doc = { kind: "line", flat: "", breaks: true };

/** Does it contain what cannot stand on one line? */
export const breaks = (doc: Doc): boolean => {
  if (typeof doc === "string") return false;
  return "kind" in doc ? doc.breaks : doc.some(breaks);
};

export const indent = (content: Doc): Doc => ({ kind: "indent", content, breaks: breaks(content) });
export const group = (content: Doc, mustBreak: boolean = false): Doc => ({
  kind: "group",
  content,
  breaks: mustBreak || breaks(content),
});
export const fill = (words: readonly string[]): Doc => ({ kind: "fill", words, breaks: false });
export const ifBroken = (content: Doc): Doc => ({ kind: "ifBroken", content, breaks: false });
export const choice = (...states: readonly [Doc, ...Doc[]]): Doc => ({
  kind: "choice",
  states,
  breaks: breaks(states[0]),
});
export const hang = (content: Doc): Doc => ({ kind: "hang", content, breaks: breaks(content) });
export const join = (separator: Doc, docs: readonly Doc[]): Doc =>
  docs.flatMap((doc, index) => (index === 0 ? [doc] : [separator, doc]));
