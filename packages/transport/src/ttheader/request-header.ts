import type { MetaInfo } from "@kitex-ts/core/spi";
import { type Attempt, ByteWriter, type MethodTarget, PreparedBytes } from "@kitex-ts/core/spi";
import { Block, beginHeader, beginPairs, endHeader, writeIntPair, writeStringPair, writeToken } from "./codec.ts";
import { ACL_TOKEN_KEY, IntKey, PERSISTENT_PREFIX, StringKey, TRANSIENT_PREFIX } from "./keys.ts";

/**
 * The header of all requests of one method of one client. What never changes is encoded once; a call without metainfo and with the timeout of
 * the one before is one copy, of which flags and sequence id are set anew.
 */
class MethodHeader {
  /** The pairs of the two blocks that are the same for every call. */
  readonly #strings: PreparedBytes;
  readonly #stringCount: number;
  readonly #ints: PreparedBytes;
  readonly #intCount: number;
  /** Of the call before, and their pairs; the whole of a header with them, but without metainfo. */
  #timeoutMs = -1;
  #connectTimeoutMs = -1;
  #timeouts: EncodedPairs = { count: 0, bytes: new PreparedBytes(new Uint8Array()) };
  #plain: PreparedBytes | undefined = undefined;

  constructor(target: MethodTarget, fromMethod: string, isFramed: boolean) {
    const { service, method } = target;
    const writer = new ByteWriter(256);
    if (service.serviceName !== "") writeStringPair(writer, StringKey.idlService, service.serviceName);
    this.#stringCount = service.serviceName === "" ? 0 : 1;
    this.#strings = written(writer);
    writer.offset = 0;
    const ints: readonly (readonly [number, string])[] = [
      [IntKey.transportType, isFramed ? "framed" : "unframed"],
      [IntKey.fromService, target.caller],
      [IntKey.toService, target.destination],
      [IntKey.toMethod, method.name],
      [IntKey.fromMethod, fromMethod],
      [IntKey.messageType, method.oneway ? "4" : "1"],
    ];
    for (const [key, value] of ints) writeIntPair(writer, key, value);
    this.#intCount = ints.length;
    this.#ints = written(writer);
  }

  write(writer: ByteWriter, attempt: Attempt, flags: number, sequenceId: number): void {
    const connectTimeout = attempt.call.settings.connectTimeoutMs;
    const connectTimeoutMs = connectTimeout.source === "default" ? 0 : connectTimeout.value;
    const { timeoutMs, metaInfo } = attempt;
    if (timeoutMs !== this.#timeoutMs || connectTimeoutMs !== this.#connectTimeoutMs) {
      this.#timeoutMs = timeoutMs;
      this.#connectTimeoutMs = connectTimeoutMs;
      this.#timeouts = timeoutPairs(timeoutMs, connectTimeoutMs);
      this.#plain = undefined;
    } else if (metaInfo?.transient === undefined && metaInfo?.persistent === undefined) {
      // Timeouts that differ from call to call (what is left of a parent's deadline) are not worth a copy of the whole.
      this.#plain ??= this.#plainHeader();
      writer.writePrepared(this.#plain);
      const start = writer.offset - this.#plain.length;
      writer.view.setUint16(start + 6, flags);
      writer.view.setInt32(start + 8, sequenceId);
      return;
    }
    this.#compose(writer, metaInfo, flags, sequenceId);
  }

  #plainHeader(): PreparedBytes {
    const writer = new ByteWriter(256);
    this.#compose(writer, undefined, 0, 0);
    return written(writer);
  }

  #compose(writer: ByteWriter, metaInfo: MetaInfo | undefined, flags: number, sequenceId: number): void {
    const start = beginHeader(writer, flags, sequenceId);
    const transient = metaInfo?.transient;
    const persistent = metaInfo?.persistent;
    const token = transient?.get(ACL_TOKEN_KEY);
    if (token !== undefined) writeToken(writer, token);

    const transientCount = (transient?.size ?? 0) - (token === undefined ? 0 : 1);
    const stringCount = this.#stringCount + transientCount + (persistent?.size ?? 0);
    if (stringCount > 0) {
      beginPairs(writer, Block.strings, stringCount);
      writer.writePrepared(this.#strings);
      if (transient !== undefined) writeMetaInfo(writer, transientKeys, transient);
      if (persistent !== undefined) writeMetaInfo(writer, persistentKeys, persistent);
    }

    beginPairs(writer, Block.ints, this.#intCount + this.#timeouts.count);
    writer.writePrepared(this.#ints);
    writer.writePrepared(this.#timeouts.bytes);
    endHeader(writer, start);
  }
}

const written = (writer: ByteWriter): PreparedBytes => new PreparedBytes(writer.buffer.subarray(0, writer.offset));

interface EncodedPairs {
  readonly count: number;
  readonly bytes: PreparedBytes;
}

const timeoutPairs = (timeoutMs: number, connectTimeoutMs: number): EncodedPairs => {
  const writer = new ByteWriter(64);
  let count = 0;
  for (const [key, ms] of [
    [IntKey.rpcTimeout, timeoutMs],
    [IntKey.connectTimeout, connectTimeoutMs],
  ] as const) {
    if (ms <= 0) continue;
    writeIntPair(writer, key, String(Math.ceil(ms)));
    count++;
  }
  return { count, bytes: written(writer) };
};

const writeMetaInfo = (writer: ByteWriter, keys: MetaInfoKeys, values: ReadonlyMap<string, string>): void => {
  // Both in step: a pair of its own for each would be garbage.
  const texts = values.values();
  for (const key of values.keys()) {
    const value = texts.next().value as string;
    if (key === ACL_TOKEN_KEY && keys === transientKeys) continue;
    writer.writePrepared(keys.encoded(key));
    writer.writeShortString(value);
  }
};

const KEPT_KEYS = 256;

/** Keys of metainfo as they stand on the wire, prefix and length included. They are few, and come with every call. */
class MetaInfoKeys {
  readonly #prefix: string;
  readonly #encoded = new Map<string, PreparedBytes>();

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  encoded(key: string): PreparedBytes {
    const known = this.#encoded.get(key);
    if (known !== undefined) return known;
    const writer = new ByteWriter(64);
    writer.writeShortString(this.#prefix + key);
    const bytes = written(writer);
    if (this.#encoded.size < KEPT_KEYS) this.#encoded.set(key, bytes);
    return bytes;
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
    const fromMethod = parent === undefined ? "" : parent.rpcInfo.to.method;
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
