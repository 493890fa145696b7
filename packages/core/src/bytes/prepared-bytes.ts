/**
 * Bytes that are written again and again: names, keys, headers. Kept as doubles, since up to a few hundred bytes writing eight at a time costs less
 * than the call that copies a range. Write them with `ByteWriter.writePrepared`.
 */
export class PreparedBytes {
  readonly bytes: Uint8Array;
  /** The same, filled up with zeros; empty if one of them were NaN, of which there are many, and nobody promises to keep them apart. */
  readonly doubles: Float64Array;

  constructor(bytes: Uint8Array) {
    this.bytes = Uint8Array.from(bytes);
    const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / 8) * 8));
    new Uint8Array(padded.buffer).set(bytes);
    const doubles = Float64Array.from({ length: padded.byteLength / 8 }, (_, index) => padded.getFloat64(index * 8));
    this.doubles = doubles.some(Number.isNaN) ? new Float64Array() : doubles;
  }
}
