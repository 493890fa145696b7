import { MeshConfigError, type Problem } from "../errors.ts";

/** Collects findings, so that one pass over the input reports all of them. */
export class Diagnostics {
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];

  add(problem: Problem): void {
    (problem.severity === "error" ? this.errors : this.warnings).push(problem);
  }

  /** @throws MeshConfigError when there is at least one error. */
  throwIfErrors(): void {
    if (this.errors.length > 0) throw new MeshConfigError(this.errors);
  }
}
