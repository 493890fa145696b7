/** A server that stops accepts for another second at most; what is asked of it after that is refused, before anything is sent. */
const LEAVING_MS = 2000;

/** The addresses that calls had better not go to if there are others: of servers that said that they are going, or that could not be reached just now. */
export interface Avoided {
  /** False nearly always. */
  readonly any: boolean;
  has(address: string): boolean;
}

export class AvoidedAddresses implements Avoided {
  readonly #until = new Map<string, number>();
  #last = 0;

  add(address: string, ms: number = LEAVING_MS): void {
    const until = performance.now() + ms;
    this.#last = Math.max(this.#last, until);
    this.#until.set(address, until);
  }

  /** It has been reached. */
  delete(address: string): void {
    this.#until.delete(address);
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
