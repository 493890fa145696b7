import {
  type Attempt,
  ByteWriter,
  type MetaInfo,
  type MetaPairs,
  type MethodTarget,
  PreparedBytes,
} from "@kitex-ts/core/spi";
import { Block, beginHeader, beginPairs, endHeader, writeIntPair, writeStringPair, writeToken } from "./codec.ts";
import { ACL_TOKEN_KEY, IntKey, PERSISTENT_PREFIX, StringKey, TRANSIENT_PREFIX } from "./keys.ts";

/**
 * The header of all requests of one method of one client. What never changes is encoded once; a call without metainfo and with the timeouts of
 * the one before is one copy, of which flags and sequence id are set anew.
 *
 *     prefix · token · string pairs: ours, then metainfo · integer pairs: ours, then timeouts
 *                      └──── strings ────┘                 └────────────── tail ────────────┘
 */
class MethodHeader {
  readonly #strings: PreparedBytes;
  readonly #stringCount: number;
  readonly #ints: PreparedBytes;
  readonly #intCount: number;
  /** Of the call before. */
  #timeoutMs = -1;
  #connectTimeoutMs = -1;
  /** With these timeouts; made when they come for the second time, for what is left of a parent's deadline never does. */
  #tail: PreparedBytes | undefined = undefined;
  #plain: PreparedBytes | undefined = undefined;

  constructor(target: MethodTarget, fromMethod: string, isFramed: boolean) {
    const { service, method } = target;
    this.#stringCount = service.serviceName === "" ? 0 : 1;
    this.#strings = prepared((writer) => {
      beginPairs(writer, Block.strings, this.#stringCount);
      if (service.serviceName !== "") writeStringPair(writer, StringKey.idlService, service.serviceName);
    });
    const ints: readonly (readonly [number, string])[] = [
      [IntKey.transportType, isFramed ? "framed" : "unframed"],
      [IntKey.fromService, target.caller],
      [IntKey.toService, target.destination],
      [IntKey.toMethod, method.name],
      [IntKey.fromMethod, fromMethod],
      [IntKey.messageType, method.oneway ? "4" : "1"],
    ];
    this.#intCount = ints.length;
    this.#ints = prepared((writer) => {
      for (const [key, value] of ints) writeIntPair(writer, key, value);
    });
  }

  write(writer: ByteWriter, attempt: Attempt, flags: number, sequenceId: number): void {
    const connectTimeout = attempt.call.settings.connectTimeoutMs;
    const connectTimeoutMs = connectTimeout.source === "default" ? 0 : connectTimeout.value;
    const { timeoutMs, metaInfo } = attempt;
    const start = writer.offset;
    if (timeoutMs !== this.#timeoutMs || connectTimeoutMs !== this.#connectTimeoutMs) {
      this.#timeoutMs = timeoutMs;
      this.#connectTimeoutMs = connectTimeoutMs;
      this.#tail = undefined;
      this.#plain = undefined;
      this.#compose(writer, metaInfo);
    } else {
      this.#tail ??= prepared((tail) => this.#writeInts(tail));
      if (metaInfo?.transient === undefined && metaInfo?.persistent === undefined) {
        this.#plain ??= prepared((plain) => this.#compose(plain, undefined));
        writer.writePrepared(this.#plain);
      } else this.#compose(writer, metaInfo);
    }
    const { view } = writer;
    view.setUint16(start + 6, flags);
    view.setInt32(start + 8, sequenceId);
  }

  #compose(writer: ByteWriter, metaInfo: MetaInfo | undefined): void {
    const transient = metaInfo?.transient;
    const persistent = metaInfo?.persistent;
    const token = transient?.get(ACL_TOKEN_KEY);
    const start = beginHeader(writer, 0, 0);
    if (token !== undefined) writeToken(writer, token);
    const countAt = writer.offset + 1;
    writer.writePrepared(this.#strings);
    if (transient !== undefined) writeMetaInfo(writer, transientKeys, transient);
    if (persistent !== undefined) writeMetaInfo(writer, persistentKeys, persistent);
    const metaCount = (transient?.size ?? 0) + (persistent?.size ?? 0) - (token === undefined ? 0 : 1);
    writer.view.setUint16(countAt, this.#stringCount + metaCount);
    if (this.#tail === undefined) this.#writeInts(writer);
    else writer.writePrepared(this.#tail);
    endHeader(writer, start);
  }

  #writeInts(writer: ByteWriter): void {
    const hasTimeout = this.#timeoutMs > 0;
    const hasConnectTimeout = this.#connectTimeoutMs > 0;
    beginPairs(writer, Block.ints, this.#intCount + (hasTimeout ? 1 : 0) + (hasConnectTimeout ? 1 : 0));
    writer.writePrepared(this.#ints);
    if (hasTimeout) writeIntPair(writer, IntKey.rpcTimeout, String(Math.ceil(this.#timeoutMs)));
    if (hasConnectTimeout) writeIntPair(writer, IntKey.connectTimeout, String(Math.ceil(this.#connectTimeoutMs)));
  }
}

const prepared = (write: (writer: ByteWriter) => void): PreparedBytes => {
  const writer = new ByteWriter(256);
  write(writer);
  return new PreparedBytes(writer.buffer.subarray(0, writer.offset));
};

const writeMetaInfo = (writer: ByteWriter, keys: MetaInfoKeys, pairs: MetaPairs): void => {
  for (let pair: MetaPairs | undefined = pairs; pair !== undefined; pair = pair.next) {
    if (pair.key === ACL_TOKEN_KEY && keys === transientKeys) continue;
    writer.writePrepared(keys.encoded(pair.key));
    writer.writeShortString(pair.value);
  }
};

const KEPT_KEYS = 256;

interface EncodedKey {
  readonly key: string;
  readonly bytes: PreparedBytes;
}

/** Keys of metainfo as they stand on the wire, prefix and length included. They are few, and come with every call. */
class MetaInfoKeys {
  readonly #prefix: string;
  readonly #encoded = new Map<string, EncodedKey>();
  /** Those used last, by their length: to compare is cheaper than to look up. */
  readonly #latest: (EncodedKey | undefined)[] = new Array<EncodedKey | undefined>(32).fill(undefined);

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  encoded(key: string): PreparedBytes {
    const place = key.length & 31;
    let known = this.#latest[place];
    if (known?.key !== key) {
      known = this.#encoded.get(key) ?? this.#encode(key);
      this.#latest[place] = known;
    }
    return known.bytes;
  }

  #encode(key: string): EncodedKey {
    const encoded = { key, bytes: prepared((writer) => writer.writeShortString(this.#prefix + key)) };
    if (this.#encoded.size < KEPT_KEYS) this.#encoded.set(key, encoded);
    return encoded;
  }
}

const transientKeys = new MetaInfoKeys(TRANSIENT_PREFIX);
const persistentKeys = new MetaInfoKeys(PERSISTENT_PREFIX);

/** Writes the headers of requests; keeps what can be kept of each method's. */
export class RequestHeaders {
  readonly #isFramed: boolean;
  /** By the method that calls, which is empty outside handlers. */
  readonly #methods = new WeakMap<MethodTarget, Map<string, MethodHeader>>();
  #latest: MethodHeader | undefined = undefined;
  #latestTarget: MethodTarget | undefined = undefined;
  #latestFrom = "";

  constructor(isFramed: boolean) {
    this.#isFramed = isFramed;
  }

  /** Prefix and variable header; the payload comes next, then `patchLength`. */
  write(writer: ByteWriter, attempt: Attempt, flags: number, sequenceId: number): void {
    const { target, parent } = attempt.call;
    const fromMethod = parent === undefined ? "" : parent.methodName;
    if (target !== this.#latestTarget || fromMethod !== this.#latestFrom) {
      this.#latest = this.#headerFor(target, fromMethod);
      this.#latestTarget = target;
      this.#latestFrom = fromMethod;
    }
    (this.#latest as MethodHeader).write(writer, attempt, flags, sequenceId);
  }

  #headerFor(target: MethodTarget, fromMethod: string): MethodHeader {
    let headers = this.#methods.get(target);
    if (headers === undefined) {
      headers = new Map();
      this.#methods.set(target, headers);
    }
    let header = headers.get(fromMethod);
    if (header === undefined) {
      header = new MethodHeader(target, fromMethod, this.#isFramed);
      headers.set(fromMethod, header);
    }
    return header;
  }
}
