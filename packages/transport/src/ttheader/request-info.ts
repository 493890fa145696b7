import { ByteReader, type CallerInfo, MetaInfo, RepeatedBytes } from "@kitex-ts/core/spi";
import { type HeaderVisitor, PREFIX_BYTES, readHeader } from "./codec.ts";
import { ACL_TOKEN_KEY, IntKey, PERSISTENT_PREFIX, StringKey, TRANSIENT_PREFIX, UPSTREAM_PREFIX } from "./keys.ts";

/** What a server takes from a request's header. Immutable, and shared by all requests with an equal header. */
export interface RequestInfo extends CallerInfo {
  /** Name of the service in the IDL; undefined when the caller does not say. */
  readonly serviceName: string | undefined;
}

export const noRequestInfo: RequestInfo = Object.freeze({
  serviceName: undefined,
  callerService: "",
  callerMethod: "",
  timeoutMs: 0,
  metaInfo: undefined,
});

interface KeyMeaning {
  readonly kind: "transient" | "persistent" | "service" | "ignored";
  /** Of a metainfo value, as handlers know it. */
  readonly name: string;
}

const ignored: KeyMeaning = { kind: "ignored", name: "" };

const meaningOf = (key: string): KeyMeaning => {
  if (key === StringKey.idlService) return { kind: "service", name: "" };
  // What upstream's upstream sent as transient ends here: neither handler nor anybody behind it sees it.
  if (key.startsWith(UPSTREAM_PREFIX)) return ignored;
  if (key.startsWith(TRANSIENT_PREFIX) && key.length > TRANSIENT_PREFIX.length) {
    return { kind: "transient", name: key.slice(TRANSIENT_PREFIX.length) };
  }
  if (key.startsWith(PERSISTENT_PREFIX) && key.length > PERSISTENT_PREFIX.length) {
    return { kind: "persistent", name: key.slice(PERSISTENT_PREFIX.length) };
  }
  return ignored;
};

/** Gathers string pairs that are metainfo. Also for mesh headers, which have string pairs only. */
export class RequestInfoReader implements HeaderVisitor {
  readonly #keys = new RepeatedBytes(meaningOf);
  readonly #texts = new RepeatedBytes((text) => text);
  #serviceName: string | undefined = undefined;
  #callerService = "";
  #callerMethod = "";
  #timeoutMs = 0;
  #transient: Map<string, string> | undefined = undefined;
  #persistent: Map<string, string> | undefined = undefined;

  reset(): void {
    this.#serviceName = undefined;
    this.#callerService = "";
    this.#callerMethod = "";
    this.#timeoutMs = 0;
    this.#transient = undefined;
    this.#persistent = undefined;
  }

  onString(buffer: Buffer, view: DataView, keyStart: number, keyEnd: number, valueEnd: number): void {
    const valueStart = keyEnd + 2;
    if (valueStart === valueEnd) return;
    // Nothing else that begins with another letter concerns us, so it never becomes a string.
    const first = buffer[keyStart];
    if (first !== 0x69 /* i */ && first !== 0x52 /* R */) return;
    const key = this.#keys.at(buffer, view, keyStart, keyEnd);
    if (key.kind === "ignored") return;
    const value = this.#texts.at(buffer, view, valueStart, valueEnd);
    if (key.kind === "service") this.#serviceName = value;
    else if (key.kind === "transient") {
      this.#transient ??= new Map();
      this.#transient.set(key.name, value);
    } else {
      this.#persistent ??= new Map();
      this.#persistent.set(key.name, value);
    }
  }

  onInt(buffer: Buffer, view: DataView, key: number, start: number, end: number): void {
    switch (key) {
      case IntKey.fromService:
        this.#callerService = this.#texts.at(buffer, view, start, end);
        break;
      case IntKey.fromMethod:
        this.#callerMethod = this.#texts.at(buffer, view, start, end);
        break;
      case IntKey.rpcTimeout:
        this.#timeoutMs = timeoutOf(buffer, start, end);
        break;
      default:
    }
  }

  onToken(buffer: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#transient ??= new Map();
    this.#transient.set(ACL_TOKEN_KEY, ByteReader.utf8(buffer, start, end - start));
  }

  result(): RequestInfo {
    const hasMetaInfo = this.#transient !== undefined || this.#persistent !== undefined;
    return {
      serviceName: this.#serviceName,
      callerService: this.#callerService,
      callerMethod: this.#callerMethod,
      timeoutMs: this.#timeoutMs,
      // Transient values of the caller are stale in the handler, which sends them no further.
      metaInfo: hasMetaInfo ? new MetaInfo(undefined, this.#transient, this.#persistent) : undefined,
    };
  }
}

/** Digits only. Beyond ten of them nobody means it; 0 would cancel the call before it begins. */
const timeoutOf = (buffer: Buffer, start: number, end: number): number => {
  if (end - start > 10) return 0;
  let timeoutMs = 0;
  for (let at = start; at < end; at++) {
    const digit = (buffer[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    timeoutMs = timeoutMs * 10 + digit;
  }
  return timeoutMs;
};

const CACHED_HEADERS = 64;
const CACHED_BYTES = 512;

interface CachedHeader {
  readonly bytes: DataView;
  readonly info: RequestInfo;
}

/**
 * Reads request headers, and remembers those without metainfo: a caller sends the same hundred bytes with every call of a method, and comparing
 * them is several times cheaper than reading them. One for all connections of a listener.
 */
export class RequestHeaderReader {
  readonly #maxHeaderBytes: number;
  readonly #reader = new RequestInfoReader();
  readonly #cache: (CachedHeader | undefined)[] = new Array<CachedHeader | undefined>(CACHED_HEADERS).fill(undefined);
  #latest: CachedHeader | undefined = undefined;
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
    const headerEnd = headerStart + length;
    if (length === 0 || length > CACHED_BYTES || headerEnd > end) return this.#parse(buffer, view, start, end);
    if (isEqual(view, headerStart, length, this.#latest)) {
      this.payloadStart = headerEnd;
      return this.#latest.info;
    }
    const place = placeOf(view, headerStart, length);
    const cached = this.#cache[place];
    if (isEqual(view, headerStart, length, cached)) {
      this.payloadStart = headerEnd;
      this.#latest = cached;
      return cached.info;
    }
    const info = this.#parse(buffer, view, start, end);
    if (info.metaInfo === undefined) {
      const bytes = new DataView(new Uint8Array(buffer.subarray(headerStart, headerEnd)).buffer);
      this.#cache[place] = { bytes, info };
    }
    return info;
  }

  #parse(buffer: Buffer, view: DataView, start: number, end: number): RequestInfo {
    this.#reader.reset();
    this.payloadStart = readHeader(buffer, view, start, end, this.#maxHeaderBytes, this.#reader);
    return this.#reader.result();
  }
}

/** A few words from a header, mixed: methods and timeouts differ in length or near the end. */
const placeOf = (view: DataView, start: number, length: number): number => {
  const end = start + length;
  let hash = length;
  for (let at = Math.max(start, end - 32); at < end; at += 4) hash = Math.imul(hash ^ view.getInt32(at), 0x9e37_79b1);
  return (hash >>> 16) & (CACHED_HEADERS - 1);
};

const isEqual = (
  view: DataView,
  start: number,
  length: number,
  cached: CachedHeader | undefined,
): cached is CachedHeader => {
  if (cached === undefined || cached.bytes.byteLength !== length) return false;
  const { bytes } = cached;
  for (let at = 0; at < length; at += 4) {
    if (view.getInt32(start + at) !== bytes.getInt32(at)) return false;
  }
  return true;
};
