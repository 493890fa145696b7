import { richValue, simpleValue } from "../../lib/payloads.ts";
import type { MakeOperations } from "../codec.ts";
import { bench } from "../generated/rich.js";
import { withoutBigints } from "../plain.ts";

/** Code that protobufjs printed ahead of time. */
export const protobufjs: MakeOperations = (payload) => {
  const type = payload === "rich" ? bench.Rich : bench.Simple;
  const bytes = type.encode(withoutBigints(payload === "rich" ? richValue : simpleValue(payload)) as object).finish();
  const decoded = type.decode(bytes);
  return {
    bytes: bytes.length,
    encode: () => type.encode(decoded).finish(),
    decode: () => type.decode(bytes),
    echo: () => type.encode(type.decode(bytes)).finish(),
  };
};
