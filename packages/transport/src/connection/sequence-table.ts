/** What waits for an answer; the table writes and reads its `sequenceId`. */
export interface Sequenced {
  sequenceId: number;
}

/**
 * The calls in flight on one connection, found by sequence id. A ring indexed by the id's low bits, with the whole id compared. Ids count up,
 * leave out 0 (control frames) and any whose place is taken: one slow call costs its place and nothing more.
 */
export class SequenceTable<T extends Sequenced> {
  #ring: (T | undefined)[];
  #mask: number;
  #last = 0;
  #size = 0;

  /** `capacity` is a power of two to begin with. */
  constructor(capacity: number) {
    this.#ring = new Array<T | undefined>(capacity).fill(undefined);
    this.#mask = capacity - 1;
  }

  get size(): number {
    return this.#size;
  }

  /** Gives `entry` the next free id and keeps it. */
  add(entry: T): void {
    // Three quarters full: searching for a free place begins to cost.
    if (this.#size * 4 >= this.#ring.length * 3) this.#grow();
    let id = this.#last;
    do id = (id + 1) & 0x7fff_ffff;
    while (id === 0 || this.#ring[id & this.#mask] !== undefined);
    this.#last = id;
    entry.sequenceId = id;
    this.#ring[id & this.#mask] = entry;
    this.#size++;
  }

  /** Reserves an id for a message that nobody waits for. */
  skip(): number {
    do this.#last = (this.#last + 1) & 0x7fff_ffff;
    while (this.#last === 0 || this.#ring[this.#last & this.#mask] !== undefined);
    return this.#last;
  }

  get(id: number): T | undefined {
    const entry = this.#ring[id & this.#mask];
    return entry !== undefined && entry.sequenceId === id ? entry : undefined;
  }

  /** The id of some entry, 0 without any: of the only one, on connections that have but one. */
  anyId(): number {
    return this.#ring.find((entry) => entry !== undefined)?.sequenceId ?? 0;
  }

  /** Takes out the entry of this id, if there is one. */
  take(id: number): T | undefined {
    const entry = this.get(id);
    if (entry !== undefined) {
      this.#ring[id & this.#mask] = undefined;
      this.#size--;
    }
    return entry;
  }

  /** Takes out all entries. */
  clear(): T[] {
    const entries = this.#ring.filter((entry) => entry !== undefined);
    this.#ring.fill(undefined);
    this.#size = 0;
    return entries;
  }

  #grow(): void {
    // Ids that differed in their low bits still do with one bit more.
    const ring = new Array<T | undefined>(this.#ring.length * 2).fill(undefined);
    const mask = ring.length - 1;
    for (const entry of this.#ring) if (entry !== undefined) ring[entry.sequenceId & mask] = entry;
    this.#ring = ring;
    this.#mask = mask;
  }
}
