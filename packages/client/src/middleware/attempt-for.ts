import { type Context, RPCError } from "@kitex-ts/core";
import { type Attempt, attemptOf } from "@kitex-ts/core/spi";

/** The attempt a context leads to. Middleware may hand on a derived context; what it changed there is sent too. */
export const attemptFor = (ctx: Context): Attempt => {
  const attempt = attemptOf(ctx);
  if (attempt === undefined) {
    throw new RPCError(
      "internal_exception",
      "a client middleware called next() with a context of its own; pass on ctx or one derived from it",
    );
  }
  if (attempt !== ctx) attempt.adopt(ctx);
  return attempt;
};
