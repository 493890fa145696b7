import { ByteReader } from "./byte-reader.ts";

const SLOT_BITS = 8;
const SLOTS = 1 << SLOT_BITS;
const MAX_BYTES = 64;

interface Kept<T> {
  readonly bytes: DataView;
  readonly value: T;
}

/**
 * What short texts from the wire mean, remembered by their bytes: keys, services and methods come with every call, and to compare is several times
 * cheaper than to make a string. Bounded in number and size; who sends other texts each time only pays for making them.
 */
export class RepeatedBytes<T> {
  readonly #make: (text: string) => T;
  readonly #kept: (Kept<T> | undefined)[] = new Array<Kept<T> | undefined>(SLOTS).fill(undefined);
  /** Hash of what came to each slot last and was not kept: a text is kept when it comes again, so that ids do not push out what repeats. */
  readonly #seen: Int32Array = new Int32Array(SLOTS);

  constructor(make: (text: string) => T) {
    this.#make = make;
  }

  /** What `buffer[start, end)` stands for, which the caller has checked to be there. `view` is over the same memory. */
  at(buffer: Buffer, view: DataView, start: number, end: number): T {
    const length = end - start;
    if (length > MAX_BYTES || length < 4) return this.#make(ByteReader.utf8(buffer, start, length));
    // Texts that differ in the middle only share a slot.
    const ends = Math.imul(view.getInt32(start), 0x85eb_ca6b) ^ view.getInt32(end - 4) ^ length;
    const hash = Math.imul(ends, 0x9e37_79b1);
    const slot = hash >>> (32 - SLOT_BITS);
    const kept = this.#kept[slot];
    if (kept !== undefined && isEqual(kept.bytes, view, start, length)) return kept.value;
    const value = this.#make(ByteReader.utf8(buffer, start, length));
    if (this.#seen[slot] !== hash) this.#seen[slot] = hash;
    else this.#kept[slot] = { bytes: new DataView(ByteReader.bytes(buffer, start, length).buffer), value };
    return value;
  }
}

const isEqual = (bytes: DataView, view: DataView, start: number, length: number): boolean => {
  if (bytes.byteLength !== length) return false;
  // The last word may overlap the one before.
  const last = length - 4;
  for (let at = 0; at < last; at += 4) if (bytes.getInt32(at) !== view.getInt32(start + at)) return false;
  return bytes.getInt32(last) === view.getInt32(start + last);
};
