import { type ByteReader, ByteWriter } from "@kitex-ts/core/spi";
import type { WireProtocol } from "../wire-protocol.ts";
import { isUint8Array } from "./value.ts";

/**
 * The key under which structs that were described with `keepUnknownFields` hold what the peer sent and the IDL does not know. Opaque: only to be
 * passed on, as `{ ...value }` does.
 */
export const unknownFields: unique symbol = Symbol.for("kitex-ts.thrift.unknownFields");

/** Fields as they came, header and value. They mean something in their own protocol only. */
interface Kept {
  readonly protocol: WireProtocol;
  readonly bytes: Uint8Array;
}

/** Fields as they are kept while a struct is decoded: one buffer, however many and small they are. */
export type Keeping = ByteWriter | undefined;

/** What has been kept, to be added to. */
export const keeping = (kept: Keeping): ByteWriter => kept ?? new ByteWriter(64);

/** Adds `reader.buffer[start, reader.offset)`, a field with its header, to what has been kept. */
export const keepField = (kept: Keeping, reader: ByteReader, start: number): ByteWriter => {
  const writer = keeping(kept);
  writer.writeBytes(reader.buffer.subarray(start, reader.offset));
  return writer;
};

/** Gives `value` what was kept while it was decoded. */
export const withUnknown = (value: object, kept: Keeping, protocol: WireProtocol): object => {
  if (kept === undefined) return value;
  const bytes = Uint8Array.prototype.slice.call(kept.buffer, 0, kept.offset);
  return Object.assign(value, { [unknownFields]: { protocol, bytes } satisfies Kept });
};

/** Writes what `value` holds of another peer, unless it came in another protocol. */
export const writeUnknown = (writer: ByteWriter, value: object, protocol: WireProtocol): void => {
  const kept = keptOf(value, protocol);
  if (kept !== undefined) writer.writeBytes(kept.bytes);
};

/** Is there something that {@link writeUnknown} would write? */
export const hasUnknown = (value: object, protocol: WireProtocol): boolean => keptOf(value, protocol) !== undefined;

const keptOf = (value: object, protocol: WireProtocol): Kept | undefined => {
  const kept = (value as { readonly [unknownFields]?: unknown })[unknownFields];
  return isKept(kept) && kept.protocol === protocol ? kept : undefined;
};

/** For `create()`: what is kept goes along. */
export const copyUnknown = (from: object, to: object): void => {
  if (unknownFields in from) Object.assign(to, { [unknownFields]: from[unknownFields] });
};

const isKept = (kept: unknown): kept is Kept =>
  typeof kept === "object" && kept !== null && isUint8Array((kept as Partial<Kept>).bytes);
