import type { Decode, Encode, StructCodec } from "./codec.ts";
import { canCompile, compileFactory } from "./emit/compile.ts";
import { interpretDecode } from "./interpret/decode.ts";
import { interpretEncode } from "./interpret/encode.ts";
import type { StructPlan } from "./plan/struct-plan.ts";
import { type CodecRuntime, codecRuntime } from "./runtime/codec-runtime.ts";

/** The code of one struct. */
export interface CodecFunctions {
  readonly encode: Encode;
  readonly decode: Decode;
}

/** What the emitter prints: a function that ties the code of one struct to the runtime and to the codecs of the structs it contains. */
export type CodecFactory = (
  runtime: CodecRuntime,
  structs: readonly Pick<StructCodec, "encode" | "decode">[],
  makers: readonly (() => unknown)[],
  construct: ((fields: object) => unknown) | undefined,
) => CodecFunctions;

export const interpretPlan = (plan: StructPlan): CodecFunctions => ({
  encode: interpretEncode(plan),
  decode: interpretDecode(plan),
});

const linkPlan = (plan: StructPlan, factory: CodecFactory): CodecFunctions =>
  factory(
    codecRuntime,
    plan.structs.map((descriptor) => descriptor.codec),
    plan.makers,
    plan.construct,
  );

/** The fastest of the three back ends there is: printed ahead of time, printed now, or interpreted. */
export const codecOf = (plan: StructPlan, factory: CodecFactory | undefined): CodecFunctions => {
  if (factory !== undefined) return linkPlan(plan, factory);
  return canCompile() ? linkPlan(plan, compileFactory(plan)) : interpretPlan(plan);
};
