const WINDOW_MS = 1000;

/** Lets so many reports a second through, and counts the rest: what any peer can cause at will must not fill a disk. */
export class ReportLimit {
  readonly #perSecond: number;
  #windowEnd = 0;
  #admitted = 0;
  #suppressed = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** How many have been left out since the last that was let through; undefined when this one is left out, too. */
  admit(now: number): number | undefined {
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + WINDOW_MS;
      this.#admitted = 0;
    }
    if (this.#admitted >= this.#perSecond) {
      this.#suppressed++;
      return undefined;
    }
    this.#admitted++;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed;
  }
}
