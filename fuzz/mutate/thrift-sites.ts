import type { Sample, Site } from "./sample.ts";

const fixedSizes: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 8, 6: 2, 8: 4, 10: 8 };

/** The type of a field that generic Kitex servers answer with; an empty struct follows. */
const VOID = 1;

/** Walks valid Thrift Binary; knows nothing of the decoders that are tested. */
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

  #i32(): number {
    const value = this.#bytes.readInt32BE(this.at);
    this.#site("int", 4);
    return value;
  }

  #type(): number {
    const type = this.#bytes[this.at] as number;
    this.#site("type", 1);
    return type;
  }

  text(): void {
    this.#site("content", this.#i32());
  }

  envelope(): void {
    this.#site("int", 4);
    this.text();
    this.#site("int", 4);
  }

  struct(): void {
    for (;;) {
      const start = this.at;
      const type = this.#type();
      if (type === 0) return;
      this.#site("int", 2);
      this.#value(type);
      this.sites.push({ kind: "unit", at: start, size: this.at - start });
    }
  }

  #value(type: number): void {
    const size = fixedSizes[type];
    if (size !== undefined) this.#site("int", size);
    else if (type === 11) this.text();
    else if (type === 12 || type === VOID) this.struct();
    else if (type === 13) this.#elements([this.#type(), this.#type()]);
    else this.#elements([this.#type()]);
  }

  #elements(types: readonly number[]): void {
    for (let left = this.#i32(); left > 0; left--) {
      const start = this.at;
      for (const type of types) this.#value(type);
      this.sites.push({ kind: "unit", at: start, size: this.at - start });
    }
  }
}

/** A struct in Thrift Binary. */
export const thriftStruct = (bytes: Buffer): Sample => {
  const walk = new Walk(bytes, 0);
  walk.struct();
  return { bytes, sites: walk.sites };
};

/** A message in Thrift Binary. */
export const thriftMessage = (bytes: Buffer): Sample => {
  const walk = new Walk(bytes, 0);
  walk.envelope();
  walk.struct();
  return { bytes, sites: walk.sites };
};
