import type { ByteWriter } from "@kitex-ts/core/spi";
import { patchLength, writeHeader } from "./codec.ts";
import { FLAG_OUT_OF_ORDER, IntKey, StringKey } from "./keys.ts";

// A Thrift Binary reply "none" with sequence id 0 and an empty result, as Go clients expect it whatever their payloads are.
const EMPTY_REPLY: Uint8Array = Buffer.from("8001000200000004" + "6e6f6e65" + "00000000" + "00", "hex");

/** Message type of heartbeats. Kitex has it (`remote.Heartbeat`), but its payload codecs refuse it: they go to kitex-ts peers only. */
export const HEARTBEAT_MESSAGE = 6;
// Thrift Binary again, whatever the payloads are.
const HEARTBEAT: Uint8Array = Buffer.from("80010006" + "00000004" + "6e6f6e65" + "00000000" + "00", "hex");

/** Asks whether the peer is there, and says that we are. */
export const writeHeartbeat = (writer: ByteWriter): void => {
  const start = writer.offset;
  const ints = new Map([[IntKey.messageType, String(HEARTBEAT_MESSAGE)]]);
  writeHeader(writer, { flags: FLAG_OUT_OF_ORDER, sequenceId: 0, ints });
  writer.writeBytes(HEARTBEAT);
  patchLength(writer, start);
};

/** Is the payload at `[start, end)` that of a heartbeat? */
export const isHeartbeat = (view: DataView, start: number, end: number): boolean =>
  end - start === HEARTBEAT.length && view.getUint32(start) === (0x8001_0000 | HEARTBEAT_MESSAGE) >>> 0;

/** Tells a multiplexing client to send no more calls on this connection. Its id 0 belongs to no call. */
export const writeShutdownFrame = (writer: ByteWriter): void => {
  const start = writer.offset;
  writeHeader(writer, { flags: 0, sequenceId: 0, strings: new Map([[StringKey.connectionReset, "1"]]) });
  writer.writeBytes(EMPTY_REPLY);
  patchLength(writer, start);
};
