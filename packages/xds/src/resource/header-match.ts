import type { HeaderMatcher } from "@kitex-ts/xds-protos";
import { Refusal } from "./decoded.ts";
import { compileRegex } from "./regex.ts";
import {
  containing,
  decodeStringMatch,
  describeString,
  exactly,
  matchesString,
  type StringMatch,
  withPrefix,
  withSuffix,
} from "./string-match.ts";

/** A condition on one header, that is on a tag or a metainfo value of the call. Envoy: `config.route.v3.HeaderMatcher`. */
export interface HeaderMatch {
  /** In lower case: names compare without case. */
  readonly name: string;
  readonly condition:
    | { readonly kind: "string"; readonly match: StringMatch }
    | { readonly kind: "range"; readonly start: number; readonly end: number }
    | { readonly kind: "present"; readonly isPresent: boolean };
  readonly isInverted: boolean;
  readonly isMissingEmpty: boolean;
}

/** @throws Refusal for a condition this version does not know, which must not be taken for none */
export const decodeHeaderMatch = (matcher: HeaderMatcher): HeaderMatch => ({
  name: matcher.name.toLowerCase(),
  condition: conditionOf(matcher),
  isInverted: matcher.invertMatch,
  isMissingEmpty: matcher.treatMissingHeaderAsEmpty,
});

const onString = (match: StringMatch): HeaderMatch["condition"] => ({ kind: "string", match });

function conditionOf(matcher: HeaderMatcher): HeaderMatch["condition"] {
  if (matcher.name === "") throw new Refusal("a header matcher without a name");
  if (matcher.stringMatch !== undefined) return onString(decodeStringMatch(matcher.stringMatch));
  if (matcher.presentMatch !== undefined) return { kind: "present", isPresent: matcher.presentMatch };
  if (matcher.rangeMatch !== undefined) {
    return { kind: "range", start: matcher.rangeMatch.start, end: matcher.rangeMatch.end };
  }
  // The older forms of string_match.
  if (matcher.exactMatch !== undefined) return onString(exactly(matcher.exactMatch));
  if (matcher.prefixMatch !== undefined) return onString(withPrefix(matcher.prefixMatch));
  if (matcher.suffixMatch !== undefined) return onString(withSuffix(matcher.suffixMatch));
  if (matcher.containsMatch !== undefined) return onString(containing(matcher.containsMatch));
  if (matcher.safeRegexMatch !== undefined) {
    return onString({ kind: "regex", regex: compileRegex(matcher.safeRegexMatch.regex) });
  }
  throw new Refusal(`a matcher for header ${matcher.name} without a condition, or with one of an unknown kind`);
}

/** Base 10, no spaces, no fraction. */
const integer = /^[+-]?\d{1,19}$/;

/**
 * Whether `value`, undefined for a header that is not there, meets the condition. A missing header fails every condition but a presence one,
 * inverted or not, unless the matcher takes it for an empty one.
 */
export function matchesHeader(match: HeaderMatch, value: string | undefined): boolean {
  const { condition } = match;
  // Binary headers are not for matching (gRFC A28): such a condition is false before inversion.
  if (match.name.endsWith("-bin")) return match.isInverted;
  if (condition.kind === "present") {
    const isPresent = value !== undefined || match.isMissingEmpty;
    return (isPresent === condition.isPresent) !== match.isInverted;
  }
  const given = value ?? (match.isMissingEmpty ? "" : undefined);
  if (given === undefined) return false;
  return meets(condition, given) !== match.isInverted;
}

function meets(condition: Exclude<HeaderMatch["condition"], { kind: "present" }>, value: string): boolean {
  if (condition.kind === "string") return matchesString(condition.match, value);
  if (!integer.test(value)) return false;
  const number = Number(value);
  return number >= condition.start && number < condition.end;
}

/** For people: `stage not exact "prod"`. */
export function describeHeader(match: HeaderMatch): string {
  const { condition } = match;
  const not = match.isInverted ? "not " : "";
  if (condition.kind === "string") return `${match.name} ${not}${describeString(condition.match)}`;
  if (condition.kind === "range") return `${match.name} ${not}in [${condition.start}, ${condition.end})`;
  return `${match.name} ${condition.isPresent !== match.isInverted ? "present" : "absent"}`;
}
