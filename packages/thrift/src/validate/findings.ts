import { InvalidValueError } from "../invalid-value-error.ts";
import { MAX_DEPTH } from "../runtime/limits.ts";
import { describeValue, keyText } from "../runtime/value-kind.ts";
import { MOST_VIOLATIONS, type Violation } from "./validation-error.ts";

/** A cycle or a very deep value would name dozens of levels. */
const LONGEST_PATH = 16;

/** A step on the way to a value: `.field`, an index, or the key of a map. Made into text only when something is wrong. */
export type PathPart = string | number | { readonly key: unknown };

const LONGEST_KEY = 40;

const describePart = (part: PathPart): string => {
  if (typeof part === "string") return part;
  if (typeof part === "number") return `[${part}]`;
  const text = keyText(part.key);
  return `[${text.length > LONGEST_KEY ? `${text.slice(0, LONGEST_KEY)}…` : text}]`;
};

/** What one run has found, and where it is. */
export class Findings {
  readonly violations: Violation[] = [];
  readonly #path: PathPart[];
  #depth = 0;

  constructor(root: string) {
    this.#path = [root];
  }

  /** Has it been enough? */
  get full(): boolean {
    return this.violations.length >= MOST_VIOLATIONS;
  }

  add(violation: Omit<Violation, "path">): void {
    if (!this.full) this.violations.push({ path: this.#path.map(describePart).join(""), ...violation });
  }

  /** What follows is about a part of the value, until {@link leave}. */
  enter(part: PathPart): void {
    this.#path.push(part);
  }

  leave(): void {
    this.#path.pop();
  }

  /** What follows is about a struct within a struct, until {@link ascend}. @throws InvalidValueError when there are too many around it */
  descend(): void {
    if (++this.#depth > MAX_DEPTH) throw this.#invalid(`nested deeper than ${MAX_DEPTH} levels; is there a cycle?`);
  }

  ascend(): void {
    this.#depth--;
  }

  /** The value at this place is not one of the type that rules speak of. */
  unexpected(wanted: string, value: unknown): InvalidValueError {
    return this.#invalid(`expected ${wanted}, got ${describeValue(value)}`);
  }

  #invalid(problem: string): InvalidValueError {
    return new InvalidValueError(this.#path.slice(0, LONGEST_PATH).map(describePart).join(""), problem);
  }
}
