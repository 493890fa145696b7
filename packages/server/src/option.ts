import type { Middleware, Option, Suite } from "@kitex-ts/core";
import {
  applyOptions,
  checkByteLimit,
  checkDurationMs,
  checkFunction,
  checkMethods,
  checkString,
  defineOption,
} from "@kitex-ts/core/internal";
import type { Logger } from "@kitex-ts/core/spi";
import { crc32cValidator, type PayloadValidator, type ServerTLSOptions, serverSecurity } from "@kitex-ts/transport";
import { limitNames, type ServerLimits, type ServerSettings } from "./settings.ts";

/** A setting of a server; made by `server.with…`, passed to `createServer`. Kitex: `server.Option`. */
export type ServerOption = Option<"server", ServerSettings>;

const option = (name: string, apply: (settings: ServerSettings) => void): ServerOption =>
  defineOption("server", name, apply);

/** Where to listen: `host:port` (port 0: any free one), `:port` for all interfaces, or `unix:/path`. Default `0.0.0.0:8888`. Kitex: `server.WithServiceAddr`. */
export const withServiceAddr = (address: string): ServerOption => {
  checkString("withServiceAddr", address);
  return option(`withServiceAddr(${address})`, (settings) => {
    settings.address = address.startsWith(":") ? `0.0.0.0${address}` : address;
  });
};

/** Adds a middleware around every handler; the first added is the outermost. Kitex: `server.WithMiddleware`. */
export const withMiddleware = (middleware: Middleware): ServerOption => {
  checkFunction("withMiddleware", middleware);
  return option(`withMiddleware(${middleware.name})`, (settings) => {
    settings.middlewares.push(middleware);
  });
};

/**
 * Sets limits; those not named keep their defaults. Kitex: `server.WithLimit`.
 *
 * @throws RangeError naming the limit that cannot be, or that there is none of this name
 */
export const withLimit = (limits: Partial<ServerLimits>): ServerOption => {
  for (const [name, value] of Object.entries(limits)) {
    if (!limitNames.includes(name))
      throw new RangeError(`withLimit: there is no limit ${name}; there are ${limitNames.join(", ")}`);
    if (name === "maxMessageBytes") checkByteLimit("withLimit: maxMessageBytes", value);
    else if (value !== Infinity && !(Number.isInteger(value) && value >= 1))
      throw new RangeError(`withLimit: ${name} must be an integer, 1 or more, or Infinity, got ${String(value)}`);
  }
  return option(`withLimit(${Object.keys(limits).join(", ")})`, (settings) => {
    settings.limits = { ...settings.limits, ...limits };
  });
};

/**
 * A message that has begun must go on arriving, 16 KiB in this time, and a peer for which answers wait must go on reading, or the connection is
 * closed. Milliseconds; 0: no limit. Default 5000. Kitex: `server.WithReadWriteTimeout`.
 */
export const withReadTimeout = (timeoutMs: number): ServerOption => {
  checkDurationMs("withReadTimeout", timeoutMs);
  return option(`withReadTimeout(${timeoutMs})`, (settings) => {
    settings.readTimeoutMs = timeoutMs;
  });
};

/** How long `stop()` waits for running calls, in milliseconds. Default 5000. Kitex: `server.WithExitWaitTime`. */
export const withExitWaitTime = (waitMs: number): ServerOption => {
  checkDurationMs("withExitWaitTime", waitMs);
  return option(`withExitWaitTime(${waitMs})`, (settings) => {
    settings.exitWaitMs = waitMs;
  });
};

/** Whether `run()` stops the server on SIGINT and SIGTERM. Default true. Kitex: `server.WithExitSignal`. */
export const withExitSignal = (enabled: boolean): ServerOption =>
  option(`withExitSignal(${enabled})`, (settings) => {
    settings.handleSignals = enabled;
  });

/** Where to report what no caller hears of: broken connections, handler failures. Default: one line each on standard error. */
export const withLogger = (logger: Logger): ServerOption => {
  checkMethods("withLogger", logger, ["warn", "error"]);
  return option("withLogger", (settings) => {
    settings.logger = logger;
  });
};

/**
 * Serves TLS, or mTLS with `clientAuth`, whatever the transport. Handlers find who the caller has proven to be in
 * `ctx.rpcInfo.from.identity`. Certificates may change while the server runs; no call is lost by it.
 *
 * @throws TransportError `invalid_tls_options` when material is missing or cannot be used: never a server that falls back to plaintext
 */
export const withTLS = (options: ServerTLSOptions): ServerOption => {
  const security = serverSecurity(options);
  return option("withTLS", (settings) => {
    settings.security = security;
  });
};

/**
 * Adds a checksum (CRC-32C) to replies with a TTHeader and checks those of requests, or uses `validators` of your own. A request that fails its
 * check closes the connection without an answer, as in Kitex. Default: none. Kitex: `codec` option `CRC32Check`, `PayloadValidator`.
 */
export const withPayloadChecksum = (...validators: readonly PayloadValidator[]): ServerOption => {
  for (const validator of validators) checkMethods("withPayloadChecksum", validator, ["generate", "validate"]);
  return option("withPayloadChecksum", (settings) => {
    settings.payloadValidators = validators.length === 0 ? [crc32cValidator] : validators;
  });
};

/** Applies a named bundle of options in its place. Kitex: `server.WithSuite`. */
export const withSuite = (suite: Suite<ServerOption>): ServerOption => {
  checkMethods("withSuite", suite, ["options"]);
  return option(`withSuite(${suite.name})`, (settings) => {
    applyOptions<"server", ServerSettings>("server", suite.options(), settings);
  });
};
