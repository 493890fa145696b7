import { richValue, simpleValue } from "../../lib/payloads.ts";
import type { MakeOperations } from "../codec.ts";
import { withoutBigints } from "../plain.ts";

/** JSON as UTF-8 bytes. Binary is base64 already and 64-bit integers are numbers, which spares JSON both conversions. */
export const json: MakeOperations = (payload) => {
  const value =
    payload === "rich"
      ? { ...(withoutBigints(richValue) as object), blob: Buffer.from(richValue.blob).toString("base64") }
      : simpleValue(payload);
  const bytes = Buffer.from(JSON.stringify(value));
  const decode = (): unknown => JSON.parse(bytes.toString());
  return {
    bytes: bytes.length,
    encode: () => Buffer.from(JSON.stringify(value)),
    decode,
    echo: () => Buffer.from(JSON.stringify(decode())),
  };
};
