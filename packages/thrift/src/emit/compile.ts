import type { CodecFactory } from "../backend.ts";
import type { StructPlan } from "../plan/struct-plan.ts";
import type { WireProtocol } from "../wire-protocol.ts";
import { emitFactoryBody, factoryParameters } from "./factory.ts";

let allowed: boolean | undefined;

/** Does this process let code be made from strings? Asked once: a content policy or `--disallow-code-generation-from-strings` forbids it. */
export const canCompile = (): boolean => {
  if (allowed === undefined) {
    try {
      allowed = new Function("return true")() === true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
};

/** Prints the codec of `plan` and loads it. */
export const compileFactory = (plan: StructPlan, protocol: WireProtocol): CodecFactory =>
  new Function(...factoryParameters, `"use strict";\n${emitFactoryBody(plan, protocol)}`) as CodecFactory;
