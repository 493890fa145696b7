/**
 * Metainfo of one kind, newest first: an immutable list rather than a map. There are a few pairs at most, and every request with metainfo makes its
 * own; a list of two costs a tenth of a map. Looking up and replacing walk along it.
 */
export class MetaPairs implements Iterable<readonly [string, string]> {
  readonly key: string;
  readonly value: string;
  readonly next: MetaPairs | undefined;
  /** Pairs from this one on. */
  readonly size: number;

  /** `next` must not have `key`; see {@link withPair}. */
  constructor(key: string, value: string, next: MetaPairs | undefined) {
    this.key = key;
    this.value = value;
    this.next = next;
    this.size = next === undefined ? 1 : next.size + 1;
  }

  get(key: string): string | undefined {
    for (let pair: MetaPairs | undefined = this; pair !== undefined; pair = pair.next) {
      if (pair.key === key) return pair.value;
    }
    return undefined;
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    for (let pair: MetaPairs | undefined = this; pair !== undefined; pair = pair.next) yield [pair.key, pair.value];
  }

  /** For maps: what comes twice counts as it was set last, and they keep the order in which it was set. */
  oldestFirst(): (readonly [string, string])[] {
    return [...this].reverse();
  }

  /** What a map has become. */
  static from(map: ReadonlyMap<string, string>): MetaPairs | undefined {
    let pairs: MetaPairs | undefined;
    for (const [key, value] of map) pairs = new MetaPairs(key, value, pairs);
    return pairs;
  }
}

export const withPair = (pairs: MetaPairs | undefined, key: string, value: string): MetaPairs =>
  new MetaPairs(key, value, withoutPair(pairs, key));

export const withoutPair = (pairs: MetaPairs | undefined, key: string): MetaPairs | undefined => {
  if (pairs?.get(key) === undefined) return pairs;
  const before: MetaPairs[] = [];
  let pair = pairs;
  for (; pair.key !== key; pair = pair.next as MetaPairs) before.push(pair);
  return before.reduceRight<MetaPairs | undefined>(
    (rest, kept) => new MetaPairs(kept.key, kept.value, rest),
    pair.next,
  );
};
