import type { CallOption, Context } from "@kitex-ts/core";
import { type CallOverrides, checkDurationMs, checkMethods, checkString } from "@kitex-ts/core/internal";

/** Not frozen, as client options are: some are made for every call, and freezing costs more than applying. */
const option = (name: string, apply: (overrides: CallOverrides) => void): CallOption => ({
  kind: "call",
  name,
  apply,
});

/** A tag of this call, which routers match on. Kitex: `callopt.WithTag`. */
export const withTag = (key: string, value: string): CallOption => {
  checkString("callopt.withTag: key", key);
  checkString(`callopt.withTag: value of ${key}`, value);
  return option(`withTag(${key}, ${value})`, (overrides) => {
    overrides.tags ??= new Map();
    overrides.tags.set(key, value);
  });
};

/** Calls this address, `host:port` or `unix:/path`, past discovery and balancing. Kitex: `callopt.WithHostPort`. */
export const withHostPort = (hostPort: string): CallOption => {
  checkString("callopt.withHostPort", hostPort);
  return option(`withHostPort(${hostPort})`, (overrides) => {
    overrides.hostPort = hostPort;
  });
};

/** Limits each attempt of this call, in milliseconds; 0: no limit, whatever client and route say. Kitex: `callopt.WithRPCTimeout`. */
export const withRPCTimeout = (timeoutMs: number): CallOption => {
  checkDurationMs("callopt.withRPCTimeout", timeoutMs);
  return option(`withRPCTimeout(${timeoutMs})`, (overrides) => {
    overrides.rpcTimeoutMs = timeoutMs;
  });
};

/** Limits how long opening a connection for this call may take, in milliseconds. Kitex: `callopt.WithConnectTimeout`. */
export const withConnectTimeout = (timeoutMs: number): CallOption => {
  checkDurationMs("callopt.withConnectTimeout", timeoutMs);
  return option(`withConnectTimeout(${timeoutMs})`, (overrides) => {
    overrides.connectTimeoutMs = timeoutMs;
  });
};

/** Gives the call up when `signal` aborts: it rejects with kind `canceled_by_business` and the signal's reason as cause. */
export const withSignal = (signal: AbortSignal): CallOption => {
  // Asked once before the thorough check: this option is made for every call.
  if (typeof (signal as AbortSignal | null | undefined)?.addEventListener !== "function")
    checkMethods("callopt.withSignal", signal, ["addEventListener"]);
  return option("withSignal", (overrides) => {
    overrides.signal = signal;
  });
};

/**
 * Makes the call on behalf of `ctx`, usually a handler's: its metainfo travels on, its deadline bounds the call, its cancellation cancels it.
 * Go: the first argument of every generated method.
 */
export const withContext = (ctx: Context): CallOption => {
  if (typeof (ctx as Context | null | undefined)?.withTimeout !== "function")
    checkMethods("callopt.withContext", ctx, ["withTimeout"]);
  return option("withContext", (overrides) => {
    overrides.context = ctx;
  });
};
