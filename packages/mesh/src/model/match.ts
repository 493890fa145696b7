import type { Field, Mapping } from "../yaml/field.ts";
import type { Labels } from "./object.ts";

/** An Istio `StringMatch`. */
export interface StringMatch {
  readonly type: "exact" | "prefix" | "regex";
  readonly value: string;
}

/** A condition on one header; without `value` the header only has to be there. */
export interface HeaderMatch {
  readonly name: string;
  readonly value: StringMatch | undefined;
  /** From `withoutHeaders`. */
  readonly invert: boolean;
}

/** An Istio `HTTPMatchRequest`: all conditions have to hold. */
export interface HTTPMatch {
  readonly name: string | undefined;
  readonly uri: StringMatch | undefined;
  readonly ignoreUriCase: boolean;
  readonly headers: readonly HeaderMatch[];
  readonly queryParams: readonly { readonly name: string; readonly value: StringMatch | undefined }[];
  readonly method: StringMatch | undefined;
  readonly authority: StringMatch | undefined;
  readonly scheme: StringMatch | undefined;
  readonly port: number | undefined;
  readonly sourceLabels: Labels;
  readonly sourceNamespace: string | undefined;
  readonly gateways: readonly string[];
}

const KINDS = ["exact", "prefix", "regex"] as const;

/** RE2, which Envoy uses, has a few forms that JavaScript does not; the rest is close enough to find mistakes. */
const isRegex = (text: string): boolean => {
  try {
    new RegExp(
      text
        .replace(/\(\?[imsU-]+\)/g, "")
        .replace(/\(\?[imsU-]*:/g, "(?:")
        .replaceAll("(?P<", "(?<"),
    );
    return true;
  } catch {
    return false;
  }
};

/** Reads a StringMatch. An empty one (`{}`) asks for presence only, where that is allowed: `undefined`. */
const readStringMatch = (field: Field, empty: "means presence" | "is an error"): StringMatch | undefined => {
  const match = field.mapping().only(KINDS);
  const given = KINDS.filter((type) => match.get(type) !== undefined);
  if (given.length > 1) field.error(`${given.join(" and ")} together`, "one of exact, prefix or regex");
  const [type] = given;
  if (type === undefined) {
    if (empty === "is an error") field.error("needs one of exact, prefix or regex");
    return undefined;
  }
  const value = match.get(type)?.string();
  if (value === undefined) return undefined;
  if (type === "regex" && !isRegex(value)) {
    match.get(type)?.error(`${JSON.stringify(value)} is not a valid regular expression`, "RE2 syntax, as in Go");
  }
  return { type, value };
};

const readCondition = (match: Mapping, name: string): StringMatch | undefined => {
  const field = match.get(name);
  return field && readStringMatch(field, "is an error");
};

const readPresenceOrValue = (field: Field): StringMatch | undefined =>
  field.isNull ? undefined : readStringMatch(field, "means presence");

const readHeaders = (match: Mapping, name: string, invert: boolean): readonly HeaderMatch[] =>
  (match.get(name)?.entries() ?? []).map(([header, field]) => {
    if (!/^:?[\w.!#$%&'*+^`|~-]+$/.test(header)) field.error(`${JSON.stringify(header)} is not a header name`);
    return { name: header, value: readPresenceOrValue(field), invert };
  });

const KNOWN = [
  ...["name", "uri", "ignoreUriCase", "headers", "withoutHeaders", "queryParams", "method", "authority", "scheme"],
  ...["port", "sourceLabels", "sourceNamespace", "gateways"],
];

/** Reads one element of `http[].match`. */
export const readHTTPMatch = (field: Field): HTTPMatch => {
  const match = field.mapping().only(KNOWN, ["statPrefix"]);
  return {
    name: match.get("name")?.string(),
    uri: readCondition(match, "uri"),
    ignoreUriCase: match.get("ignoreUriCase")?.boolean() ?? false,
    headers: [...readHeaders(match, "headers", false), ...readHeaders(match, "withoutHeaders", true)],
    queryParams: (match.get("queryParams")?.entries() ?? []).map(([name, value]) => ({
      name,
      value: readPresenceOrValue(value),
    })),
    method: readCondition(match, "method"),
    authority: readCondition(match, "authority"),
    scheme: readCondition(match, "scheme"),
    port: match.get("port")?.integer(1, 65_535),
    sourceLabels: match.get("sourceLabels")?.stringMap() ?? {},
    sourceNamespace: match.get("sourceNamespace")?.nonEmptyString(),
    gateways: match.items("gateways").flatMap((item) => item.nonEmptyString() ?? []),
  };
};
