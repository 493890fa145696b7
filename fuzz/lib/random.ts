/** Numbers at which length and count checks go wrong. */
const edges = [
  0,
  1,
  -1,
  2,
  7,
  8,
  15,
  16,
  63,
  64,
  65,
  127,
  128,
  255,
  256,
  1023,
  1024,
  4095,
  4096,
  32767,
  32768,
  65535,
  65536,
  1 << 20,
  1 << 24,
  0x7fff_fffe,
  0x7fff_ffff,
  -0x8000_0000,
];

/** Random numbers that are the same for the same key, on every machine: an input is made again from seed, target and number. */
export class Random {
  // Marsaglia's xorshift with 128 bits of state.
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  constructor(key: string) {
    let hash = 0x811c_9dc5;
    for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x0100_0193);
    const next = (): number => {
      hash = (hash + 0x9e37_79b9) | 0;
      let mixed = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
      return mixed ^ (mixed >>> 16);
    };
    this.#x = next();
    this.#y = next();
    this.#z = next();
    this.#w = next() | 1;
  }

  u32(): number {
    const mixed = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = this.#w ^ (this.#w >>> 19) ^ mixed ^ (mixed >>> 8);
    return this.#w >>> 0;
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return below <= 1 ? 0 : this.u32() % below;
  }

  /** True once in `of` times. */
  oneIn(of: number): boolean {
    return this.below(of) === 0;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** A size: mostly small, now and then large. */
  size(most: number): number {
    const bits = this.below(32 - Math.clz32(Math.max(1, most)) + 1);
    return Math.min(most, this.below(2 ** bits));
  }

  /** A 32-bit integer near one that matters. `around`: one that matters here. */
  edge(around: number): number {
    const base = this.oneIn(2) ? around : this.pick(edges);
    return (base + (this.oneIn(2) ? 0 : this.below(5) - 2)) | 0;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let index = 0; index < length; index++) bytes[index] = this.u32() >>> 24;
    return bytes;
  }
}
