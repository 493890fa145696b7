import type { PayloadCodec } from "@kitex-ts/core/spi";
import { readCompactApplicationException, writeCompactApplicationException } from "./application-exception.ts";
import { isCompactEnvelope, readCompactEnvelope } from "./compact-envelope.ts";
import { scanCompactMessage } from "./compact-scan.ts";

/** Thrift Compact, as Apache Thrift speaks it; Kitex does not. See `compact` for services that use it. */
export const thriftCompactCodec: PayloadCodec = {
  name: "thrift compact",
  matches: isCompactEnvelope,
  readHead: readCompactEnvelope,
  writeException: writeCompactApplicationException,
  readException: readCompactApplicationException,
  scan: scanCompactMessage,
};
