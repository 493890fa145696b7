import type {
  HeaderMatcher,
  MessageInit,
  QueryParameterMatcher,
  RouteMatch,
  StringMatcher,
} from "@kitex-ts/xds-protos";
import type { HeaderMatch, HTTPMatch, StringMatch } from "../model/match.ts";

const stringMatcher = ({ type, value }: StringMatch): MessageInit<StringMatcher> => {
  if (type === "regex") return { safeRegex: { regex: value } };
  return type === "exact" ? { exact: value } : { prefix: value };
};

const headerMatcher = ({ name, value, invert }: HeaderMatch): MessageInit<HeaderMatcher> => ({
  name,
  ...(value === undefined ? { presentMatch: true } : { stringMatch: stringMatcher(value) }),
  invertMatch: invert,
  // "Not this value" is true of a header that is not there.
  treatMissingHeaderAsEmpty: invert && value !== undefined,
});

const pseudoHeader = (name: string, value: StringMatch | undefined): readonly MessageInit<HeaderMatcher>[] =>
  value === undefined ? [] : [headerMatcher({ name, value, invert: false })];

const pathSpecifier = (uri: StringMatch | undefined): MessageInit<RouteMatch> => {
  if (uri === undefined) return { prefix: "/" };
  if (uri.type === "regex") return { safeRegex: { regex: uri.value } };
  return uri.type === "exact" ? { path: uri.value } : { prefix: uri.value };
};

/** The condition of one alternative of a rule; conditions on the caller and the port are settled before. */
export const routeMatch = (match: HTTPMatch | undefined): MessageInit<RouteMatch> => {
  if (match === undefined) return { prefix: "/" };
  const headers = [...match.headers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const query = [...match.queryParams].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...pathSpecifier(match.uri),
    caseSensitive: { value: !match.ignoreUriCase },
    headers: [
      ...headers.map(headerMatcher),
      ...pseudoHeader(":method", match.method),
      ...pseudoHeader(":authority", match.authority),
      ...pseudoHeader(":scheme", match.scheme),
    ],
    queryParameters: query.map(
      ({ name, value }): MessageInit<QueryParameterMatcher> => ({
        name,
        ...(value === undefined ? { presentMatch: true } : { stringMatch: stringMatcher(value) }),
      }),
    ),
  };
};

/** Whether nothing can get past this alternative, so that what follows it is not sent. */
export const matchesEverything = (match: HTTPMatch | undefined): boolean =>
  match === undefined ||
  ((match.uri === undefined || (match.uri.type === "prefix" && match.uri.value === "/")) &&
    match.headers.length + match.queryParams.length === 0 &&
    match.method === undefined &&
    match.authority === undefined &&
    match.scheme === undefined);
