import type { ByteWriter } from "@kitex-ts/core/spi";
import { patchLength, writeHeader } from "./codec.ts";
import { StringKey } from "./keys.ts";

// A Thrift Binary reply "none" with sequence id 0 and an empty result, as Go clients expect it whatever their payloads are.
const EMPTY_REPLY: Uint8Array = Buffer.from("8001000200000004" + "6e6f6e65" + "00000000" + "00", "hex");

/** Tells a multiplexing client to send no more calls on this connection. Its id 0 belongs to no call. */
export const writeShutdownFrame = (writer: ByteWriter): void => {
  const start = writer.offset;
  writeHeader(writer, { flags: 0, sequenceId: 0, strings: new Map([[StringKey.connectionReset, "1"]]) });
  writer.writeBytes(EMPTY_REPLY);
  patchLength(writer, start);
};
