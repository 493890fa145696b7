/** Steps of a power of two: three significant digits. */
const steps = 1024;
const longest = 2 ** 31 - 1;

/**
 * Counts latencies in tenths of a microsecond. Buckets get wider with the value, never by more than a thousandth of it. Node's own histogram does
 * the same behind a call into C++, which costs more than the fastest peers' protocol.
 */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(24 * steps);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @param milliseconds as `performance.now()` counts them */
  record(milliseconds: number): void {
    const tenths = Math.min(longest, Math.round(milliseconds * 10_000));
    // Below 2048 one bucket a value; above, the upper eleven bits choose the bucket.
    const shift = tenths < 2 * steps ? 0 : 21 - Math.clz32(tenths);
    (this.#counts[shift * steps + (tenths >>> shift)] as number)++;
    this.#count++;
    this.#sum += tenths;
    if (tenths > this.#max) this.#max = tenths;
  }

  /** Microseconds that `percent` of the calls did not exceed; 0 when nothing was recorded. */
  percentile(percent: number): number {
    const wanted = (this.#count * percent) / 100;
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index] as number;
      if (seen > 0 && seen >= wanted) return Math.min(lowestOf(index), this.#max) / 10;
    }
    return 0;
  }

  /** Microseconds. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count / 10;
  }

  /** Microseconds. */
  get max(): number {
    return this.#max / 10;
  }
}

const lowestOf = (index: number): number => {
  const shift = Math.max(0, Math.floor(index / steps) - 1);
  return (index - shift * steps) * 2 ** shift;
};
