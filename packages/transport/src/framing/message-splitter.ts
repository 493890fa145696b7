import { TransportError, type TransportProtocol } from "@kitex-ts/core";
import { ByteReader, type PayloadCodec, type ScanState } from "@kitex-ts/core/spi";
import { isTTHeader, PREFIX_BYTES } from "../ttheader/codec.ts";

// How the next message is told by its first eight bytes, in this order (`word` is the payload's own mark):
//
//   xxxx xxxx 1000 ffff   TTHeader: LENGTH says how long, whatever the payload
//   ffaf llll …           mesh header of l bytes, then one of the two below
//   word …                PurePayload: the payload codec finds the end
//   nnnn nnnn word …      Framed: n bytes follow

const MESH_MAGIC = 0xffaf;
/** A frame up to this size is allocated at once; a larger one grows with what has arrived, whatever length it declares. */
const TRUSTED_BYTES = 512 * 1024;
/** A part of a message is copied into memory that is kept for the next one, up to this size while such are needed. */
const KEPT_BYTES = 512 * 1024;
const SMALL_BYTES = 16 * 1024;
/** A message beyond the limit is read and dropped up to this size. */
const MAX_SKIPPED_BYTES = 1024 * 1024 * 1024;

/** What carries a message on the wire, as far as its first bytes tell. */
export type Carrier = Extract<TransportProtocol, "TTHeader" | "Framed" | "PurePayload">;

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_VIEW: DataView = viewOf(NO_BYTES);

/**
 * Cuts a stream of bytes into messages. `feed` chunks, then call `next` while it answers true; the message is `buffer[start, end)` until the
 * following call. Messages inside one chunk stay where they are; one that spans chunks is copied once.
 */
export class MessageSplitter {
  buffer: Buffer = NO_BYTES;
  view: DataView = NO_VIEW;
  start = 0;
  end = 0;
  carrier: Carrier = "TTHeader";
  /** Where the message begins behind a mesh header; `start` without one. */
  messageStart = 0;

  readonly #codecs: readonly PayloadCodec[];
  readonly #maxBytes: number;

  #chunk: Buffer = NO_BYTES;
  #chunkView: DataView = NO_VIEW;
  #position = 0;
  #limit = 0;
  /** Chunks that came while nobody took messages. */
  #waiting: Buffer[] = [];

  /** The beginning of a message whose rest has not arrived. */
  #part: Buffer = NO_BYTES;
  #partView: DataView = NO_VIEW;
  #partLength = 0;
  /** Bytes of the message to have before looking at it again makes sense. */
  #wanted = 0;
  /** Declared size of a message beyond the limit, as far as its first bytes tell it. */
  #oversize = 0;
  /** Bytes to be dropped before the next message begins. */
  #toSkip = 0;
  /** The message ends wherever the payload codec says, so all that arrives is looked at. */
  #isScanning = false;

  readonly #scanReader = new ByteReader();
  readonly #scanState: ScanState = { position: 0, stack: [] };

  constructor(codecs: readonly PayloadCodec[], maxBytes: number) {
    this.#codecs = codecs;
    this.#maxBytes = maxBytes;
  }

  /** Has anything arrived that `next` has not answered with yet? */
  get hasInput(): boolean {
    return this.#partLength > 0 || this.#position < this.#limit || this.#waiting.length > 0;
  }

  /** Does the input end inside a message? True only after `next` answered false. */
  get isInsideMessage(): boolean {
    return this.#partLength > 0;
  }

  /** Takes `chunk[0, length)`. Who feeds memory that is used again must take all messages before it changes. */
  feed(chunk: Buffer, view: DataView, length: number): void {
    if (this.#position < this.#limit) {
      this.#waiting.push(chunk.subarray(0, length));
      return;
    }
    this.#chunk = chunk;
    this.#chunkView = view;
    this.#position = 0;
    this.#limit = length;
  }

  /**
   * Finds the next whole message.
   *
   * @throws TransportError `malformed_frame`, `frame_too_large`; ProtocolException from the payload codec. The stream is lost then, but for
   * {@link skipOversized}; `start` and the bytes behind it show what there is.
   */
  next(): boolean {
    for (;;) {
      if (this.#toSkip > 0 && !this.#skip()) return false;
      if (this.#partLength > 0) {
        if (!this.#fillPart()) {
          if (this.#nextChunk()) continue;
          return false;
        }
        const size = this.#measure(this.#part, this.#partView, 0, this.#partLength);
        if (size === 0 || size > this.#partLength) {
          if (size > 0) this.#wanted = size;
          continue;
        }
        // Only what came last can be too much: before it the message was not complete.
        this.#position -= this.#partLength - size;
        this.#partLength = 0;
        this.end = size;
        return true;
      }
      if (this.#part.length > SMALL_BYTES && !this.#isPartUseful()) this.#setPart(NO_BYTES);
      const available = this.#limit - this.#position;
      if (available === 0) {
        if (this.#nextChunk()) continue;
        return false;
      }
      const size = this.#measure(this.#chunk, this.#chunkView, this.#position, available);
      if (size > 0 && size <= available) {
        this.end = this.#position + size;
        this.#position = this.end;
        return true;
      }
      if (size > 0) this.#wanted = size;
      this.#fillPart();
    }
  }

  /** Messages that came whole in a chunk say nothing; the latest that did not decides. */
  #isPartUseful(): boolean {
    return this.#part.length <= KEPT_BYTES && this.#wanted * 8 >= this.#part.length;
  }

  /**
   * After `frame_too_large`: leaves the message out and goes on behind it. Answers the sequence id in its TTHeader, of which the fixed part is at
   * `start`; undefined when that cannot be done, as nothing but a TTHeader tells both, or when it is longer than anybody would wait for.
   */
  skipOversized(): number | undefined {
    const size = this.#oversize;
    this.#oversize = 0;
    if (size === 0 || size > MAX_SKIPPED_BYTES) return undefined;
    const sequenceId = this.view.getInt32(this.start + 8);
    this.#toSkip = size - this.#partLength;
    this.#partLength = 0;
    return sequenceId;
  }

  #skip(): boolean {
    do {
      const dropped = Math.min(this.#toSkip, this.#limit - this.#position);
      this.#position += dropped;
      this.#toSkip -= dropped;
      if (this.#toSkip === 0) return true;
    } while (this.#nextChunk());
    return false;
  }

  #nextChunk(): boolean {
    if (this.#position < this.#limit) return true;
    const chunk = this.#waiting.shift();
    if (chunk === undefined) {
      // A chunk that is used up must not be kept alive by us.
      this.#chunk = NO_BYTES;
      this.#chunkView = NO_VIEW;
      this.buffer = NO_BYTES;
      this.view = NO_VIEW;
      this.#position = 0;
      this.#limit = 0;
      return false;
    }
    this.feed(chunk, viewOf(chunk), chunk.length);
    return true;
  }

  /** Moves bytes from the chunk to the part; answers whether as many as wanted are there. */
  #fillPart(): boolean {
    const rest = this.#limit - this.#position;
    const take = this.#isScanning ? rest : Math.min(this.#wanted - this.#partLength, rest);
    const length = this.#partLength + take;
    if (length > this.#part.length) this.#growPart(length);
    this.#chunk.copy(this.#part, this.#partLength, this.#position, this.#position + take);
    this.#partLength = length;
    this.#position += take;
    return length >= this.#wanted;
  }

  #growPart(length: number): void {
    const wanted = this.#isScanning ? Infinity : this.#wanted;
    const size = wanted <= TRUSTED_BYTES ? wanted : Math.min(wanted, length * 2);
    const grown = Buffer.allocUnsafeSlow(Math.max(size, 512));
    this.#part.copy(grown, 0, 0, this.#partLength);
    this.#setPart(grown);
  }

  #setPart(part: Buffer): void {
    this.#part = part;
    this.#partView = viewOf(part);
  }

  /**
   * Size of the message at `start`, of which `available` bytes are there. 0 when that cannot be said yet; `#wanted` then holds how many bytes
   * it takes to say more.
   */
  #measure(buffer: Buffer, view: DataView, start: number, available: number): number {
    // Storing what is new into what is old costs more than looking whether it is there.
    if (this.buffer !== buffer) {
      this.buffer = buffer;
      this.view = view;
    }
    this.start = start;
    this.end = start + available;
    this.messageStart = start;
    this.#isScanning = false;
    this.#oversize = 0;
    if (available < 4) return this.#want(4);
    const first = view.getUint32(start);
    if (available < 8) {
      // Seven bytes and the end. Neither a length nor a mark of ours looks like it.
      if (first >>> 16 === 0x1503) {
        if (available < 5) return this.#want(5);
        if (buffer[start + 4] === 0x02) {
          throw malformed("a TLS alert: the peer speaks TLS at this address; see client.withTLS");
        }
      }
      // A whole message of Thrift Compact has six bytes and more; in all other cases eight tell what it is.
      return this.#codecOf(first) === undefined ? this.#want(8) : this.#measurePayload(start, available, first, 0);
    }
    const second = view.getUint32(start + 4);
    if (isTTHeader(second)) {
      this.carrier = "TTHeader";
      if (available < PREFIX_BYTES) return this.#want(PREFIX_BYTES);
      if (first < PREFIX_BYTES - 4) throw malformed(`TTHeader with LENGTH ${first}`);
      if (first + 4 > this.#maxBytes) this.#oversize = first + 4;
      return this.#checked(first + 4);
    }
    if (first >>> 16 !== MESH_MAGIC) return this.#measurePayload(start, available, first, second);

    const headerBytes = 4 + (first & 0xffff);
    if (available < headerBytes + 8) return this.#want(headerBytes + 8);
    this.messageStart = start + headerBytes;
    const size = this.#measurePayload(
      this.messageStart,
      available - headerBytes,
      view.getUint32(this.messageStart),
      view.getUint32(this.messageStart + 4),
    );
    if (size > 0) return headerBytes + size;
    this.#wanted += headerBytes;
    return 0;
  }

  #measurePayload(start: number, available: number, first: number, second: number): number {
    const bare = this.#codecOf(first);
    if (bare !== undefined) {
      this.carrier = "PurePayload";
      return this.#scan(bare, start, available);
    }
    if (this.#codecOf(second) !== undefined) {
      this.carrier = "Framed";
      // Less than the mark that it was recognized by. Bytes that have been copied could not be given back for the next message.
      if (first < 4) throw malformed(`a frame of ${first} bytes`);
      return this.#checked(first + 4);
    }
    throw malformed(describe(this.buffer, start));
  }

  #codecOf(word: number): PayloadCodec | undefined {
    for (const codec of this.#codecs) if (codec.matches(word)) return codec;
    return undefined;
  }

  #scan(codec: PayloadCodec, start: number, available: number): number {
    const reader = this.#scanReader;
    const state = this.#scanState;
    reader.attach(this.buffer, this.view, start, start + available);
    const size = codec.scan(reader, state);
    if (size < 0) {
      this.#checked(available + 1);
      this.#isScanning = true;
      return this.#want(available + 1);
    }
    state.position = 0;
    state.stack.length = 0;
    return this.#checked(size);
  }

  #want(bytes: number): 0 {
    this.#wanted = bytes;
    return 0;
  }

  #checked(size: number): number {
    if (size > this.#maxBytes) {
      throw new TransportError(
        "frame_too_large",
        `message of ${size} bytes, the limit is ${this.#maxBytes}; raise maxMessageBytes or send less at once`,
      );
    }
    return size;
  }
}

const malformed = (detail: string): TransportError => new TransportError("malformed_frame", detail);

/** Says of bytes that begin no message what they look like: people connect browsers, probes and other protocols to the port. */
const describe = (buffer: Buffer, start: number): string => {
  const bytes = buffer.subarray(start, start + 8);
  const hex = (from: number): string => `0x${bytes.toString("hex", from, from + 4)}`;
  const words = `invalid payload (first4Bytes=${hex(0)}, second4Bytes=${hex(4)})`;
  const text = bytes.toString("latin1");
  if (text.startsWith("PRI * HT")) return `${words}: HTTP/2, which this port does not serve`;
  if (/^(?:GET|PUT|HEAD|POST|PATCH|TRACE|DELETE|OPTIONS|CONNECT|HTTP\/1)/.test(text)) return `${words}: HTTP/1`;
  if (bytes[0] === 0x16 && bytes[1] === 0x03) return `${words}: a TLS handshake, but TLS is not enabled here`;
  if (bytes[0] === 0x82) return `${words}: Thrift Compact, Binary is expected`;
  return words;
};
