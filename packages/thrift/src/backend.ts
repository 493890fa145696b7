import type { Decode, Encode, StructCodec } from "./codec.ts";
import { interpretDecode } from "./interpret/decode.ts";
import { interpretEncode } from "./interpret/encode.ts";
import type { StructPlan } from "./plan/struct-plan.ts";

/** The code of one struct. */
export interface CodecFunctions {
  readonly encode: Encode;
  readonly decode: Decode;
}

export type CodecFactory = (structs: readonly StructCodec[]) => CodecFunctions;

export const compilePlan = (plan: StructPlan, _factory?: CodecFactory): CodecFunctions => ({
  encode: interpretEncode(plan),
  decode: interpretDecode(plan),
});
