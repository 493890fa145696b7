/** How large something is with everything it refers to written out. */
export interface Extent {
  readonly depth: number;
  /** Number of parts, itself included. */
  readonly size: number;
}

const ofOne: Extent = { depth: 1, size: 1 };

/**
 * Measures what is made of parts that others share: written out, it could grow exponentially for readers. Parts must be recorded before what is
 * made of them; a part that is not is one without parts.
 */
export class Extents<T extends object> {
  readonly #partsOf: (whole: T) => readonly T[];
  readonly #known = new WeakMap<T, Extent>();

  constructor(partsOf: (whole: T) => readonly T[]) {
    this.#partsOf = partsOf;
  }

  get(whole: T): Extent | undefined {
    return this.#known.get(whole);
  }

  measure(whole: T): Extent {
    let { depth, size } = ofOne;
    for (const part of this.#partsOf(whole)) {
      const extent = this.#known.get(part) ?? ofOne;
      depth = Math.max(depth, extent.depth + 1);
      size += extent.size;
    }
    return { depth, size };
  }

  record(whole: T, extent: Extent = this.measure(whole)): void {
    this.#known.set(whole, extent);
  }
}
