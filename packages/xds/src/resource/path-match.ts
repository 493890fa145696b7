import type { RouteMatch } from "@kitex-ts/xds-protos";
import { Refusal } from "./decoded.ts";
import { compileRegex, type Regex } from "./regex.ts";

/** A condition on the path of a call, `/package.Service/Method`. With `ignoreCase`, `value` is in lower case already. */
export type PathMatch =
  | { readonly kind: "exact" | "prefix" | "separated-prefix"; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: "regex"; readonly regex: Regex }
  /** Of a Thrift proxy, which knows no paths; undefined: any. */
  | {
      readonly kind: "rpc";
      readonly service: string | undefined;
      readonly method: string | undefined;
      readonly isInverted: boolean;
    };

const literal = (kind: "exact" | "prefix" | "separated-prefix", value: string, match: RouteMatch): PathMatch => {
  const ignoreCase = match.caseSensitive?.value === false;
  return { kind, value: ignoreCase ? value.toLowerCase() : value, ignoreCase };
};

/** The condition that every path meets. */
export const anyPath: PathMatch = { kind: "prefix", value: "", ignoreCase: false };

/** @throws Refusal for a kind of path condition this version does not know */
export function decodePathMatch(match: RouteMatch): PathMatch {
  if (match.path !== undefined) return literal("exact", match.path, match);
  if (match.prefix !== undefined) return literal("prefix", match.prefix, match);
  if (match.pathSeparatedPrefix !== undefined) return literal("separated-prefix", match.pathSeparatedPrefix, match);
  if (match.safeRegex !== undefined) return { kind: "regex", regex: compileRegex(match.safeRegex.regex) };
  if (match.pathMatchPolicy !== undefined)
    throw new Refusal(`path match policy ${match.pathMatchPolicy.name} is not supported`);
  throw new Refusal("a path condition of an unknown kind");
}

export function matchesPath(match: PathMatch, path: string): boolean {
  if (match.kind === "regex") return match.regex.matches(path);
  if (match.kind === "rpc") return matchesRPC(match, path) !== match.isInverted;
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

/** A service is meant with its package or without, a method alone or as `service:method`. */
function matchesRPC({ service, method }: Extract<PathMatch, { kind: "rpc" }>, path: string): boolean {
  const [, fullService = "", name = ""] = path.split("/");
  const shortService = fullService.slice(fullService.lastIndexOf(".") + 1);
  const isService = (wanted: string): boolean => wanted === fullService || wanted === shortService;
  if (service !== undefined && !isService(service)) return false;
  if (method === undefined) return true;
  const colon = method.indexOf(":");
  return colon < 0 ? method === name : isService(method.slice(0, colon)) && method.slice(colon + 1) === name;
}

/** For people: `prefix "/"`. */
export function describePath(match: PathMatch): string {
  if (match.kind === "regex") return `path regex ${JSON.stringify(match.regex.source)}`;
  if (match.kind === "rpc") {
    const not = match.isInverted ? "not " : "";
    return `${not}method ${match.method ?? "any"} of service ${match.service ?? "any"}`;
  }
  return `path ${match.kind} ${JSON.stringify(match.value)}${match.ignoreCase ? " (any case)" : ""}`;
}
