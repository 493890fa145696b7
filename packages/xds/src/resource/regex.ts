import { messageOf } from "@kitex-ts/core/internal";
import { RE2JS } from "re2js";
import { Refusal } from "./decoded.ts";

/** Longer patterns are refused: compiling is linear too, but memory is not free. */
const maxLength = 4096;

/** A pattern in RE2 syntax that must match the whole value. Linear in the value's length, whatever the pattern. */
export interface Regex {
  readonly source: string;
  matches(value: string): boolean;
}

/** @throws Refusal when it is too long or does not compile: what such a pattern matches is not known, so nothing may be concluded from it */
export function compileRegex(source: string): Regex {
  if (source.length > maxLength) throw new Refusal(`regex of ${source.length} characters, more than ${maxLength}`);
  try {
    const compiled = RE2JS.compile(source);
    return { source, matches: (value) => compiled.testExact(value) };
  } catch (error) {
    throw new Refusal(`regex ${JSON.stringify(source)} does not compile: ${messageOf(error)}`);
  }
}
