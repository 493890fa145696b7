import { type DiagnosticCode, type DiagnosticName, diagnosticTable, type Severity } from "./codes.ts";
import type { SourceText, Span } from "./source.ts";

/** One finding about an IDL. Lines and columns are 1-based; columns count UTF-16 code units. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Exclusive, on the same line. */
  readonly endColumn: number;
  /** What is wrong: lower case, one sentence, no code or place. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The source line with its number, and a caret line below it. Empty when there is no source, as for a missing file. */
  readonly excerpt: string;
}

/**
 * Why an IDL was refused. `diagnostics` holds all findings of the run (at least one error, possibly warnings);
 * `message` is the same, formatted with excerpts and hints. Branch on `kind` and `code`, not on text.
 */
export class IdlError extends Error {
  override readonly name: string = "IdlError";
  readonly kind: "idl" = "idl";
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(formatDiagnostics(diagnostics));
    this.diagnostics = diagnostics;
  }
}

/** Renders findings for a terminal or a log, without colours: place, code, message, excerpt and hint of each, separated by blank lines. */
export const formatDiagnostics = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics.map(formatDiagnostic).join("\n\n");

const formatDiagnostic = (diagnostic: Diagnostic): string => {
  const { severity, code, file, line, column, message, hint, excerpt } = diagnostic;
  let text = `${severity} ${code} ${file}:${line}:${column} ${message}`;
  if (excerpt !== "") text += `\n${excerpt}`;
  if (hint !== undefined) text += `\n  hint: ${hint}`;
  return text;
};

/** How much of a very long line an excerpt shows. */
const excerptWidth = 120;

const excerptOf = (source: SourceText, line: number, column: number, endColumn: number): string => {
  const text = source.line(line);
  // A window around the finding, so that a minified or hostile line cannot flood the message.
  const from = text.length <= excerptWidth ? 0 : Math.max(0, Math.min(column - 1 - 40, text.length - excerptWidth));
  const shown = printable(text.slice(from, from + excerptWidth));
  const head = from > 0 ? "…" : "";
  const tail = from + excerptWidth < text.length ? "…" : "";
  const gutter = String(line);
  const caretAt = Math.min(column - 1 - from, excerptWidth) + head.length;
  const width = Math.max(1, Math.min(endColumn - column, excerptWidth - (column - 1 - from)));
  return ` ${gutter} | ${head}${shown}${tail}\n ${" ".repeat(gutter.length)} | ${" ".repeat(caretAt)}${"^".repeat(width)}`;
};

/** Keeps one column per code unit: tabs become blanks, control characters a replacement mark. */
const printable = (text: string): string => text.replace(/\t/g, " ").replace(/[\p{Cc}\u2028\u2029]/gu, "\uFFFD");

/** Shortens a name or text for use inside a message. */
export const clip = (text: string, length = 60): string =>
  printable(text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** Receives findings of one file. */
export interface Reporter {
  /** Records a finding, unless there are too many already. A hint that costs time to find is given as a function. */
  report(name: DiagnosticName, span: Span, message: string, hint?: string | (() => string | undefined)): void;
}

/** Collects the findings of one run over one or several files. */
export interface DiagnosticBag {
  readonly diagnostics: readonly Diagnostic[];
  /** True once so many errors were found that going on helps nobody. */
  readonly full: boolean;
  reporterFor(source: SourceText): Reporter;
  /** Takes over the findings of another bag. */
  addAll(diagnostics: readonly Diagnostic[]): void;
  /** Throws an `IdlError` with all findings when there is an error among them. */
  throwIfErrors(): void;
}

/** Errors after which a run stops reporting, and the number of lesser findings it keeps. */
const maxErrors = 50;
const maxNotes = 500;

export const createDiagnosticBag = (): DiagnosticBag => {
  const diagnostics: Diagnostic[] = [];
  let errors = 0;
  let notes = 0;
  const add = (diagnostic: Diagnostic): void => {
    if (diagnostic.severity !== "error") {
      if (notes++ < maxNotes) diagnostics.push(diagnostic);
      return;
    }
    if (errors >= maxErrors) return;
    diagnostics.push(diagnostic);
    if (++errors === maxErrors) diagnostics.push(tooManyErrors(diagnostic));
  };
  return {
    diagnostics,
    get full(): boolean {
      return errors >= maxErrors;
    },
    reporterFor: (source) => ({
      report: (name, span, message, hint) => {
        if (diagnosticTable[name][1] === "error" ? errors >= maxErrors : notes >= maxNotes) return;
        add(createDiagnostic(source, name, span, message, typeof hint === "function" ? hint() : hint));
      },
    }),
    addAll: (found) => found.forEach(add),
    throwIfErrors(): void {
      if (errors > 0) throw new IdlError(inSourceOrder(diagnostics));
    },
  };
};

/** File by file, in the order in which the files appear, and from top to bottom. */
export const inSourceOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => {
  const files = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const same = files.get(diagnostic.file);
    if (same === undefined) files.set(diagnostic.file, [diagnostic]);
    else same.push(diagnostic);
  }
  const byPlace = (left: Diagnostic, right: Diagnostic): number => left.line - right.line || left.column - right.column;
  return [...files.values()].flatMap((group) => group.toSorted(byPlace));
};

const createDiagnostic = (
  source: SourceText,
  name: DiagnosticName,
  span: Span,
  message: string,
  hint: string | undefined,
): Diagnostic => {
  const [code, severity] = diagnosticTable[name];
  const { line, column } = span;
  const lineEnd = source.line(line).length + 1;
  const endColumn = Math.max(column + 1, Math.min(column + span.end - span.start, lineEnd));
  const excerpt = excerptOf(source, line, column, endColumn);
  return {
    severity,
    code,
    file: source.fileName,
    line,
    column,
    endColumn,
    message,
    ...(hint === undefined ? {} : { hint }),
    excerpt,
  };
};

/** A finding about a file that has no text to point into. */
export const errorAboutFile = (name: DiagnosticName, file: string, message: string, hint: string): Diagnostic => {
  const [code, severity] = diagnosticTable[name];
  return { severity, code, file, line: 1, column: 1, endColumn: 2, message, hint, excerpt: "" };
};

const tooManyErrors = ({ file, line, column, endColumn }: Diagnostic): Diagnostic => {
  const [code, severity] = diagnosticTable.tooManyErrors;
  const message = `too many errors; stopped after ${maxErrors}`;
  return { severity, code, file, line, column, endColumn, message, excerpt: "" };
};
