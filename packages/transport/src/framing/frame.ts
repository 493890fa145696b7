import type { TransportProtocol } from "@kitex-ts/core";
import type { ByteWriter } from "@kitex-ts/core/spi";

// Framed:   u32 N · N bytes of one message; N does not count itself.
// TTHeaderFramed is a TTHeader whose payload is such a frame.

/** Does a message of this protocol carry its own length directly in front? */
export const isFramed = (protocol: TransportProtocol): boolean =>
  protocol === "Framed" || protocol === "TTHeaderFramed";

export const hasTTHeader = (protocol: TransportProtocol): boolean =>
  protocol === "TTHeader" || protocol === "TTHeaderFramed";

/** Leaves room for the length; answers where the frame begins. */
export const beginFrame = (writer: ByteWriter): number => {
  writer.reserve(4);
  const start = writer.offset;
  writer.offset = start + 4;
  return start;
};

/** Sets the length of the frame at `start`, which ends at the writer's offset. */
export const endFrame = (writer: ByteWriter, start: number): void => {
  writer.view.setUint32(start, writer.offset - start - 4);
};
