import type { DefinitionNode, ThriftDocument } from "./ast.ts";
import { docOfRun, runBefore } from "./comments.ts";
import { Cursor, SyntaxFailure } from "./cursor.ts";
import { createDiagnosticBag, type DiagnosticBag } from "./diagnostics.ts";
import { tokenize } from "./lexer.ts";
import { type IdlLimits, withDefaultLimits } from "./limits.ts";
import { type HeaderNode, parseDefinition, parseHeader } from "./parse-definitions.ts";
import { createSourceText, type SourceText } from "./source.ts";
import type { Token } from "./token.ts";

export interface ParseOptions {
  /** Shown in messages. Default `"<idl>"`. */
  readonly fileName?: string;
  readonly limits?: Partial<IdlLimits>;
}

/**
 * Parses one Thrift file without looking at its includes or the meaning of its names.
 * Takes what thriftgo and Apache Thrift 0.17 take; where the two disagree, what keeps the bytes on the wire equal to Kitex.
 *
 * @throws {IdlError} with all syntax errors of the file; nothing else, whatever the text is.
 */
export const parseThrift = (source: string, options: ParseOptions = {}): ThriftDocument => {
  const bag = createDiagnosticBag();
  const document = parseSource(
    createSourceText(options.fileName ?? "<idl>", source),
    bag,
    withDefaultLimits(options.limits),
  );
  bag.throwIfErrors();
  return document;
};

/** The same for a file among others: findings go to the bag, and what could be read is returned in any case. */
export const parseSource = (source: SourceText, bag: DiagnosticBag, limits: IdlLimits): ThriftDocument => {
  const headers: HeaderNode[] = [];
  const definitions: DefinitionNode[] = [];
  const own = createDiagnosticBag();
  const { length } = source.text;
  if (length > limits.maxFileSize) {
    const message = `the file has ${length} characters, more than the limit of ${limits.maxFileSize}`;
    const start = { start: 0, end: 1, line: 1, column: 1 };
    own.reporterFor(source).report("fileTooLarge", start, message, "split it, or raise `maxFileSize`");
    bag.addAll(own.diagnostics);
    return {
      fileName: source.fileName,
      source,
      ...sorted(headers),
      definitions,
      comments: [],
      diagnostics: own.diagnostics,
    };
  }
  const list = tokenize(source, own, limits);
  const first = list.tokens[0];
  if (!list.truncated) parseFile(new Cursor(list, own, limits), headers, definitions);
  bag.addAll(own.diagnostics);
  const doc = first === undefined ? undefined : fileDoc(first, definitions);
  return {
    fileName: source.fileName,
    source,
    ...sorted(headers),
    definitions,
    ...(doc === undefined ? {} : { doc }),
    comments: list.comments,
    diagnostics: own.diagnostics,
  };
};

const parseFile = (cursor: Cursor, headers: HeaderNode[], definitions: DefinitionNode[]): void => {
  while (!cursor.done) {
    const start = cursor.index;
    try {
      const { current } = cursor;
      const header = parseHeader(cursor);
      if (header === undefined) {
        definitions.push(parseDefinition(cursor));
      } else {
        headers.push(header);
        if (definitions.length > 0) {
          const message = `\`${current.text}\` after a definition`;
          cursor.report("headerAfterDefinition", header.span, message, "move it above the first definition");
        }
      }
      rejectSeparators(cursor);
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      cursor.skipDefinition(start);
    }
  }
};

const rejectSeparators = (cursor: Cursor): void => {
  while (cursor.is(",") || cursor.is(";")) {
    const token = cursor.advance();
    cursor.report("unexpectedSeparator", token, `\`${token.text}\` is not allowed here`, "remove it");
  }
};

const sorted = (headers: readonly HeaderNode[]): Pick<ThriftDocument, "includes" | "cppIncludes" | "namespaces"> => ({
  includes: headers.filter((header) => header.kind === "include"),
  cppIncludes: headers.filter((header) => header.kind === "cpp_include"),
  namespaces: headers.filter((header) => header.kind === "namespace"),
});

/** The comment a file begins with, unless it belongs to the first definition. */
const fileDoc = (first: Token, definitions: readonly DefinitionNode[]): string | undefined => {
  const { comments } = first;
  if (comments.length === 0) return undefined;
  const owned = definitions[0]?.span.start === first.start && runBefore(comments, first.line)[0] === comments[0];
  return owned ? undefined : docOfRun(comments);
};
