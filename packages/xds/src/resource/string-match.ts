import type { StringMatcher } from "@kitex-ts/xds-protos";
import { Refusal } from "./decoded.ts";
import { compileRegex, type Regex } from "./regex.ts";

/** A condition on a string. Envoy: `type.matcher.v3.StringMatcher`. With `ignoreCase`, `value` is in lower case already. */
export type StringMatch =
  | { readonly kind: "exact" | "prefix" | "suffix" | "contains"; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: "regex"; readonly regex: Regex };

const literal = (
  kind: "exact" | "prefix" | "suffix" | "contains",
  value: string,
  ignoreCase: boolean,
): StringMatch => ({ kind, value: ignoreCase ? value.toLowerCase() : value, ignoreCase });

/** @throws Refusal for a kind this version does not know */
export function decodeStringMatch(matcher: StringMatcher): StringMatch {
  const { ignoreCase } = matcher;
  if (matcher.exact !== undefined) return literal("exact", matcher.exact, ignoreCase);
  if (matcher.prefix !== undefined) return literal("prefix", matcher.prefix, ignoreCase);
  if (matcher.suffix !== undefined) return literal("suffix", matcher.suffix, ignoreCase);
  if (matcher.contains !== undefined) return literal("contains", matcher.contains, ignoreCase);
  // ignore_case has no effect on a regex, by definition.
  if (matcher.safeRegex !== undefined) return { kind: "regex", regex: compileRegex(matcher.safeRegex.regex) };
  throw new Refusal("a string matcher of an unknown kind");
}

export const exactly = (value: string): StringMatch => literal("exact", value, false);
export const withPrefix = (value: string): StringMatch => literal("prefix", value, false);
export const withSuffix = (value: string): StringMatch => literal("suffix", value, false);
export const containing = (value: string): StringMatch => literal("contains", value, false);

export function matchesString(match: StringMatch, value: string): boolean {
  if (match.kind === "regex") return match.regex.matches(value);
  const given = match.ignoreCase ? value.toLowerCase() : value;
  switch (match.kind) {
    case "exact":
      return given === match.value;
    case "prefix":
      return given.startsWith(match.value);
    case "suffix":
      return given.endsWith(match.value);
    case "contains":
      return given.includes(match.value);
  }
}

/** For people: `exact "canary"`. */
export const describeString = (match: StringMatch): string =>
  match.kind === "regex"
    ? `regex ${JSON.stringify(match.regex.source)}`
    : `${match.kind} ${JSON.stringify(match.value)}${match.ignoreCase ? " (any case)" : ""}`;
