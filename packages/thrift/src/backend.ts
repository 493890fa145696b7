import type { Decode, Encode, StructCodec } from "./codec.ts";
import { canCompile, compileFactory } from "./emit/compile.ts";
import { interpretDecode } from "./interpret/decode.ts";
import { interpretEncode } from "./interpret/encode.ts";
import { wires } from "./interpret/wires.ts";
import type { StructPlan } from "./plan/struct-plan.ts";
import { type CodecRuntime, codecRuntime } from "./runtime/codec-runtime.ts";
import type { WireProtocol } from "./wire-protocol.ts";

/** The code of one struct. */
export interface CodecFunctions {
  readonly encode: Encode;
  readonly decode: Decode;
}

/** What the emitter prints: a function that ties the code of one struct to the runtime and to the codecs of the structs it contains. */
export interface CodecFactory {
  (
    runtime: CodecRuntime,
    structs: readonly Pick<StructCodec, "encode" | "decode">[],
    makers: readonly (() => unknown)[],
    construct: ((fields: object) => unknown) | undefined,
  ): CodecFunctions;
  /** The same for Thrift Compact, if that was printed too. */
  readonly compact?: CodecFactory | undefined;
}

export const interpretPlan = (plan: StructPlan, protocol: WireProtocol): CodecFunctions => ({
  encode: interpretEncode(plan, wires[protocol].writer),
  decode: interpretDecode(plan, wires[protocol].reader),
});

const linkPlan = (plan: StructPlan, protocol: WireProtocol, factory: CodecFactory): CodecFunctions =>
  factory(
    codecRuntime,
    plan.structs.map(({ codec }) => (protocol === "binary" ? codec : codec.compact)),
    plan.makers,
    plan.construct,
  );

/** The fastest of the three back ends there is: printed ahead of time, printed now, or interpreted. */
export const codecOf = (
  plan: StructPlan,
  protocol: WireProtocol,
  factory: CodecFactory | undefined,
): CodecFunctions => {
  if (factory !== undefined) return linkPlan(plan, protocol, factory);
  return canCompile() ? linkPlan(plan, protocol, compileFactory(plan, protocol)) : interpretPlan(plan, protocol);
};
