import { RPCError } from "@kitex-ts/core";
import { ByteWriter } from "@kitex-ts/core/spi";
import { interpretEncode } from "../interpret/encode.ts";
import { EncodeFailure } from "../interpret/encode-failure.ts";
import type { WireWriter } from "../interpret/wire.ts";
import { InvalidValueError } from "../invalid-value-error.ts";
import type { StructPlan } from "../plan/struct-plan.ts";
import { elementsAgain } from "./elements.ts";
import { Unfit } from "./unfit.ts";

/**
 * What encoding threw, as what leaves this package. Compiled code only notices that something is wrong; the interpreter, which knows where it is,
 * walks the value again and says what. So all back ends give the same error, and correct values pay nothing for it.
 */
export const encodeError = (plan: StructPlan, wire: WireWriter, value: unknown, error: unknown): unknown => {
  if (error instanceof RPCError) return error;
  const failure = error instanceof EncodeFailure ? error : findFailure(plan, wire, value);
  if (failure instanceof EncodeFailure) return new InvalidValueError(pathOf(plan, failure), failure.problem);
  const cause = error instanceof Unfit ? failure : error;
  return new RPCError("payload_validation", `${plan.name}: ${cause instanceof Error ? cause.message : "unfit value"}`, {
    cause,
  });
};

const findFailure = (plan: StructPlan, wire: WireWriter, value: unknown): unknown => {
  try {
    interpretEncode(plan, wire, elementsAgain)(new ByteWriter(), value, 1);
    return undefined;
  } catch (failure) {
    return failure;
  }
};

/** A cycle or a very deep value would name dozens of levels. */
const LONGEST_PATH = 16;

const pathOf = (plan: StructPlan, { path }: EncodeFailure): string => {
  const first = plan.fields[0];
  const isStructItself = plan.shape === "sole" && first?.type.kind === "struct" && path.length > 1;
  const root = isStructItself ? first.type.descriptor.name : plan.name;
  const parts = isStructItself ? path.slice(1) : path;
  const shown = parts.length <= LONGEST_PATH ? parts : [...parts.slice(0, LONGEST_PATH), " …"];
  return root + shown.join("");
};
