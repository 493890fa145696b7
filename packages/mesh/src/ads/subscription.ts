import type { DiscoveryRequest } from "@kitex-ts/xds-protos";
import type { ResourceTypeName } from "../resources/generator.ts";

/** What one stream wants of one type, and what it was sent last. */
export interface Subscription {
  readonly names: ReadonlySet<string>;
  /** Nonce of the last response; empty before the first. */
  readonly nonceSent: string;
  /** Whether that response was answered, by ACK or NACK. */
  readonly answered: boolean;
}

/** What a request asks the server to do. */
export type RequestEffect =
  /** Send everything that is subscribed. */
  | { readonly kind: "respond"; readonly subscription: Subscription }
  /** Send what was added. */
  | { readonly kind: "added"; readonly subscription: Subscription; readonly added: ReadonlySet<string> }
  /** Remember, send nothing: an ACK, or names were dropped. */
  | { readonly kind: "remember"; readonly subscription: Subscription }
  /** The client refused the last response. */
  | { readonly kind: "nack"; readonly subscription: Subscription | undefined }
  /** Nothing of the type is wanted any more. */
  | { readonly kind: "unsubscribe" }
  /** The request is older than the last response: its answer is on the way. */
  | { readonly kind: "stale" };

/** Types of which an empty list of names means all. */
const WILDCARD: ReadonlySet<ResourceTypeName> = new Set(["cds", "lds", "nds"]);

/**
 * The state-of-the-world rules in the order of istiod: NACK, unsubscribe, first request, stale nonce, changed names, ACK.
 * The names of a NACK are not looked at; a client repeats them with its next ACK.
 */
export const interpretRequest = (
  type: ResourceTypeName,
  request: DiscoveryRequest,
  current: Subscription | undefined,
): RequestEffect => {
  if (request.errorDetail !== undefined) {
    return { kind: "nack", subscription: current && { ...current, answered: true } };
  }
  const names: ReadonlySet<string> = new Set(request.resourceNames);
  if (names.size === 0 && !WILDCARD.has(type)) return { kind: "unsubscribe" };
  if (request.responseNonce === "" || current === undefined) {
    return { kind: "respond", subscription: { names, nonceSent: "", answered: true } };
  }
  if (request.responseNonce !== current.nonceSent) return { kind: "stale" };

  const subscription = { ...current, names, answered: true };
  const added = new Set([...names].filter((name) => !current.names.has(name)));
  return added.size === 0 ? { kind: "remember", subscription } : { kind: "added", subscription, added };
};
