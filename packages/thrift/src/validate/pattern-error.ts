/** Why a pattern cannot be used; `message` is one clause in lower case. */
export class PatternError extends Error {
  override readonly name: string = "PatternError";
}
