import { TransportError } from "@kitex-ts/core";
import type { ByteReader, PayloadCodec } from "@kitex-ts/core/spi";

/** Whose message the payload is, and whether a frame is around it. */
export interface FoundPayload {
  codec: PayloadCodec;
  isFramed: boolean;
}

/** The codec of the payload at `start`, of which no more than `end` has come; undefined when that cannot be told. */
export const codecAhead = (
  codecs: readonly PayloadCodec[],
  view: DataView,
  start: number,
  end: number,
): PayloadCodec | undefined => {
  // Its own first word, or the one behind the length of a frame.
  for (const at of [start, start + 4]) {
    const found = at + 4 <= end ? codecs.find((codec) => codec.matches(view.getUint32(at))) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
};

/**
 * Points `reader` at the message in the payload at `[start, end)` of a TTHeader unit or a bare frame: the payload itself, or what the frame in it
 * holds. Answers the codec that understands it.
 *
 * @throws TransportError `malformed_frame` when no codec does, or when the two lengths disagree
 */
export const openPayload = (
  codecs: readonly PayloadCodec[],
  reader: ByteReader,
  buffer: Buffer,
  view: DataView,
  start: number,
  end: number,
  into: FoundPayload,
): void => {
  if (end - start >= 4) {
    const first = view.getUint32(start);
    for (const codec of codecs) {
      if (codec.matches(first)) {
        into.codec = codec;
        into.isFramed = false;
        reader.attach(buffer, view, start, end);
        return;
      }
    }
    if (end - start >= 8) {
      const second = view.getUint32(start + 4);
      for (const codec of codecs) {
        if (codec.matches(second)) {
          if (first !== end - start - 4) {
            throw new TransportError(
              "malformed_frame",
              `frame of ${first} bytes where ${end - start - 4} have been announced`,
            );
          }
          into.codec = codec;
          into.isFramed = true;
          reader.attach(buffer, view, start + 4, end);
          return;
        }
      }
    }
  }
  throw new TransportError(
    "malformed_frame",
    `invalid payload of ${end - start} bytes (first8Bytes=0x${buffer.toString("hex", start, Math.min(end, start + 8))})`,
  );
};
