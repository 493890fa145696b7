import { formatProblem, MeshConfigError, type Problem } from "../errors.ts";

/** Collects findings, so that one pass over the input reports all of them. */
export class Diagnostics {
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];

  readonly #said = new Set<string>();

  /** A value that is read twice is reported once. */
  add(problem: Problem): void {
    const text = formatProblem(problem);
    if (this.#said.has(text)) return;
    this.#said.add(text);
    (problem.severity === "error" ? this.errors : this.warnings).push(problem);
  }

  /** @throws MeshConfigError when there is at least one error. */
  throwIfErrors(): void {
    if (this.errors.length > 0) throw new MeshConfigError(this.errors);
  }
}
