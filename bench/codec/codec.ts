import type { Payload } from "../lib/arguments.ts";

/** One message with one codec. Each function answers something, so that nothing is optimised away. */
export interface Operations {
  /** Of the encoded message. */
  readonly bytes: number;
  readonly encode: () => unknown;
  readonly decode: () => unknown;
  /** Decodes, then encodes what was decoded: what an echo server does. */
  readonly echo: () => unknown;
}

export type MakeOperations = (payload: Payload) => Operations;
