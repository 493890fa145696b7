import { ByteReader, type CallerInfo, MetaInfo, MetaPairs, RepeatedBytes, withPair } from "@kitex-ts/core/spi";
import type { HeaderVisitor } from "./codec.ts";
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

/** What a pair of the header is to us. */
export interface PairMeaning {
  readonly kind: "transient" | "persistent" | "service" | "callerService" | "callerMethod" | "timeout" | "ignored";
  /** Of a metainfo value, as handlers know it. */
  readonly name: string;
}

const ignored: PairMeaning = { kind: "ignored", name: "" };

const meaningOf = (key: string): PairMeaning => {
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

const intMeanings: ReadonlyMap<number, PairMeaning> = new Map([
  [IntKey.fromService, { kind: "callerService", name: "" }],
  [IntKey.fromMethod, { kind: "callerMethod", name: "" }],
  [IntKey.rpcTimeout, { kind: "timeout", name: "" }],
]);

/** Where a value stands in a buffer, and what it is. */
export interface ValuePlace {
  readonly meaning: PairMeaning;
  readonly start: number;
  readonly end: number;
}

/** Gathers what a header says. Also for mesh headers, which have string pairs only. */
export class RequestInfoReader implements HeaderVisitor {
  /** Receives, when set, where each value was found. */
  places: ValuePlace[] | undefined = undefined;
  /** The header brought a token, which has no key. */
  hasToken = false;
  readonly #keys = new RepeatedBytes(meaningOf);
  readonly #texts = new RepeatedBytes((text) => text);
  #serviceName: string | undefined = undefined;
  #callerService = "";
  #callerMethod = "";
  #timeoutMs = 0;
  #transient: MetaPairs | undefined = undefined;
  #persistent: MetaPairs | undefined = undefined;

  /** Begins anew, with what is known already; its metainfo is not taken over. */
  reset(known: RequestInfo = noRequestInfo): void {
    this.hasToken = false;
    this.#serviceName = known.serviceName;
    this.#callerService = known.callerService;
    this.#callerMethod = known.callerMethod;
    this.#timeoutMs = known.timeoutMs;
    this.#transient = undefined;
    this.#persistent = undefined;
  }

  onString(buffer: Buffer, view: DataView, keyStart: number, keyEnd: number, valueEnd: number): void {
    // Nothing that begins with another letter concerns us, so it never becomes a string.
    const first = buffer[keyStart];
    const isOurs = first === 0x69 /* i */ || first === 0x52; /* R */
    this.#onValue(isOurs ? this.#keys.at(buffer, view, keyStart, keyEnd) : ignored, buffer, view, keyEnd + 2, valueEnd);
  }

  onInt(buffer: Buffer, view: DataView, key: number, start: number, end: number): void {
    const meaning = intMeanings.get(key) ?? ignored;
    this.#onValue(meaning, buffer, view, start, end);
  }

  #onValue(meaning: PairMeaning, buffer: Buffer, view: DataView, start: number, end: number): void {
    this.places?.push({ meaning, start, end });
    if (meaning !== ignored) this.take(meaning, buffer, view, start, end);
  }

  /** Takes the value at `[start, end)` for what `meaning` says. */
  take(meaning: PairMeaning, buffer: Buffer, view: DataView, start: number, end: number): void {
    if (start === end) return;
    if (meaning.kind === "timeout") {
      this.#timeoutMs = timeoutOf(buffer, start, end);
      return;
    }
    const value = this.#texts.at(buffer, view, start, end);
    switch (meaning.kind) {
      case "transient":
        this.#transient = received(this.#transient, meaning.name, value);
        break;
      case "persistent":
        this.#persistent = received(this.#persistent, meaning.name, value);
        break;
      case "service":
        this.#serviceName = value;
        break;
      case "callerService":
        this.#callerService = value;
        break;
      case "callerMethod":
        this.#callerMethod = value;
        break;
      default:
    }
  }

  onToken(buffer: Buffer, start: number, end: number): void {
    this.hasToken = true;
    if (start === end) return;
    this.#transient = received(this.#transient, ACL_TOKEN_KEY, ByteReader.utf8(buffer, start, end - start));
  }

  result(): RequestInfo {
    const hasMetaInfo = this.#transient !== undefined || this.#persistent !== undefined;
    return {
      serviceName: this.#serviceName,
      callerService: this.#callerService,
      callerMethod: this.#callerMethod,
      timeoutMs: this.#timeoutMs,
      // Transient values of the caller are stale in the handler, which sends them no further.
      metaInfo: hasMetaInfo
        ? new MetaInfo(undefined, distinct(this.#transient), distinct(this.#persistent))
        : undefined,
    };
  }
}

/** Headers with more pairs than this are rare, and may mean harm: what comes twice is sorted out at the end, by a map. */
const FEW_PAIRS = 8;

/** Of a key that comes twice the last value counts. */
const received = (pairs: MetaPairs | undefined, key: string, value: string): MetaPairs =>
  pairs === undefined || pairs.size < FEW_PAIRS ? withPair(pairs, key, value) : new MetaPairs(key, value, pairs);

const distinct = (pairs: MetaPairs | undefined): MetaPairs | undefined =>
  pairs === undefined || pairs.size <= FEW_PAIRS ? pairs : MetaPairs.from(new Map(pairs.oldestFirst()));

/** Go counts a duration in nanoseconds, in 63 bits; what does not fit overflows there. */
const MAX_TIMEOUT_MS = 9_223_372_036_854;

/** A decimal number, as Go reads it: digits behind an optional sign. 0, no deadline, for anything else, and for what no deadline can be. */
const timeoutOf = (buffer: Buffer, start: number, end: number): number => {
  const first = buffer[start] === 0x2b /* + */ ? start + 1 : start;
  let timeoutMs = 0;
  for (let at = first; at < end; at++) {
    const digit = (buffer[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return 0;
    timeoutMs = timeoutMs * 10 + digit;
    if (timeoutMs > MAX_TIMEOUT_MS) return 0;
  }
  return timeoutMs;
};
