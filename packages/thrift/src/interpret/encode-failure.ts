/** A value that does not fit, on its way up through the levels, each of which adds its part of the path. */
export class EncodeFailure extends Error {
  readonly problem: string;
  /** Innermost part last. */
  readonly path: string[] = [];

  constructor(problem: string) {
    super(problem);
    this.problem = problem;
  }

  within(part: string): this {
    this.path.unshift(part);
    return this;
  }
}
