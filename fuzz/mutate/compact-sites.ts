import type { Sample, Site } from "./sample.ts";

/** Codes below are bools, those left out varints. */
const CType = { i8: 3, double: 7, binary: 8, list: 9, set: 10, map: 11, struct: 12 } as const;

/** Walks valid Thrift Compact; knows nothing of the decoders that are tested. */
class Walk {
  readonly sites: Site[] = [];
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  #site(kind: Site["kind"], size: number): void {
    this.sites.push({ kind, at: this.at, size });
    this.at += size;
  }

  #varint(): number {
    let value = 0;
    let size = 0;
    for (let byte = 0x80; byte >= 0x80; size++) {
      byte = this.#bytes[this.at + size] as number;
      value += (byte & 0x7f) * 2 ** (size * 7);
    }
    this.#site("varint", size);
    return value;
  }

  #byte(): number {
    const byte = this.#bytes[this.at] as number;
    this.#site("type", 1);
    return byte;
  }

  text(): void {
    this.#site("content", this.#varint());
  }

  envelope(): void {
    this.#site("int", 2);
    this.#varint();
    this.text();
  }

  struct(): void {
    for (;;) {
      const start = this.at;
      const head = this.#byte();
      const type = head & 15;
      if (type === 0) return;
      if (head < 16) this.#varint();
      // A bool is all in its header.
      if (type > 2) this.#value(type);
      this.sites.push({ kind: "unit", at: start, size: this.at - start });
    }
  }

  #value(type: number): void {
    if (type <= CType.i8) this.#byte();
    else if (type === CType.double) this.#site("int", 8);
    else if (type === CType.binary) this.text();
    else if (type === CType.list || type === CType.set) this.#sequence();
    else if (type === CType.map) this.#map();
    else if (type === CType.struct) this.struct();
    else this.#varint();
  }

  #sequence(): void {
    const head = this.#byte();
    this.#elements(head >> 4 === 15 ? this.#varint() : head >> 4, [head & 15]);
  }

  #map(): void {
    const count = this.#varint();
    const types = count === 0 ? 0 : this.#byte();
    this.#elements(count, [types >> 4, types & 15]);
  }

  #elements(count: number, types: readonly number[]): void {
    for (let left = count; left > 0; left--) {
      const start = this.at;
      for (const type of types) this.#value(type);
      this.sites.push({ kind: "unit", at: start, size: this.at - start });
    }
  }
}

/** A struct in Thrift Compact. */
export const compactStruct = (bytes: Buffer): Sample => {
  const walk = new Walk(bytes, 0);
  walk.struct();
  return { bytes, sites: walk.sites };
};

/** A message in Thrift Compact. */
export const compactMessage = (bytes: Buffer): Sample => {
  const walk = new Walk(bytes, 0);
  walk.envelope();
  walk.struct();
  return { bytes, sites: walk.sites };
};
