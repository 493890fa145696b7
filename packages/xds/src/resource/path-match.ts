import type { RouteMatch } from "@kitex-ts/xds-protos";
import { Refusal } from "./decoded.ts";
import { compileRegex, type Regex } from "./regex.ts";

/** A condition on the path of a call, `/package.Service/Method`. With `ignoreCase`, `value` is in lower case already. */
export type PathMatch =
  | { readonly kind: "exact" | "prefix" | "separated-prefix"; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: "regex"; readonly regex: Regex };

const literal = (kind: "exact" | "prefix" | "separated-prefix", value: string, match: RouteMatch): PathMatch => {
  const ignoreCase = match.caseSensitive?.value === false;
  return { kind, value: ignoreCase ? value.toLowerCase() : value, ignoreCase };
};

/** @throws Refusal for a kind of path condition this version does not know */
export function decodePathMatch(match: RouteMatch): PathMatch {
  if (match.path !== undefined) return literal("exact", match.path, match);
  if (match.prefix !== undefined) return literal("prefix", match.prefix, match);
  if (match.pathSeparatedPrefix !== undefined) return literal("separated-prefix", match.pathSeparatedPrefix, match);
  if (match.safeRegex !== undefined) return { kind: "regex", regex: compileRegex(match.safeRegex.regex) };
  if (match.connectMatcher !== undefined) throw new Refusal("it matches CONNECT requests, which an RPC never is");
  if (match.pathMatchPolicy !== undefined)
    throw new Refusal(`path match policy ${match.pathMatchPolicy.name} is not supported`);
  throw new Refusal("a path condition of an unknown kind");
}

export function matchesPath(match: PathMatch, path: string): boolean {
  if (match.kind === "regex") return match.regex.matches(path);
  const given = match.ignoreCase ? path.toLowerCase() : path;
  switch (match.kind) {
    case "exact":
      return given === match.value;
    case "prefix":
      return given.startsWith(match.value);
    case "separated-prefix":
      return given === match.value || given.startsWith(`${match.value}/`);
  }
}

/** For people: `prefix "/"`. */
export const describePath = (match: PathMatch): string =>
  match.kind === "regex"
    ? `path regex ${JSON.stringify(match.regex.source)}`
    : `path ${match.kind} ${JSON.stringify(match.value)}${match.ignoreCase ? " (any case)" : ""}`;
