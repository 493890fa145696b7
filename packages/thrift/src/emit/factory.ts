import type { StructPlan } from "../plan/struct-plan.ts";
import { codecRuntime } from "../runtime/codec-runtime.ts";
import type { WireProtocol } from "../wire-protocol.ts";
import { emitCompactDecode } from "./compact-decode.ts";
import { emitCompactEncode } from "./compact-encode.ts";
import { emitDecode } from "./decode.ts";
import { emitEncode } from "./encode.ts";
import { Source } from "./source.ts";

/** Parameters of a printed factory, in order. */
export const factoryParameters: readonly string[] = ["runtime", "structs", "makers", "construct"];

/** The body of a factory for the codec of `plan`. Nothing of the IDL gets in but numbers and quoted strings. */
export const emitFactoryBody = (plan: StructPlan, protocol: WireProtocol, indent: string = ""): string => {
  const code = new Source(indent);
  if (protocol === "binary") {
    emitEncode(plan, code);
    emitDecode(plan, code);
  } else {
    emitCompactEncode(plan, code);
    emitCompactDecode(plan, code);
  }
  const text = code.toString();

  const out = new Source(indent);
  const used = Object.keys(codecRuntime).filter((name) => new RegExp(`\\b${name}\\(`).test(text));
  if (used.length > 0) out.line(`const { ${used.join(", ")} } = runtime;`);
  plan.structs.forEach((_, slot) => {
    out.line(`const s${slot} = structs[${slot}];`);
  });
  plan.makers.forEach((_, index) => {
    out.line(`const m${index} = makers[${index}];`);
  });
  return `${out}\n${text}\n${indent}return { encode, decode };`;
};
