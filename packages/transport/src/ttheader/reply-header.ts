import { BizStatusError } from "@kitex-ts/core";
import type { HeaderVisitor } from "./codec.ts";
import { StringKey } from "./keys.ts";

// The header of an ordinary reply of ours: message type "2" and nothing else. Recognized whole, it need not be read.
//   00 00 10 00  01 00 16 00  01 32 00 00
const PLAIN_UNITS = 3;
const PLAIN_WORDS = [0x0000_1000, 0x0100_1600, 0x0132_0000] as const;

export const isPlainReply = (view: DataView, start: number, end: number): boolean =>
  end - start >= 26 &&
  view.getUint16(start + 12) === PLAIN_UNITS &&
  view.getUint32(start + 14) === PLAIN_WORDS[0] &&
  view.getUint32(start + 18) === PLAIN_WORDS[1] &&
  view.getUint32(start + 22) === PLAIN_WORDS[2];

/** Writes such a header, prefix included; LENGTH is set later. */
export const writePlainReplyWords = (view: DataView, start: number): void => {
  view.setUint16(start + 12, PLAIN_UNITS);
  view.setUint32(start + 14, PLAIN_WORDS[0]);
  view.setUint32(start + 18, PLAIN_WORDS[1]);
  view.setUint32(start + 22, PLAIN_WORDS[2]);
};
export const PLAIN_REPLY_BYTES = 26;

/** What a client wants to know of a reply's header. One is used again for all replies of a connection. */
export class ReplyHeader implements HeaderVisitor {
  /** The peer asks for no more calls on this connection. */
  isReset = false;
  /** Receives every string pair when set: on replies they are the backward metainfo. */
  collected: Map<string, string> | undefined = undefined;
  #bizStatus: string | undefined = undefined;
  #bizMessage = "";
  #bizExtra = "";

  reset(): void {
    this.isReset = false;
    this.collected = undefined;
    this.#bizStatus = undefined;
    this.#bizMessage = "";
    this.#bizExtra = "";
  }

  onString(buffer: Buffer, _view: DataView, keyStart: number, keyEnd: number, valueEnd: number): void {
    const key = buffer.toString("utf8", keyStart, keyEnd);
    const value = buffer.toString("utf8", keyEnd + 2, valueEnd);
    if (key !== StringKey.checksum) this.collected?.set(key, value);
    switch (key) {
      case StringKey.connectionReset:
        this.isReset = value !== "";
        break;
      case StringKey.bizStatus:
        this.#bizStatus = value;
        break;
      case StringKey.bizMessage:
        this.#bizMessage = value;
        break;
      case StringKey.bizExtra:
        this.#bizExtra = value;
        break;
      default:
    }
  }

  onInt(): void {}
  onToken(): void {}

  /** The business error that this reply stands for. As in Kitex a status that is no 32-bit number, or 0, is none. */
  bizStatusError(): BizStatusError | undefined {
    if (this.#bizStatus === undefined || !/^[+-]?\d{1,10}$/.test(this.#bizStatus)) return undefined;
    const code = Number(this.#bizStatus);
    if (code === 0 || code !== (code | 0)) return undefined;
    return new BizStatusError(code, this.#bizMessage, extraOf(this.#bizExtra));
  }
}

/** Kitex loses the whole error when its extra is broken; we keep what can be read. */
const extraOf = (json: string): Record<string, string> => {
  const extra: Record<string, string> = {};
  if (json === "") return extra;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return extra;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return extra;
  for (const [key, value] of Object.entries(parsed)) {
    // Defined, not assigned: a key `__proto__` is data like any other.
    if (typeof value === "string")
      Object.defineProperty(extra, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return extra;
};
