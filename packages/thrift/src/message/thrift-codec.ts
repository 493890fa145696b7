import type { PayloadCodec } from "@kitex-ts/core/spi";
import { readApplicationException, writeApplicationException } from "./application-exception.ts";
import { isEnvelope, readEnvelope } from "./envelope.ts";
import { scanMessage } from "./scan.ts";

/** Thrift Binary in its strict form, the only Thrift that Kitex speaks. */
export const thriftCodec: PayloadCodec = {
  name: "thrift",
  matches: isEnvelope,
  readHead: readEnvelope,
  writeException: writeApplicationException,
  readException: readApplicationException,
  scan: scanMessage,
};
