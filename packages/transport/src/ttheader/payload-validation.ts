import { TransportError } from "@kitex-ts/core";
import { messageOf } from "@kitex-ts/core/internal";
import type { ByteWriter } from "@kitex-ts/core/spi";
import {
  endHeader,
  type HeaderVisitor,
  PREFIX_BYTES,
  patchLength,
  readHeader,
  stringBlockOf,
  writeStringPair,
} from "./codec.ts";
import { crc32c } from "./crc32c.ts";
import { StringKey } from "./keys.ts";

/**
 * Says something about a payload in a TTHeader, and checks what a peer says about its own. A payload is every byte behind the header, the frame's
 * length included. Kitex: `remote.PayloadValidator`.
 */
export interface PayloadValidator {
  /** Without the `PV_` that stands before it on the wire. */
  readonly key: string;
  /** At most 4,096 bytes; undefined to say nothing about this payload. */
  generate(payload: Uint8Array): string | undefined;
  /** `value` is empty when the peer has said nothing. Answering false, or throwing, fails the message. */
  validate(value: string, payload: Uint8Array): boolean;
}

const MAX_VALUE_BYTES = 4096;

/** CRC-32C. A payload without it is accepted, as peers turn it on one by one. Kitex: `NewCRC32PayloadValidator`. */
export const crc32cValidator: PayloadValidator = Object.freeze({
  key: StringKey.checksum,
  generate: (payload: Uint8Array) => crc32c(payload).toString(16).padStart(8, "0"),
  validate: (value: string, payload: Uint8Array) =>
    value === "" || value === crc32c(payload).toString(16).padStart(8, "0"),
});

const headerKeyOf = (validator: PayloadValidator): string =>
  validator === crc32cValidator ? StringKey.checksum : `PV_${validator.key}`;

const scratch = (writer: ByteWriter, start: number, end: number): Buffer =>
  Buffer.from(writer.buffer.subarray(start, end));

/**
 * Adds what `validators` say about its payload to the whole message at `start`, which ends at the writer's offset.
 *
 * @throws RangeError when a value is longer than 4,096 bytes
 */
export const sealPayload = (writer: ByteWriter, start: number, validators: readonly PayloadValidator[]): void => {
  const headerEnd = start + PREFIX_BYTES + writer.view.getUint16(start + 12) * 4;
  const payload = scratch(writer, headerEnd, writer.offset);
  const pairs: (readonly [string, string])[] = [];
  for (const validator of validators) {
    const value = validator.generate(payload);
    if (value === undefined) continue;
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
      throw new RangeError(`payload validator ${validator.key}: a value holds at most ${MAX_VALUE_BYTES} bytes`);
    }
    pairs.push([headerKeyOf(validator), value]);
  }
  if (pairs.length === 0) return;
  // All string pairs stand in one block, as Kitex writes them.
  const { at, count, end } = stringBlockOf(writer.buffer, writer.view, start, headerEnd);
  const rest = scratch(writer, count < 0 ? at : at + 3, end);
  writer.offset = at;
  writer.writeU8(0x01);
  writer.writeI16(Math.max(count, 0) + pairs.length);
  for (const [key, value] of pairs) writeStringPair(writer, key, value);
  writer.writeBytes(rest);
  endHeader(writer, start);
  writer.writeBytes(payload);
  patchLength(writer, start);
};

class StringPairs implements HeaderVisitor {
  readonly values = new Map<string, string>();

  onString(buffer: Buffer, _view: DataView, keyStart: number, keyEnd: number, valueEnd: number): void {
    this.values.set(buffer.toString("utf8", keyStart, keyEnd), buffer.toString("utf8", keyEnd + 2, valueEnd));
  }

  onInt(): void {}
  onToken(): void {}
}

/**
 * Lets `validators` look at the payload of the unit at `[start, end)`.
 *
 * @throws TransportError of kind `payload_validation` when one of them refuses it
 */
export const checkPayload = (
  validators: readonly PayloadValidator[],
  buffer: Buffer,
  view: DataView,
  start: number,
  end: number,
  maxHeaderBytes: number,
): void => {
  const pairs = new StringPairs();
  const payload = buffer.subarray(readHeader(buffer, view, start, end, maxHeaderBytes, pairs), end);
  for (const validator of validators) {
    const key = headerKeyOf(validator);
    const value = pairs.values.get(key) ?? "";
    let reason = "";
    try {
      if (value.length <= MAX_VALUE_BYTES && validator.validate(value, payload) === true) continue;
    } catch (error) {
      reason = `: ${messageOf(error)}`;
    }
    throw new TransportError("payload_validation", `${key}="${value.slice(0, 64)}" does not fit the payload${reason}`, {
      kind: "payload_validation",
    });
  }
};
