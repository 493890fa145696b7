const SLOTS = 256;
/** Longer names are decoded each time. */
const LONGEST = 64;

interface Entry {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/**
 * Method names by their bytes: the few names that a process uses are compared, not decoded, and come out as the same string each time, which
 * makes the look-up in a `Map` cheap. Direct-mapped, so that a peer who sends ever new names changes entries and never the size.
 */
export class NameCache {
  readonly #entries: (Entry | undefined)[] = new Array<Entry | undefined>(SLOTS).fill(undefined);

  /** `length` bytes from `start` on. */
  read(buffer: Buffer, start: number, length: number): string {
    if (length > LONGEST) return buffer.toString("utf8", start, start + length);
    let hash = length;
    for (let index = start; index < start + length; index++)
      hash = (Math.imul(hash, 31) + (buffer[index] as number)) | 0;
    const slot = (hash ^ (hash >>> 8)) & (SLOTS - 1);
    const entry = this.#entries[slot];
    if (entry !== undefined && isEqual(entry.bytes, buffer, start, length)) return entry.name;
    const name = buffer.toString("utf8", start, start + length);
    this.#entries[slot] = { bytes: Uint8Array.from(buffer.subarray(start, start + length)), name };
    return name;
  }
}

const isEqual = (bytes: Uint8Array, buffer: Buffer, start: number, length: number): boolean => {
  if (bytes.length !== length) return false;
  for (let index = 0; index < length; index++) if (bytes[index] !== buffer[start + index]) return false;
  return true;
};
