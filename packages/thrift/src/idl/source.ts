/** A stretch of one source file: UTF-16 offsets `[start, end)` and the 1-based line and column of its first character. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** A line and column, both 1-based; columns count UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text of one file and its lines. */
export interface SourceText {
  /** As shown in messages. */
  readonly fileName: string;
  /** Without a leading byte order mark. */
  readonly text: string;
  /** Number of lines, at least 1. */
  readonly lineCount: number;
  /** Position of an offset; offsets outside the text are clamped. */
  positionAt(offset: number): Position;
  /** One line without its line break; empty when there is no such line. */
  line(line: number): string;
}

/** Wraps a text; a leading byte order mark is dropped. Lines end with LF, CRLF or a lone CR. */
export const createSourceText = (fileName: string, content: string): SourceText => {
  const text = content.startsWith("\uFEFF") ? content.slice(1) : content;
  let starts: number[] | undefined;
  const lineStarts = (): number[] => (starts ??= findLineStarts(text));
  return {
    fileName,
    text,
    get lineCount(): number {
      return lineStarts().length;
    },
    positionAt(offset: number): Position {
      const at = Math.max(0, Math.min(offset, text.length));
      const lines = lineStarts();
      let low = 0;
      let high = lines.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((lines[middle] ?? 0) <= at) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: at - (lines[low] ?? 0) + 1 };
    },
    line(line: number): string {
      const lines = lineStarts();
      const start = lines[line - 1];
      if (start === undefined) return "";
      return text.slice(start, lines[line] ?? text.length).replace(/[\r\n]+$/, "");
    },
  };
};

const findLineStarts = (text: string): number[] => {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) starts.push(at + 1);
  }
  return starts;
};
