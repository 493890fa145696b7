import type { Call } from "./call.ts";
import type { Context } from "./context.ts";

/**
 * One step of a call's way: takes the request, answers with the response or throws. `request` is the method's only argument, an object of
 * the named arguments when there are several, or undefined when there is none. Kitex: `endpoint.Endpoint`.
 */
export type Endpoint = (request: unknown, ctx: Context) => Promise<unknown>;

/**
 * A function from endpoint to endpoint. It may act before and after `next`, change the request or the response, answer itself, or throw.
 * A layer that needs no result should not be `async` but `return next(request, ctx)`. Kitex: `endpoint.Middleware`.
 *
 * @example
 * const accessLog: Middleware = (next) => async (request, ctx) => {
 *   const startedAt = performance.now();
 *   try { return await next(request, ctx); }
 *   finally { console.log(ctx.rpcInfo.invocation.methodName, performance.now() - startedAt); }
 * };
 */
export type Middleware = (next: Endpoint) => Endpoint;

/** A step outside retry: it runs once per call, whatever the number of attempts. The router and the call's deadline are such. */
export type CallEndpoint = (request: unknown, call: Call) => Promise<unknown>;
export type CallMiddleware = (next: CallEndpoint) => CallEndpoint;

/** Composes middlewares into one; the first is the outermost. Kitex: `endpoint.Chain`. */
export const chain =
  (...middlewares: readonly Middleware[]): Middleware =>
  (next) =>
    middlewares.reduceRight((inner, middleware) => middleware(inner), next);
