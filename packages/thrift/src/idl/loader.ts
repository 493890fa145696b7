import type { IncludeNode, ThriftDocument } from "./ast.ts";
import type { DiagnosticName } from "./codes.ts";
import {
  clip,
  createDiagnosticBag,
  type Diagnostic,
  type DiagnosticBag,
  errorAboutFile,
  IdlError,
} from "./diagnostics.ts";
import type { FileReader, SyncFileReader } from "./file-reader.ts";
import { fileSystemReader, syncFileSystemReader } from "./file-system.ts";
import { type IdlLimits, withDefaultLimits } from "./limits.ts";
import { parseSource } from "./parser.ts";
import { directoryOf, joinPath, normalizePath } from "./paths.ts";
import { createSourceText } from "./source.ts";

export interface LoadOptions {
  /** Directories searched for includes, in order. Kitex: `-I`. */
  readonly includeDirs?: readonly string[];
  /** Default: the file system. */
  readonly reader?: FileReader;
  /**
   * Where an include is looked for first. `nearest`, the default: beside the including file, then `includeDirs`, then the
   * working directory. `kitex`: the working directory, then beside the including file, then `includeDirs`.
   */
  readonly includeOrder?: "nearest" | "kitex";
  readonly limits?: Partial<IdlLimits>;
}

export interface SyncLoadOptions extends LoadOptions {
  readonly reader?: SyncFileReader;
}

/** A parsed file whose includes are found. */
export interface SourceFile {
  readonly path: string;
  readonly document: ThriftDocument;
  /** One entry per included file, in source order. */
  readonly includes: readonly SourceInclude[];
}

export interface SourceInclude {
  readonly node: IncludeNode;
  readonly file: SourceFile;
}

/** A file and all it includes, parsed: the input of `resolveProgram`. */
export interface SourceProgram {
  readonly entry: SourceFile;
  /** Every file once; included files first, as far as include cycles permit. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Parses a file and what it includes, each file once.
 *
 * @throws {IdlError} with the syntax errors of all files and all missing includes.
 */
export const loadSources = async (entry: string, options: LoadOptions = {}): Promise<SourceProgram> => {
  const reader = options.reader ?? fileSystemReader;
  const steps = new Loader(reader, options).load(entry);
  let step = steps.next();
  while (step.done !== true) {
    const { path, maxSize } = step.value;
    const answer = await settle(() => reader.read(path, maxSize));
    step = steps.next(answer);
  }
  return step.value;
};

/** `loadSources` for a reader that answers at once. */
export const loadSourcesSync = (entry: string, options: SyncLoadOptions = {}): SourceProgram => {
  const reader = options.reader ?? syncFileSystemReader;
  const steps = new Loader(reader, options).load(entry);
  let step = steps.next();
  while (step.done !== true) {
    const { path, maxSize } = step.value;
    step = steps.next(settleSync(() => reader.read(path, maxSize)));
  }
  return step.value;
};

interface ReadRequest {
  readonly path: string;
  readonly maxSize: number;
}

/** Text, absence (`text` is undefined), or a failure. */
interface ReadAnswer {
  readonly text?: string | undefined;
  readonly failure?: string;
}

const settle = async (read: () => string | undefined | Promise<string | undefined>): Promise<ReadAnswer> => {
  try {
    return answerOf(await read());
  } catch (error) {
    return { failure: reasonOf(error) };
  }
};

const settleSync = (read: () => string | undefined): ReadAnswer => {
  try {
    return answerOf(read());
  } catch (error) {
    return { failure: reasonOf(error) };
  }
};

/** Readers of others may give bytes, or a promise where none is awaited. */
const answerOf = (text: unknown): ReadAnswer =>
  text === undefined || typeof text === "string" ? { text } : { failure: `the reader gave ${typeof text}, not a text` };

const reasonOf = (error: unknown): string => clip(error instanceof Error ? error.message : String(error), 200);

interface LoadedFile extends SourceFile {
  readonly includes: SourceInclude[];
}

/** A file on the way from the entry, and the next of its includes to follow. */
interface Visit {
  readonly file: LoadedFile;
  next: number;
}

/** Walks the include graph depth first, without recursion; asks for files by yielding their paths. */
class Loader {
  readonly #bag: DiagnosticBag = createDiagnosticBag();
  readonly #limits: IdlLimits;
  readonly #options: LoadOptions;
  readonly #identify: (path: string) => string;
  readonly #known = new Map<string, LoadedFile>();
  readonly #finished: LoadedFile[] = [];
  readonly #path: Visit[] = [];
  #totalSize = 0;

  constructor(reader: FileReader, options: LoadOptions) {
    this.#limits = withDefaultLimits(options.limits);
    this.#options = options;
    this.#identify = (path) => reader.identify?.(path) ?? normalizePath(path);
  }

  *load(entryPath: string): Generator<ReadRequest, SourceProgram, ReadAnswer> {
    const entry = yield* this.#open(normalizePath(entryPath), undefined);
    if (entry === undefined) {
      const hint = "check the path; a folder is not read, name its files";
      throw new IdlError([errorAboutFile("includeNotFound", entryPath, "there is no such file", hint)]);
    }
    this.#path.push({ file: entry, next: 0 });
    for (let visit = this.#path.at(-1); visit !== undefined && !this.#bag.full; visit = this.#path.at(-1)) {
      const node = visit.file.document.includes[visit.next++];
      if (node === undefined) {
        this.#path.pop();
        this.#finished.push(visit.file);
      } else {
        yield* this.#follow(visit.file, node);
      }
    }
    this.#bag.throwIfErrors();
    return { entry, files: this.#finished, diagnostics: this.#bag.diagnostics };
  }

  *#follow(from: LoadedFile, node: IncludeNode): Generator<ReadRequest, void, ReadAnswer> {
    const before = this.#known.size;
    const file = yield* this.#find(from, node);
    if (file === undefined || from.includes.some((include) => include.file === file)) return;
    from.includes.push({ node, file });
    if (this.#known.size > before) this.#descend(file, from, node);
    else this.#checkCycle(file, from, node);
  }

  #descend(file: LoadedFile, from: LoadedFile, node: IncludeNode): void {
    if (this.#path.length > this.#limits.maxIncludeDepth) {
      const message = `includes are nested more than ${this.#limits.maxIncludeDepth} levels deep`;
      this.#report("includedTooDeep", from, node, message, "raise `maxIncludeDepth` if this is meant");
      return;
    }
    this.#path.push({ file, next: 0 });
  }

  #checkCycle(file: LoadedFile, from: LoadedFile, node: IncludeNode): void {
    const start = this.#path.findIndex((visit) => visit.file === file);
    if (start < 0) return;
    const chain = [...this.#path.slice(start).map((visit) => visit.file.path), file.path]
      .map((path) => clip(path))
      .join(" -> ");
    const hint = "move what both need into a third file; thriftgo and Apache Thrift reject include cycles";
    this.#report("includeCycle", from, node, `the include closes a cycle: ${chain}`, hint);
  }

  *#find(from: LoadedFile, node: IncludeNode): Generator<ReadRequest, LoadedFile | undefined, ReadAnswer> {
    if (node.path === "") {
      this.#report("includeNotFound", from, node, "the path is empty", "name a file");
      return undefined;
    }
    const candidates = this.#candidates(from, node);
    for (const candidate of candidates) {
      const file = yield* this.#open(candidate, { from, node });
      if (file !== undefined) return file;
      if (this.#bag.full) return undefined;
    }
    const places = candidates.map((path) => `\`${clip(path)}\``).join(", ");
    const message = `cannot find the included file \`${clip(node.path)}\``;
    this.#report("includeNotFound", from, node, message, `looked for ${places}; add an include directory`);
    return undefined;
  }

  #candidates(from: LoadedFile, node: IncludeNode): readonly string[] {
    const beside = joinPath(directoryOf(from.path), node.path);
    const listed = (this.#options.includeDirs ?? []).map((directory) => joinPath(directory, node.path));
    const literal = normalizePath(node.path);
    const kitex = this.#options.includeOrder === "kitex";
    return [...new Set(kitex ? [literal, beside, ...listed] : [beside, ...listed, literal])];
  }

  /** The file at a path, parsed unless it was before; `undefined` when there is none. */
  *#open(
    path: string,
    include: { from: LoadedFile; node: IncludeNode } | undefined,
  ): Generator<ReadRequest, LoadedFile | undefined, ReadAnswer> {
    const identified = this.#tryIdentify(path);
    const known = this.#known.get(identified);
    if (known !== undefined) return known;
    const { maxFileSize, maxFiles, maxTotalSize } = this.#limits;
    const { text, failure } = yield { path, maxSize: maxFileSize };
    if (text === undefined && failure === undefined) return undefined;
    const complain = (name: "includeUnreadable" | "tooManyFiles", message: string, hint: string): void => {
      if (include === undefined) this.#bag.addAll([errorAboutFile(name, path, message, hint)]);
      else this.#report(name, include.from, include.node, message, hint);
    };
    this.#totalSize += text?.length ?? 0;
    const full = this.#known.size >= maxFiles || this.#totalSize > maxTotalSize;
    if (failure !== undefined) {
      complain("includeUnreadable", `cannot read \`${clip(path)}\`: ${failure}`, "check the file and its permissions");
    } else if (full) {
      const message = `the program has more than ${maxFiles} files or ${maxTotalSize} characters`;
      complain("tooManyFiles", message, "raise `maxFiles` or `maxTotalSize` if this is meant");
    }
    const source = createSourceText(path, full ? "" : (text ?? ""));
    const document = parseSource(source, this.#bag, this.#limits);
    const file: LoadedFile = { path, document, includes: [] };
    this.#known.set(identified, file);
    return file;
  }

  /** An odd path must not end the run: what cannot be identified is known by its own text. */
  #tryIdentify(path: string): string {
    try {
      return this.#identify(path);
    } catch {
      return path;
    }
  }

  #report(name: DiagnosticName, from: LoadedFile, node: IncludeNode, message: string, hint: string): void {
    this.#bag.reporterFor(from.document.source).report(name, node.pathSpan, message, hint);
  }
}
