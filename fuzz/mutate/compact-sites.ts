import type { Sample } from "./sample.ts";
import { ThriftWalk } from "./thrift-walk.ts";

/** Codes below are bools, those left out varints. */
const CType = { i8: 3, double: 7, binary: 8, list: 9, set: 10, map: 11, struct: 12 } as const;

class CompactWalk extends ThriftWalk {
  #varint(): number {
    let size = 1;
    while (this.ahead(size - 1) >= 0x80) size++;
    return this.site("varint", size).reduceRight((value, byte) => value * 128 + (byte & 0x7f), 0);
  }

  #text(): void {
    this.site("content", this.#varint());
  }

  protected envelope(): void {
    this.site("int", 2);
    this.#varint();
    this.#text();
  }

  protected struct(): void {
    for (;;) {
      const start = this.at;
      const head = this.type();
      const type = head & 15;
      if (type === 0) return;
      if (head < 16) this.#varint();
      // A bool is all in its header.
      if (type > 2) this.value(type);
      this.unitSince(start);
    }
  }

  protected value(type: number): void {
    if (type <= CType.i8) this.type();
    else if (type === CType.double) this.site("int", 8);
    else if (type === CType.binary) this.#text();
    else if (type === CType.list || type === CType.set) this.#sequence();
    else if (type === CType.map) this.#map();
    else if (type === CType.struct) this.struct();
    else this.#varint();
  }

  #sequence(): void {
    const head = this.type();
    this.elements(head >> 4 === 15 ? this.#varint() : head >> 4, [head & 15]);
  }

  #map(): void {
    const count = this.#varint();
    const types = count === 0 ? 0 : this.type();
    this.elements(count, [types >> 4, types & 15]);
  }
}

/** A struct in Thrift Compact. */
export const compactStruct = (bytes: Buffer): Sample => new CompactWalk(bytes).asStruct();

/** A message in Thrift Compact. */
export const compactMessage = (bytes: Buffer): Sample => new CompactWalk(bytes).asMessage();
