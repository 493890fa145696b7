import { MetaInfo } from "@kitex-ts/core/spi";
import { type HeaderVisitor, PREFIX_BYTES, readHeader } from "./codec.ts";
import { ACL_TOKEN_KEY, IntKey, PERSISTENT_PREFIX, StringKey, TRANSIENT_PREFIX, UPSTREAM_PREFIX } from "./keys.ts";

/** What a server takes from a request's header. Immutable, and shared by all requests with an equal header. */
export interface RequestInfo {
  /** Name of the service in the IDL; undefined when the caller does not say. */
  readonly serviceName: string | undefined;
  readonly callerService: string;
  readonly callerMethod: string;
  /** 0 when there is none, or none that makes sense. */
  readonly timeoutMs: number;
  /** As the handler is to see it. */
  readonly metaInfo: MetaInfo | undefined;
}

export const noRequestInfo: RequestInfo = Object.freeze({
  serviceName: undefined,
  callerService: "",
  callerMethod: "",
  timeoutMs: 0,
  metaInfo: undefined,
});

/** Gathers string pairs that are metainfo. Also for mesh headers, which have string pairs only. */
export class RequestInfoReader implements HeaderVisitor {
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

  onString(buffer: Buffer, keyStart: number, keyEnd: number, valueEnd: number): void {
    const valueStart = keyEnd + 2;
    if (valueStart === valueEnd) return;
    // Nothing else that begins with another letter concerns us, so it never becomes a string.
    const first = buffer[keyStart];
    if (first === 0x69 /* i */) {
      if (buffer.toString("latin1", keyStart, keyEnd) === StringKey.idlService) {
        this.#serviceName = buffer.toString("utf8", valueStart, valueEnd);
      }
    } else if (first === 0x52 /* R */) {
      this.#onMetaInfo(buffer.toString("utf8", keyStart, keyEnd), buffer, valueStart, valueEnd);
    }
  }

  #onMetaInfo(key: string, buffer: Buffer, valueStart: number, valueEnd: number): void {
    // What upstream's upstream sent as transient ends here: neither handler nor anybody behind it sees it.
    if (key.startsWith(UPSTREAM_PREFIX)) return;
    if (key.startsWith(TRANSIENT_PREFIX)) {
      if (key.length === TRANSIENT_PREFIX.length) return;
      this.#transient ??= new Map();
      this.#transient.set(key.slice(TRANSIENT_PREFIX.length), buffer.toString("utf8", valueStart, valueEnd));
    } else if (key.startsWith(PERSISTENT_PREFIX) && key.length > PERSISTENT_PREFIX.length) {
      this.#persistent ??= new Map();
      this.#persistent.set(key.slice(PERSISTENT_PREFIX.length), buffer.toString("utf8", valueStart, valueEnd));
    }
  }

  onInt(buffer: Buffer, key: number, start: number, end: number): void {
    switch (key) {
      case IntKey.fromService:
        this.#callerService = buffer.toString("utf8", start, end);
        break;
      case IntKey.fromMethod:
        this.#callerMethod = buffer.toString("utf8", start, end);
        break;
      case IntKey.rpcTimeout:
        this.#timeoutMs = timeoutOf(buffer.toString("latin1", start, end));
        break;
      default:
    }
  }

  onToken(buffer: Buffer, start: number, end: number): void {
    if (start === end) return;
    this.#transient ??= new Map();
    this.#transient.set(ACL_TOKEN_KEY, buffer.toString("utf8", start, end));
  }

  result(): RequestInfo {
    const hasMetaInfo = this.#transient !== undefined || this.#persistent !== undefined;
    return {
      serviceName: this.#serviceName,
      callerService: this.#callerService,
      callerMethod: this.#callerMethod,
      timeoutMs: this.#timeoutMs,
      metaInfo: hasMetaInfo ? new MetaInfo(this.#transient, undefined, this.#persistent).transferForward() : undefined,
    };
  }
}

/** Beyond ten digits nobody means it; 0 and less would cancel the call before it begins. */
const timeoutOf = (text: string): number => (/^\d{1,10}$/.test(text) ? Number(text) : 0);

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
