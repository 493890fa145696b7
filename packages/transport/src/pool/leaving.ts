/** A server that stops accepts for another second at most; what is asked of it after that is refused, before anything is sent. */
const LEAVING_MS = 2000;

/** The addresses whose servers have said a moment ago that they are going. */
export interface Leaving {
  /** False nearly always. */
  readonly any: boolean;
  has(address: string): boolean;
}

export class LeavingAddresses implements Leaving {
  readonly #until = new Map<string, number>();
  #last = 0;

  add(address: string): void {
    this.#last = performance.now() + LEAVING_MS;
    this.#until.set(address, this.#last);
  }

  get any(): boolean {
    if (this.#until.size === 0) return false;
    if (performance.now() < this.#last) return true;
    this.#until.clear();
    return false;
  }

  has(address: string): boolean {
    const until = this.#until.get(address);
    return until !== undefined && performance.now() < until;
  }
}
