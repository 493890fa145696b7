import type { Comment } from "./ast.ts";

/**
 * Text of the comments that document a declaration at `line`: the last run of comments above it without a blank line
 * between them or before it, of which a doc comment wins over the others.
 */
export const docAbove = (comments: readonly Comment[], line: number): string | undefined => {
  const run = runBefore(comments, line);
  const doc = run.findLast((comment) => comment.kind === "doc");
  return textOf(doc === undefined ? run : [doc]);
};

/** Text of the first run of comments of a file. */
export const docOfRun = (comments: readonly Comment[]): string | undefined => {
  let count = 1;
  while (count < comments.length && (comments[count]?.span.line ?? 0) - (comments[count - 1]?.endLine ?? 0) <= 1)
    count++;
  return textOf(comments.slice(0, count));
};

/** The comments that reach down to `line` without a blank line. */
export const runBefore = (comments: readonly Comment[], line: number): readonly Comment[] => {
  let below = line;
  let first = comments.length;
  for (let index = comments.length - 1; index >= 0; index--) {
    const comment = comments[index];
    if (comment === undefined || below - comment.endLine > 1) break;
    below = comment.span.line;
    first = index;
  }
  return comments.slice(first);
};

/** Comments without their markers, one after the other; `undefined` when nothing is left. */
export const textOf = (comments: readonly Comment[]): string | undefined => {
  const lines = comments.flatMap((comment) =>
    comment.kind === "line" ? [lineText(comment.text)] : blockLines(comment.text),
  );
  const kept = lines.filter((line) => !/^\s*[-=*#/~_]{4,}\s*$/.test(line)).map((line) => line.trimEnd());
  const first = kept.findIndex((line) => line !== "");
  if (first < 0) return undefined;
  return kept.slice(first, kept.findLastIndex((line) => line !== "") + 1).join("\n");
};

const lineText = (text: string): string => text.replace(/^(?:\/{2,}|#+) ?/, "");

const blockLines = (text: string): string[] => {
  const body = text.slice(2, -2).replace(/^\*+/, "").replace(/\*+$/, "");
  const [head = "", ...rest] = body.split(/\r\n|\r|\n/);
  if (rest.every((line) => /^\s*(?:\*|$)/.test(line)))
    return [head.trim(), ...rest.map((line) => line.replace(/^\s*\*? ?/, ""))];
  return [head.trim(), ...withoutCommonIndent(rest)];
};

const withoutCommonIndent = (lines: readonly string[]): string[] => {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const indent = indents.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  return lines.map((line) => (Number.isFinite(indent) ? line.slice(indent) : line));
};
