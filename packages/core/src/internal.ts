// For the framework's own packages; not covered by semantic versioning.
export type { BackwardValues } from "./context.ts";
export { errorKinds, messageOf, toRPCError } from "./errors.ts";
export {
  applyCallOptions,
  applyOptions,
  type CallOverrides,
  checkByteLimit,
  checkDurationMs,
  checkFunction,
  checkMethods,
  checkService,
  checkString,
  defineOption,
} from "./option.ts";
