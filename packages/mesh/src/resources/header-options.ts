import { HeaderAppendAction, type HeaderValueOption, type MessageInit } from "@kitex-ts/xds-protos";
import type { Headers } from "../model/header-operations.ts";
import type { Labels } from "../model/object.ts";

const options = (headers: Labels, appendAction: HeaderAppendAction): readonly MessageInit<HeaderValueOption>[] =>
  Object.entries(headers)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ header: { key, value }, appendAction }));

const AUTHORITY = /^(?::authority|host)$/i;

/** What is done to headers, in Envoy's form. */
export interface HeaderFields {
  readonly requestHeadersToAdd: readonly MessageInit<HeaderValueOption>[];
  readonly requestHeadersToRemove: readonly string[];
  readonly responseHeadersToAdd: readonly MessageInit<HeaderValueOption>[];
  readonly responseHeadersToRemove: readonly string[];
}

/** The header fields that routes and weighted clusters share. */
export const headerFields = (headers: Headers): HeaderFields => {
  const additions = ({ set, add }: Headers["request"]): readonly MessageInit<HeaderValueOption>[] => [
    ...options(set, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD),
    ...options(add, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD),
  ];
  return {
    requestHeadersToAdd: additions(headers.request).filter(({ header }) => !AUTHORITY.test(header?.key ?? "")),
    requestHeadersToRemove: headers.request.remove,
    responseHeadersToAdd: additions(headers.response),
    responseHeadersToRemove: headers.response.remove,
  };
};

/** What a rule sets `:authority` to: no header to add but a rewrite of the host. */
export const authorityOf = ({ request }: Headers): string | undefined =>
  Object.entries(request.set).find(([name]) => AUTHORITY.test(name))?.[1];
