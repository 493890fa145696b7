import { type ClientOption, createClient, withInstanceMiddleware, withResolver } from "@kitex-ts/client";
import { type Context, type Middleware, type OptionEntry, RPCError, type ServiceInfo } from "@kitex-ts/core";
import { type Attempt, attemptOf, type Resolver, type Snapshot, type Subscription } from "@kitex-ts/core/spi";
import { receivedError, receivedRequest, receivedResponse } from "./in-memory-exchange.ts";

/** A call that a mock client was asked to make. */
export interface MockCall {
  /** As client and handler name it: `sayHello`. */
  readonly method: string;
  /** What a server would have received: the only argument, an object of the named arguments when there are several, undefined without any. */
  readonly request: unknown;
  /** What the call carried: `metainfo.getValue(ctx, …)`, `ctx.rpcInfo.to.tag(…)`, `ctx.rpcInfo.config.rpcTimeoutMs`. */
  readonly ctx: Context;
}

type AnyMethod = (...args: unknown[]) => unknown;

const nowhere: Snapshot = {
  version: "mock",
  instances: [{ address: "mock:1", weight: 10, tags: new Map() }],
};
const subscription: Subscription = { current: nowhere, ready: () => Promise.resolve(nowhere), close: () => {} };
const mockResolver: Resolver = { name: "mock", target: () => "mock", open: () => subscription };

/** Stands where the transport stands in a real client: the innermost step of every attempt. */
const answerWith =
  (service: ServiceInfo, methods: Readonly<Record<string, unknown>>, calls: MockCall[]): Middleware =>
  () =>
  async (request, ctx) => {
    const { method } = (attemptOf(ctx) as Attempt).call.target;
    const { argumentNames, property } = method;
    const received = receivedRequest(service, method, request);
    calls.push({ method: property, request: received, ctx });
    const implementation = methods[property];
    if (typeof implementation !== "function") {
      throw new RPCError(
        "internal_exception",
        `${property} of the mock client of ${service.serviceName} was called but is not given; add it: createMockClient(${service.serviceName}, { ${property}: … })`,
        { method: method.name, requestWritten: false },
      );
    }
    const args =
      argumentNames.length === 1
        ? [received]
        : argumentNames.map((name) => (received as Readonly<Record<string, unknown>>)[name]);
    try {
      const response = await (implementation as AnyMethod).call(methods, ...args, ctx);
      return method.oneway ? undefined : receivedResponse(service, method, response);
    } catch (error) {
      if (method.oneway) return undefined;
      throw receivedError(service, method, error);
    }
  };

const callsByClient = new WeakMap<object, readonly MockCall[]>();

/**
 * Makes a client of `service` that answers from `methods` and never touches the network: for tests of code that calls a service. All else is
 * the real client: call options, timeouts, cancellation, middleware and metainfo act as in production, and requests and responses pass through
 * the codec, so that a value of the wrong type fails here too.
 *
 * `methods` are written like a handler, `(request, ctx)`. Thrown errors arrive as they would from a server: declared exceptions as themselves,
 * `BizStatusError` too, a plain `Error` as an `ApplicationException`; an `RPCError` of any kind passes unchanged, to act out timeouts and the
 * like. Methods not given reject with `internal_exception` and say so.
 *
 * @param options of the client, such as `client.withMiddleware`; destination and instances are the mock's.
 * @example
 * const greet = createMockClient(GreetService, { sayHello: async (request) => ({ message: `Hello ${request.message}` }) });
 * await codeUnderTest(greet);
 * expect(mockCalls(greet).map((call) => call.request)).toEqual([{ message: "mesh" }]);
 */
export const createMockClient = <Handler extends object, Client>(
  service: ServiceInfo<Handler, Client>,
  methods: Partial<Handler> = {},
  ...options: readonly OptionEntry<ClientOption>[]
): Client & AsyncDisposable => {
  const known = service.methods.map((method) => method.property);
  const unknown = Object.keys(methods).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new TypeError(
      `createMockClient: ${service.serviceName} has no method ${unknown.join(", ")}; it has ${known.join(", ")}`,
    );
  }
  const calls: MockCall[] = [];
  const client = createClient(
    service,
    "mock",
    ...options,
    // Last, so that it is the innermost and nothing goes past it.
    withResolver(mockResolver),
    withInstanceMiddleware(answerWith(service, methods as Readonly<Record<string, unknown>>, calls)),
  );
  callsByClient.set(client, calls);
  return client;
};

/** The calls that a mock client was asked to make, in order; the list grows as more are made. @throws TypeError for any other client */
export const mockCalls = (client: object): readonly MockCall[] => {
  const calls = callsByClient.get(client);
  if (calls === undefined) throw new TypeError("not a client made by createMockClient");
  return calls;
};
