import type { DiscoveryRequest } from "@kitex-ts/xds-protos";
import type { ScriptedStream } from "./scripted-stream.ts";

/** A discovery request, as the scripted control plane got it. */
export interface ReceivedRequest {
  readonly stream: ScriptedStream;
  readonly request: DiscoveryRequest;
  /** Asks for names that the stream's previous request of this type did not ask for, or is the first of its type. */
  readonly isSubscription: boolean;
  /** The first answer to a response, and it is accepted. */
  readonly isAck: boolean;
  /** The response it answers was refused; `request.errorDetail` says why. */
  readonly isNack: boolean;
  /** The stream's `authorization` metadata. */
  readonly authorization: string | undefined;
}

/** What a client has said so far on one stream. */
export class StreamHistory {
  readonly #names = new Map<string, readonly string[]>();
  readonly #answered = new Set<string>();

  /** What `request` is, given those before it. Call once for each, in order. */
  classify(request: DiscoveryRequest): Pick<ReceivedRequest, "isSubscription" | "isAck" | "isNack"> {
    const { typeUrl, resourceNames, responseNonce } = request;
    const before = this.#names.get(typeUrl);
    this.#names.set(typeUrl, resourceNames);
    const isNack = request.errorDetail !== undefined;
    const isAck = !isNack && responseNonce !== "" && !this.#answered.has(responseNonce);
    if (responseNonce !== "") this.#answered.add(responseNonce);
    // Naming fewer is no reason to send anything.
    const isSubscription = before === undefined || resourceNames.some((name) => !before.includes(name));
    return { isSubscription, isAck, isNack };
  }

  /** Names asked for last; undefined while the stream has not asked for this type. */
  names(typeUrl: string): readonly string[] | undefined {
    return this.#names.get(typeUrl);
  }
}
