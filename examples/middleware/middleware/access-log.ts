import type { Middleware } from "kitex-ts";

/** A line per call: what was called, how it ended, how long it took. */
export const accessLog: Middleware = (next) => async (request, ctx) => {
  const startedAt = performance.now();
  let outcome = "ok";
  try {
    return await next(request, ctx);
  } catch (error) {
    outcome = error instanceof Error ? error.name : "failed";
    throw error;
  } finally {
    const ms = (performance.now() - startedAt).toFixed(1);
    console.log(`${ctx.rpcInfo.invocation.methodName} ${outcome} ${ms} ms`);
  }
};
