/** What kind of failure a {@link MeshError} is; branch on this, never on the text. */
export type MeshErrorKind =
  /** The YAML, the endpoints or the options cannot be used; nothing changed. */
  | "config"
  /** The address could not be bound. */
  | "listen"
  /** The control plane was closed. */
  | "closed"
  /** Clients did not answer in time. */
  | "timeout"
  /** A defect of this package; other clients go on. */
  | "internal";

/** Every error that leaves this package. */
export class MeshError extends Error {
  override readonly name: string = "MeshError";
  readonly kind: MeshErrorKind;

  constructor(kind: MeshErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A place in the configuration. */
export interface Position {
  /** Path as given, or the name of the text. */
  readonly file: string;
  /** 1-based; absent when the whole file is meant. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** For instance `VirtualService default/kitex-server`. */
  readonly object?: string;
  /** Path inside the object, for instance `spec.http[0].match[1].uri`. */
  readonly path?: string;
}

/** One finding in the configuration: where it is, what is wrong and what to write instead. */
export interface Problem extends Position {
  /** `error`: the source is refused. `warning`: it is used, but this part of it has no effect or not the expected one. */
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** Renders a {@link Problem} on one line, the way compilers do: `file:line:column: object: path: message (hint)`. */
export const formatProblem = (problem: Problem): string => {
  const position = problem.line === undefined ? "" : `:${problem.line}:${problem.column ?? 1}`;
  const where = [problem.object, problem.path].filter((part) => part !== undefined && part !== "");
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return [`${problem.file}${position}`, ...where, `${problem.message}${hint}`].join(": ");
};

const MAX_LISTED = 20;

/**
 * The configuration was refused. `problems` holds every error found (not only the first), so that one run is enough to
 * repair a file. The state of the mesh is what it was before.
 */
export class MeshConfigError extends MeshError {
  override readonly name: string = "MeshConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.slice(0, MAX_LISTED).map(formatProblem);
    if (problems.length > MAX_LISTED) lines.push(`and ${problems.length - MAX_LISTED} more`);
    super("config", lines.join("\n"));
    this.problems = problems;
  }
}
