const FIRST_MS = 10;
const LONGEST_MS = 100;

/**
 * How long to leave an unreachable address alone. Short, because calls wait for it to pass rather than fail: a peer that is back is found at
 * the next try, and one that is not costs ten dials a second at most, however many calls there are.
 */
export class Backoff {
  #failures = 0;
  #until = 0;

  /** Milliseconds to wait before the next dial; 0 when it may start. */
  remainingMs(): number {
    return this.#failures === 0 ? 0 : Math.max(0, this.#until - performance.now());
  }

  /** Has the latest dial failed? */
  get hasFailed(): boolean {
    return this.#failures > 0;
  }

  onFailure(): void {
    this.#until = performance.now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
  }

  onSuccess(): void {
    this.#failures = 0;
  }
}
