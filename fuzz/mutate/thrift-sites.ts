import type { Sample } from "./sample.ts";
import { ThriftWalk } from "./thrift-walk.ts";

const fixedSizes: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 };

/** The type of a field that generic Kitex servers answer with; an empty struct follows. */
const VOID = 1;

class BinaryWalk extends ThriftWalk {
  #i32(): number {
    return this.site("int", 4).readInt32BE();
  }

  #text(): void {
    this.site("content", this.#i32());
  }

  protected envelope(): void {
    this.site("int", 4);
    this.#text();
    this.site("int", 4);
  }

  protected struct(): void {
    for (;;) {
      const start = this.at;
      const type = this.type();
      if (type === 0) return;
      this.site("int", 2);
      this.value(type);
      this.unitSince(start);
    }
  }

  protected value(type: number): void {
    const size = fixedSizes[type];
    if (size !== undefined) this.site("int", size);
    else if (type === 11) this.#text();
    else if (type === 12 || type === VOID) this.struct();
    else {
      const types = type === 13 ? [this.type(), this.type()] : [this.type()];
      this.elements(this.#i32(), types);
    }
  }
}

/** A struct in Thrift Binary. */
export const thriftStruct = (bytes: Buffer): Sample => new BinaryWalk(bytes).asStruct();

/** A message in Thrift Binary. */
export const thriftMessage = (bytes: Buffer): Sample => new BinaryWalk(bytes).asMessage();
