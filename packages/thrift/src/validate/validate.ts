import type { StructDescriptor } from "../descriptor.ts";
import { structCheck } from "./compile.ts";
import { Findings } from "./findings.ts";
import { ValidationError, type Violation } from "./validation-error.ts";

/**
 * Checks `value` against the `vt.*` annotations of the IDL: those of its fields, of the structs within it, and of the struct itself. The checks are
 * put together when a struct is first validated. Kitex: `IsValid()` of thrift-gen-validator.
 *
 * Nothing calls it on its own; a handler does, or a middleware for all of them.
 *
 * @example
 * async createUser(request) {
 *   validate(CreateUserRequest, request);
 *   …
 * }
 *
 * @throws ValidationError that names every rule that is broken, up to 16
 * @throws InvalidValueError when the value is not of the type at all
 */
export const validate = <T, Init>(descriptor: StructDescriptor<T, Init>, value: Init | T): void => {
  const violations = violationsOf(descriptor, value);
  if (violations.length > 0) throw new ValidationError(violations);
};

/** What {@link validate} would name, for callers who do not want an error. At most 16. @throws InvalidValueError when the value is not of the type at all */
export const violationsOf = <T, Init>(descriptor: StructDescriptor<T, Init>, value: Init | T): readonly Violation[] => {
  const findings = new Findings(descriptor.name);
  structCheck(descriptor)(value, value, findings);
  return findings.violations;
};
