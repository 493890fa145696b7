import type { Field } from "../yaml/field.ts";
import type { Labels } from "./object.ts";

/** What is done to the headers of one direction. */
export interface HeaderOperations {
  readonly set: Labels;
  readonly add: Labels;
  readonly remove: readonly string[];
}

/** An Istio `Headers`. */
export interface Headers {
  readonly request: HeaderOperations;
  readonly response: HeaderOperations;
}

const NOTHING: HeaderOperations = { set: {}, add: {}, remove: [] };

/** No operation at all. */
export const NO_HEADERS: Headers = { request: NOTHING, response: NOTHING };

const readOperations = (field: Field | undefined): HeaderOperations => {
  if (field === undefined) return NOTHING;
  const operations = field.mapping().only(["set", "add", "remove"]);
  return {
    set: operations.get("set")?.stringMap() ?? {},
    add: operations.get("add")?.stringMap() ?? {},
    remove: operations.items("remove").flatMap((item) => item.nonEmptyString() ?? []),
  };
};

/** Reads `headers` of a route or of one of its destinations. */
export const readHeaders = (field: Field): Headers => {
  const headers = field.mapping().only(["request", "response"]);
  return { request: readOperations(headers.get("request")), response: readOperations(headers.get("response")) };
};
