import { PREFIX_BYTES, readHeader } from "./codec.ts";
import { type RequestInfo, RequestInfoReader, type ValuePlace } from "./request-info.ts";

const BUCKETS = 64;
/** Shapes of equal length that are remembered: methods whose names are equally long. */
const SHAPES_PER_BUCKET = 4;
/** Longer headers are read each time. */
const MAX_SHAPE_BYTES = 512;
/** Making a shape costs as much as reading a few headers, so those that are in no known shape bring a new one only so often. */
const MISSES_PER_SHAPE = 16;

/**
 * A header that was read before, and which of its bytes may be others in the next: a caller sends the same hundred bytes with every call of a method,
 * but for the values of metainfo and the time that is left.
 */
class HeaderShape {
  /** The header as words, and which bits of them do not change. */
  readonly #words: Int32Array;
  readonly #fixed: Int32Array;
  /** What those bits say. */
  readonly #info: RequestInfo;
  /** The values to be read each time; their places count from the beginning of the header. */
  readonly #values: readonly ValuePlace[];

  constructor(view: DataView, start: number, length: number, info: RequestInfo, places: readonly ValuePlace[]) {
    this.#words = Int32Array.from({ length: length / 4 }, (_, index) => view.getInt32(start + index * 4));
    const fixed = new DataView(new ArrayBuffer(length));
    for (let at = 0; at < length; at++) fixed.setUint8(at, 0xff);
    const values: ValuePlace[] = [];
    for (const { meaning, start: valueStart, end } of places) {
      const { kind } = meaning;
      if (kind === "service" || kind === "callerService" || kind === "callerMethod") continue;
      for (let at = valueStart; at < end; at++) fixed.setUint8(at - start, 0);
      if (kind !== "ignored") values.push({ meaning, start: valueStart - start, end: end - start });
    }
    this.#fixed = Int32Array.from(this.#words, (_, index) => fixed.getInt32(index * 4));
    this.#info = info;
    this.#values = values;
  }

  get length(): number {
    return this.#words.length * 4;
  }

  matches(view: DataView, start: number): boolean {
    const words = this.#words;
    const fixed = this.#fixed;
    for (let index = 0; index < words.length; index++) {
      const differing = view.getInt32(start + index * 4) ^ (words[index] as number);
      if ((differing & (fixed[index] as number)) !== 0) return false;
    }
    return true;
  }

  /** What the header at `start`, which {@link matches}, says. */
  read(buffer: Buffer, view: DataView, start: number, reader: RequestInfoReader): RequestInfo {
    if (this.#values.length === 0) return this.#info;
    reader.reset(this.#info);
    for (const value of this.#values) reader.take(value.meaning, buffer, view, start + value.start, start + value.end);
    return reader.result();
  }
}

interface Bucket {
  /** The one that was used last comes first. */
  readonly shapes: HeaderShape[];
  misses: number;
}

/** Reads request headers, comparing them with those it knows. One for all connections of a listener. */
export class RequestHeaderReader {
  readonly #maxHeaderBytes: number;
  readonly #reader = new RequestInfoReader();
  readonly #buckets: readonly Bucket[] = Array.from({ length: BUCKETS }, () => ({ shapes: [], misses: 0 }));
  /** Where the payload of the header read last begins. */
  payloadStart = 0;

  constructor(maxHeaderBytes: number) {
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  /**
   * The header of the unit at `[start, end)`.
   *
   * @throws TransportError `malformed_header`
   */
  read(buffer: Buffer, view: DataView, start: number, end: number): RequestInfo {
    const headerStart = start + PREFIX_BYTES;
    const length = view.getUint16(start + 12) * 4;
    if (length === 0 || length > MAX_SHAPE_BYTES || headerStart + length > end)
      return this.#parse(buffer, view, start, end);
    const bucket = this.#buckets[(length >> 2) & (BUCKETS - 1)] as Bucket;
    const { shapes } = bucket;
    for (let index = 0; index < shapes.length; index++) {
      const shape = shapes[index] as HeaderShape;
      if (shape.length !== length || !shape.matches(view, headerStart)) continue;
      if (index > 0) {
        shapes.splice(index, 1);
        shapes.unshift(shape);
      }
      this.payloadStart = headerStart + length;
      return shape.read(buffer, view, headerStart, this.#reader);
    }
    bucket.misses++;
    if (bucket.misses !== 2 && bucket.misses % MISSES_PER_SHAPE !== 0) return this.#parse(buffer, view, start, end);
    const places: ValuePlace[] = [];
    this.#reader.places = places;
    try {
      const info = this.#parse(buffer, view, start, end);
      if (this.#reader.hasToken) return info;
      if (shapes.length === SHAPES_PER_BUCKET) shapes.pop();
      shapes.unshift(new HeaderShape(view, headerStart, length, info, places));
      return info;
    } finally {
      this.#reader.places = undefined;
    }
  }

  #parse(buffer: Buffer, view: DataView, start: number, end: number): RequestInfo {
    this.#reader.reset();
    this.payloadStart = readHeader(buffer, view, start, end, this.#maxHeaderBytes, this.#reader);
    return this.#reader.result();
  }
}
