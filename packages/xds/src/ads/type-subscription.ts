import { DiscoveryRequest, type MessageInit, type Node } from "@kitex-ts/xds-protos";
import { type TypeName, typeUrls } from "./type-urls.ts";

/** `google.rpc.Code.INVALID_ARGUMENT`. */
const invalidArgument = 3;

/** Lines of a refusal that are sent; more would help nobody, and a request has limits too. */
const maxProblems = 20;

/** The reasons of a refusal, one line each. */
export const summary = (problems: readonly string[]): string =>
  problems.length <= maxProblems
    ? problems.join("\n")
    : [...problems.slice(0, maxProblems), `and ${problems.length - maxProblems} more`].join("\n");

/** What is wanted of a type: everything, or these names. */
export type Wanted = "*" | readonly string[];

/**
 * What this client and the server have said to each other about one type: the state-of-the-world rules.
 *
 * - Every response is answered once, with its nonce and the names wanted *now*: a change that crossed a response is not lost.
 * - `version_info` is the last version accepted, also in a refusal and on a new stream; the nonce is the stream's.
 */
export class TypeSubscription {
  readonly type: TypeName;
  #wanted: Wanted | undefined = undefined;
  #acceptedVersion = "";
  #nonce = "";
  #isOnStream = false;
  /** A response is being worked on: its answer will carry the names, and a request before it would look like an answer. */
  #isAnswerDue = false;
  /** The wanted names have changed since the last request. */
  isDirty = false;

  constructor(type: TypeName) {
    this.type = type;
  }

  /** Whether anything was asked for: a response to nothing is acknowledged and not looked at. */
  get isWanted(): boolean {
    return this.#wanted !== undefined;
  }

  want(wanted: Wanted): void {
    // For listeners and clusters an empty list asks for everything; istiod takes it so on an open stream as well. The last names stay.
    const isEmptyListWildcard = this.type === "LDS" || this.type === "CDS";
    if (isEmptyListWildcard && wanted.length === 0) return;
    this.#wanted = wanted;
    this.isDirty = true;
  }

  /** The server of a new stream knows nothing. */
  resetStream(): void {
    this.#nonce = "";
    this.#isOnStream = false;
    this.#isAnswerDue = false;
    this.isDirty = this.#wanted !== undefined;
  }

  /** What the requests carry now. */
  get names(): readonly string[] {
    return this.#wanted === undefined || this.#wanted === "*" ? [] : this.#wanted;
  }

  /** Whether a request is due: something changed, and the server can make sense of it. */
  get isDue(): boolean {
    // Dropping all names of a type the server has not heard of yet is no news.
    return this.isDirty && !this.#isAnswerDue && (this.#isOnStream || this.#wanted === "*" || this.names.length > 0);
  }

  /** A request for the names wanted now; `node` goes into the first one of a stream. */
  request(node: MessageInit<Node> | undefined): Uint8Array {
    this.isDirty = false;
    this.#isOnStream = true;
    return this.#encode(node, undefined);
  }

  /** Notes the nonce of a response; every later request on this stream carries it. */
  received(nonce: string): void {
    this.#nonce = nonce;
    this.#isAnswerDue = true;
  }

  /** The answer to the response last received. `problems` empty: accepted. */
  answer(version: string, problems: readonly string[]): Uint8Array {
    this.isDirty = false;
    this.#isOnStream = true;
    this.#isAnswerDue = false;
    if (problems.length === 0) this.#acceptedVersion = version;
    return this.#encode(undefined, problems.length === 0 ? undefined : summary(problems));
  }

  #encode(node: MessageInit<Node> | undefined, refusal: string | undefined): Uint8Array {
    return DiscoveryRequest.encode({
      typeUrl: typeUrls[this.type],
      versionInfo: this.#acceptedVersion,
      responseNonce: this.#nonce,
      resourceNames: this.names,
      node,
      errorDetail: refusal === undefined ? undefined : { code: invalidArgument, message: refusal },
    });
  }
}
