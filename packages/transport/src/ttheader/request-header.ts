import type { MetaInfo } from "@kitex-ts/core/spi";
import { type Attempt, ByteWriter, type MethodTarget } from "@kitex-ts/core/spi";
import { beginHeader, endHeader, writeIntPair, writeStringPair, writeToken } from "./codec.ts";
import { ACL_TOKEN_KEY, IntKey, PERSISTENT_PREFIX, StringKey, TRANSIENT_PREFIX } from "./keys.ts";

/**
 * The header of all requests of one method of one client. What never changes is encoded once; a call without metainfo and with the timeout of
 * the one before is one copy, of which flags and sequence id are set anew.
 */
class MethodHeader {
  /** The pairs of the two blocks that are the same for every call. */
  readonly #strings: Buffer;
  readonly #stringCount: number;
  readonly #ints: Buffer;
  readonly #intCount: number;
  /** The whole of a header without metainfo, for these two timeouts. */
  #plain: Buffer | undefined = undefined;
  #timeoutMs = -1;
  #connectTimeoutMs = -1;

  constructor(target: MethodTarget, fromMethod: string, isFramed: boolean) {
    const { service, method } = target;
    const writer = new ByteWriter(256);
    if (service.serviceName !== "") writeStringPair(writer, StringKey.idlService, service.serviceName);
    this.#stringCount = service.serviceName === "" ? 0 : 1;
    this.#strings = Buffer.from(writer.buffer.subarray(0, writer.offset));
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
    this.#ints = Buffer.from(writer.buffer.subarray(0, writer.offset));
  }

  write(writer: ByteWriter, attempt: Attempt, flags: number, sequenceId: number): void {
    const connectTimeout = attempt.call.settings.connectTimeoutMs;
    const connectTimeoutMs = connectTimeout.source === "default" ? 0 : connectTimeout.value;
    const { timeoutMs, metaInfo } = attempt;
    if (metaInfo !== undefined && (metaInfo.transient !== undefined || metaInfo.persistent !== undefined)) {
      this.#compose(writer, metaInfo, timeoutMs, connectTimeoutMs, flags, sequenceId);
      return;
    }
    if (timeoutMs === this.#timeoutMs && connectTimeoutMs === this.#connectTimeoutMs) {
      this.#plain ??= this.#plainFor(timeoutMs, connectTimeoutMs);
      writer.writeBytes(this.#plain);
      const start = writer.offset - this.#plain.length;
      writer.view.setUint16(start + 6, flags);
      writer.view.setInt32(start + 8, sequenceId);
      return;
    }
    // Timeouts that differ from call to call (what is left of a parent's deadline) are not worth a copy of their own.
    this.#timeoutMs = timeoutMs;
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#plain = undefined;
    this.#compose(writer, undefined, timeoutMs, connectTimeoutMs, flags, sequenceId);
  }

  #plainFor(timeoutMs: number, connectTimeoutMs: number): Buffer {
    const writer = new ByteWriter(256);
    this.#compose(writer, undefined, timeoutMs, connectTimeoutMs, 0, 0);
    return Buffer.from(writer.buffer.subarray(0, writer.offset));
  }

  #compose(
    writer: ByteWriter,
    metaInfo: MetaInfo | undefined,
    timeoutMs: number,
    connectTimeoutMs: number,
    flags: number,
    sequenceId: number,
  ): void {
    const start = beginHeader(writer, flags, sequenceId);
    const token = metaInfo?.transient?.get(ACL_TOKEN_KEY);
    if (token !== undefined) writeToken(writer, token);

    const transientCount = (metaInfo?.transient?.size ?? 0) - (token === undefined ? 0 : 1);
    const stringCount = this.#stringCount + transientCount + (metaInfo?.persistent?.size ?? 0);
    if (stringCount > 0) {
      writer.writeU8(0x01);
      writer.writeI16(stringCount);
      writer.writeBytes(this.#strings);
      if (metaInfo?.transient !== undefined) {
        for (const [key, value] of metaInfo.transient) {
          if (key !== ACL_TOKEN_KEY) writeStringPair(writer, TRANSIENT_PREFIX + key, value);
        }
      }
      if (metaInfo?.persistent !== undefined) {
        for (const [key, value] of metaInfo.persistent) writeStringPair(writer, PERSISTENT_PREFIX + key, value);
      }
    }

    const hasTimeout = timeoutMs > 0;
    const hasConnectTimeout = connectTimeoutMs > 0;
    writer.writeU8(0x10);
    writer.writeI16(this.#intCount + (hasTimeout ? 1 : 0) + (hasConnectTimeout ? 1 : 0));
    writer.writeBytes(this.#ints);
    if (hasTimeout) writeIntPair(writer, IntKey.rpcTimeout, String(Math.ceil(timeoutMs)));
    if (hasConnectTimeout) writeIntPair(writer, IntKey.connectTimeout, String(Math.ceil(connectTimeoutMs)));
    endHeader(writer, start);
  }
}

/** Writes the headers of requests; keeps what can be kept of each method's. */
export class RequestHeaders {
  readonly #isFramed: boolean;
  /** By the method that calls, which is empty outside handlers. */
  readonly #methods = new WeakMap<MethodTarget, Map<string, MethodHeader>>();

  constructor(isFramed: boolean) {
    this.#isFramed = isFramed;
  }

  /** Prefix and variable header; the payload comes next, then `patchLength`. */
  write(writer: ByteWriter, attempt: Attempt, flags: number, sequenceId: number): void {
    const { target, parent } = attempt.call;
    const fromMethod = parent === undefined ? "" : parent.rpcInfo.to.method;
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
    header.write(writer, attempt, flags, sequenceId);
  }
}
