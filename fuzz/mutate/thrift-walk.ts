import type { Sample, Site } from "./sample.ts";

/** Walks a valid message of Thrift in one of its forms, and notes where it can be changed. Knows nothing of the decoders that are tested. */
export abstract class ThriftWalk {
  readonly #bytes: Buffer;
  readonly #sites: Site[] = [];
  protected at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  protected abstract envelope(): void;
  protected abstract struct(): void;
  protected abstract value(type: number): void;

  asStruct(): Sample {
    this.struct();
    return { bytes: this.#bytes, sites: this.#sites };
  }

  asMessage(): Sample {
    this.envelope();
    return this.asStruct();
  }

  /** Passes a site, and answers its bytes. */
  protected site(kind: Site["kind"], size: number): Buffer {
    const start = this.at;
    this.#sites.push({ kind, at: start, size });
    this.at += size;
    return this.#bytes.subarray(start, this.at);
  }

  protected type(): number {
    return this.site("type", 1)[0] as number;
  }

  /** The byte that stands `distance` bytes ahead. */
  protected ahead(distance: number): number {
    return this.#bytes[this.at + distance] as number;
  }

  /** What was passed since `start` is a whole. */
  protected unitSince(start: number): void {
    this.#sites.push({ kind: "unit", at: start, size: this.at - start });
  }

  /** So many elements, each of values of these types. */
  protected elements(count: number, types: readonly number[]): void {
    for (let left = count; left > 0; left--) {
      const start = this.at;
      for (const type of types) this.value(type);
      this.unitSince(start);
    }
  }
}
