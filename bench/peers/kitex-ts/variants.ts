import { performance } from "node:perf_hooks";
import {
  background,
  type CallOption,
  type Context,
  callopt,
  client,
  type Middleware,
  metainfo,
  server,
} from "kitex-ts";

type ClientOption = ReturnType<typeof client.withRPCTimeout>;
type ServerOption = ReturnType<typeof server.withServiceAddr>;

/** One way to run kitex-ts. All have an RPC timeout, as in production. */
export interface Variant {
  readonly client: readonly ClientOption[];
  readonly server: readonly ServerOption[];
  /** Options of every call, made anew for each as a handler that calls on would. */
  readonly call: (() => CallOption) | undefined;
  readonly isSecure?: true;
}

const timeout = client.withRPCTimeout(1000);
// Without these a pool would close most of its connections after every burst.
const keepAll = { maxIdlePerAddress: 1000, maxIdleGlobal: 1000 };

const seen = { calls: 0, slowestMs: 0 };
/** A layer that needs no result. */
const counting: Middleware = (next) => (request, ctx) => {
  seen.calls++;
  return next(request, ctx);
};
/** A layer that does. */
const timing: Middleware = (next) => async (request, ctx) => {
  const startedAt = performance.now();
  try {
    return await next(request, ctx);
  } finally {
    seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedAt);
  }
};
/** A layer that looks at what travels with the call. */
const tenant: Middleware = (next) => (request, ctx) => {
  if (metainfo.getPersistentValue(ctx, "tenant") !== "blue") throw new Error("the metainfo got lost");
  return next(request, ctx);
};
const middlewares = [counting, timing, tenant];

/** What handlers would pass on: one value that is the same in all calls, and one that is another in each. */
const upstreams = Array.from({ length: 256 }, (_, index) =>
  metainfo.withPersistentValue(
    metainfo.withValue(background(), "request-id", `6f1c2a90-77b4-${index}`),
    "tenant",
    "blue",
  ),
);
let latest = 0;
const nextUpstream = (): CallOption => {
  latest = (latest + 1) % upstreams.length;
  return callopt.withContext(upstreams[latest] as Context);
};

export const variants: Readonly<Record<string, Variant>> = {
  plain: { client: [timeout], server: [], call: undefined },
  all: {
    client: [timeout, client.withClientBasicInfo({ serviceName: "bench" }), ...middlewares.map(client.withMiddleware)],
    server: middlewares.map(server.withMiddleware),
    call: nextUpstream,
  },
  tls: { client: [timeout], server: [], call: undefined, isSecure: true },
  framed: {
    client: [timeout, client.withTransportProtocol("Framed"), client.withLongConnection(keepAll)],
    server: [],
    call: undefined,
  },
  pool: { client: [timeout, client.withLongConnection(keepAll)], server: [], call: undefined },
};

export const variantOf = (name: string): Variant => {
  const variant = variants[name];
  if (variant === undefined) throw new Error(`no variant ${name}; one of ${Object.keys(variants).join(", ")}`);
  return variant;
};
