import type { Span } from "./ast.ts";
import { type DiagnosticCode, type DiagnosticName, diagnosticTable, type Severity } from "./codes.ts";
import type { SourceText } from "./source.ts";

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
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const printable = (text: string): string => text.replace(/\t/g, " ").replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "\uFFFD");

/** Shortens a name or text for use inside a message. */
export const clip = (text: string): string => printable(text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** Receives findings of one file. */
export interface Reporter {
  /** Records a finding; nothing more is kept once the cap on errors is reached. */
  report(name: DiagnosticName, span: Span, message: string, hint?: string): void;
}

/** Collects the findings of one run over one or several files. */
export interface DiagnosticBag {
  readonly diagnostics: readonly Diagnostic[];
  readonly hasErrors: boolean;
  /** True once so many errors were found that going on helps nobody. */
  readonly full: boolean;
  reporterFor(source: SourceText): Reporter;
  /** Throws when there is an error. */
  throwIfErrors(): void;
}

/** Errors after which a run stops reporting, and findings of lesser severity kept. */
const maxErrors = 50;
const maxNotes = 500;

export const createDiagnosticBag = (initial: readonly Diagnostic[] = []): DiagnosticBag => {
  const diagnostics: Diagnostic[] = [...initial];
  let errors = 0;
  let notes = diagnostics.length;
  const add = (source: SourceText, name: DiagnosticName, span: Span, message: string, hint: string | undefined): void => {
    const [code, severity] = diagnosticTable[name];
    if (severity !== "error") {
      if (notes++ >= maxNotes) return;
    } else if (errors >= maxErrors) {
      return;
    }
    const lineLength = source.line(span.line).length;
    const endColumn = Math.max(span.column + 1, Math.min(span.column + span.end - span.start, lineLength + 1));
    const excerpt = excerptOf(source, span.line, span.column, endColumn);
    const place = { file: source.fileName, line: span.line, column: span.column, endColumn };
    diagnostics.push({ severity, code, ...place, message, ...(hint === undefined ? {} : { hint }), excerpt });
    if (severity !== "error" || ++errors < maxErrors) return;
    const [tooManyCode, tooManySeverity] = diagnosticTable.tooManyErrors;
    diagnostics.push({
      severity: tooManySeverity,
      code: tooManyCode,
      ...place,
      message: `too many errors; stopped after ${maxErrors}`,
      excerpt: "",
    });
  };
  return {
    diagnostics,
    get hasErrors(): boolean {
      return errors > 0;
    },
    get full(): boolean {
      return errors >= maxErrors;
    },
    reporterFor: (source) => ({ report: (name, span, message, hint) => add(source, name, span, message, hint) }),
    throwIfErrors(): void {
      if (errors > 0) throw new IdlError(diagnostics);
    },
  };
};
