import { ApplicationException, BizStatusError, RPCError } from "@kitex-ts/core";
import { ByteWriter, type MethodCodec } from "@kitex-ts/core/spi";

/** Kinds that middleware refuses a call with, on purpose. */
const refusals: readonly string[] = ["acl", "overlimit"];

/**
 * Is `error`, thrown by a handler or its middleware, a failure rather than an answer? Answers are what the IDL declares, business errors, application
 * exceptions, and refusals.
 */
export const isFailure = (error: unknown, codec: MethodCodec): boolean => {
  try {
    if (error instanceof BizStatusError || error instanceof ApplicationException) return false;
    if (error instanceof RPCError && refusals.includes(error.kind)) return false;
    return !codec.writeDeclaredException(new ByteWriter(256), 0, error);
  } catch {
    // Declared and beyond encoding, or a proxy that cannot even be asked what it is: the caller gets to see something else.
    return true;
  }
};
