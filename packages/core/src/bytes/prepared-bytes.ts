/**
 * Bytes that are written again and again: names, keys, headers. Kept as words, since up to a few hundred bytes writing word by word costs less than
 * the call that copies a range. Write them with `ByteWriter.writePrepared`.
 */
export class PreparedBytes {
  readonly length: number;
  /** The last one is filled up with zeros. */
  readonly words: Int32Array;

  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    const padded = Buffer.alloc(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    this.words = Int32Array.from({ length: padded.length / 4 }, (_, index) => padded.readInt32BE(index * 4));
  }
}
