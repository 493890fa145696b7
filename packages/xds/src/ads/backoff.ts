const baseMs = 1_000;
const factor = 1.6;
const maxMs = 30_000;
const jitter = 0.2;

/** How long to wait before connecting again. Reset only by a response: a server that accepts and then fails is no success. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** After a stream that brought a response: a short pause of random length, so that a restarted control plane is not stormed. */
  afterSuccess(): number {
    this.#failures = 0;
    return this.#random() * baseMs;
  }

  /** After a stream that brought none: 1 s, then 1.6 times as long each time up to 30 s, give or take a fifth. */
  afterFailure(): number {
    const delayMs = Math.min(baseMs * factor ** this.#failures, maxMs);
    if (delayMs < maxMs) this.#failures++;
    return delayMs * (1 - jitter + 2 * jitter * this.#random());
  }
}
