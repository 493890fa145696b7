import type { Middleware, Option, Suite } from "@kitex-ts/core";
import { TransportProtocol } from "@kitex-ts/core";
import {
  applyOptions,
  checkByteLimit,
  checkDurationMs,
  checkFunction,
  checkMethods,
  checkString,
  defineOption,
} from "@kitex-ts/core/internal";
import type { CallMiddleware, LoadBalancer, Resolver } from "@kitex-ts/core/spi";
import { sourced } from "@kitex-ts/core/spi";
import { type ClientTLSOptions, clientSecurity, crc32cValidator, type PayloadValidator } from "@kitex-ts/transport";
import {
  type ClientLimits,
  type ClientSettings,
  type ConnectionSettings,
  type KeepaliveSettings,
  limitNames,
  poolFields,
} from "./settings.ts";

/** A setting of a client; made by `client.with…`, passed to `createClient`. Kitex: `client.Option`. */
export type ClientOption = Option<"client", ClientSettings>;

const option = (name: string, apply: (settings: ClientSettings) => void): ClientOption =>
  defineOption("client", name, apply);

/** The caller's own name, which servers see as `ctx.rpcInfo.from.serviceName`. Default: empty. Kitex: `client.WithClientBasicInfo`. */
export const withClientBasicInfo = (info: { readonly serviceName: string }): ClientOption => {
  const serviceName = (info as { readonly serviceName: string } | undefined)?.serviceName;
  checkString("withClientBasicInfo: serviceName", serviceName);
  return option(`withClientBasicInfo(${serviceName})`, (settings) => {
    settings.caller = serviceName as string;
  });
};

/**
 * Limits how long one attempt may take; a retry starts a new clock.
 *
 * Set here, the value is fixed: a timeout from an xDS route no longer changes it, `callopt.withRPCTimeout` still does.
 *
 * @param timeoutMs milliseconds; 0 means no limit, which is the default. Kitex: `client.WithRPCTimeout`.
 */
export const withRPCTimeout = (timeoutMs: number): ClientOption => {
  checkDurationMs("withRPCTimeout", timeoutMs);
  return option(`withRPCTimeout(${timeoutMs})`, (settings) => {
    settings.rpcTimeoutMs = sourced(timeoutMs, "client option");
  });
};

/** Limits how long opening a connection may take, in milliseconds. Default 500. Kitex: `client.WithConnectTimeout` (50 there). */
export const withConnectTimeout = (timeoutMs: number): ClientOption => {
  checkDurationMs("withConnectTimeout", timeoutMs);
  return option(`withConnectTimeout(${timeoutMs})`, (settings) => {
    settings.connectTimeoutMs = sourced(timeoutMs, "client option");
  });
};

/** How messages are put on the connection. Default `TTHeader`. Sets, never adds. Kitex: `client.WithTransportProtocol`. */
export const withTransportProtocol = (protocol: TransportProtocol): ClientOption => {
  if (!Object.hasOwn(TransportProtocol, protocol)) {
    throw new TypeError(
      `unknown transport protocol ${String(protocol)}; one of ${Object.keys(TransportProtocol).join(", ")}`,
    );
  }
  return option(`withTransportProtocol(${protocol})`, (settings) => {
    settings.transportProtocol = protocol;
  });
};

/** A tag of every call, which routers match on; `callopt.withTag` sets one for a single call. Kitex: `client.WithTag`. */
export const withTag = (key: string, value: string): ClientOption => {
  checkString("client.withTag: key", key);
  checkString(`client.withTag: value of ${key}`, value);
  return option(`withTag(${key}, ${value})`, (settings) => {
    settings.tags.set(key, value);
  });
};

/** Addresses to call, balanced, instead of discovery: `host:port` or `unix:/path`. Kitex: `client.WithHostPorts`. */
export const withHostPorts = (...hostPorts: readonly string[]): ClientOption => {
  for (const hostPort of hostPorts) checkString("withHostPorts: an address", hostPort);
  return option(`withHostPorts(${hostPorts.join(", ")})`, (settings) => {
    settings.hostPorts = hostPorts;
  });
};

/** Where instances of the destination come from. Default: the destination itself is dialled as `host:port`. Kitex: `client.WithResolver`. */
export const withResolver = (resolver: Resolver): ClientOption => {
  checkMethods("withResolver", resolver, ["target", "open"]);
  return option(`withResolver(${resolver.name})`, (settings) => {
    settings.resolver = resolver;
  });
};

/**
 * Who chooses among instances. Default: weighted round robin, or what the resolver's snapshot brings; one set here wins over both.
 * Kitex: `client.WithLoadBalancer`.
 */
export const withLoadBalancer = (loadBalancer: LoadBalancer): ClientOption => {
  checkMethods("withLoadBalancer", loadBalancer, ["update"]);
  return option(`withLoadBalancer(${loadBalancer.name})`, (settings) => {
    settings.loadBalancer = loadBalancer;
  });
};

/** Adds a middleware around every attempt, inside the timeout; the first added is the outermost. Kitex: `client.WithMiddleware`. */
export const withMiddleware = (middleware: Middleware): ClientOption => {
  checkFunction("withMiddleware", middleware);
  return option(`withMiddleware(${middleware.name})`, (settings) => {
    settings.middlewares.push(middleware);
  });
};

/** Adds a middleware that runs when the instance is known: `ctx.rpcInfo.to.address` is set. Kitex: `client.WithInstanceMW`. */
export const withInstanceMiddleware = (middleware: Middleware): ClientOption => {
  checkFunction("withInstanceMiddleware", middleware);
  return option(`withInstanceMiddleware(${middleware.name})`, (settings) => {
    settings.instanceMiddlewares.push(middleware);
  });
};

const withConnection = (name: string, connection: ConnectionSettings): ClientOption =>
  option(name, (settings) => {
    settings.connection = connection;
  });

/**
 * A pool of connections, each with one call at a time, even to peers that could share one. Defaults: `maxIdlePerAddress` 10,
 * `maxIdleGlobal` 100, `maxIdleTimeoutMs` 60,000. Kitex: `client.WithLongConnection`.
 */
export const withLongConnection = (settings: Omit<ConnectionSettings, "connection"> = {}): ClientOption => {
  const fields: readonly string[] = poolFields;
  for (const name of Object.keys(settings)) {
    if (!fields.includes(name))
      throw new TypeError(`withLongConnection: there is no setting ${name}; there are ${fields.join(", ")}`);
  }
  return withConnection("withLongConnection", { ...settings, connection: "long" });
};

/** A connection for every call. Kitex: `client.WithShortConnection`. */
export const withShortConnection = (): ClientOption => withConnection("withShortConnection", { connection: "short" });

/**
 * All calls share one connection per instance. Needed only for Go servers started with `server.WithMuxTransport()`, which cannot be told
 * from others; between kitex-ts peers it is found out by itself. TTHeader only. Kitex: `client.WithMuxConnection`.
 */
export const withMuxConnection = (): ClientOption => withConnection("withMuxConnection", { connection: "mux" });

/**
 * When a kitex-ts peer has sent nothing for `timeMs`, 10,000 by default, it is asked with a heartbeat whether it is there; without a sign of it in
 * `timeoutMs`, 10,000, the connection ends and its calls fail with code `keepalive_timeout`: a dead machine is found before the timeouts of calls
 * are over. While answers come nothing is sent. Not over long and short connections, and never to Go servers, which do not know heartbeats.
 * `timeMs` 0 turns it off. gRPC: `WithKeepaliveParams`; Kitex: `WithGRPCKeepaliveParams`.
 */
export const withKeepalive = (settings: KeepaliveSettings): ClientOption => {
  const { timeMs, timeoutMs } = settings;
  for (const [name, value] of Object.entries(settings)) {
    if (name !== "timeMs" && name !== "timeoutMs") {
      throw new TypeError(`withKeepalive: there is no setting ${name}; there are timeMs, timeoutMs`);
    }
    const least = name === "timeMs" ? 0 : 1;
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= 0x7fff_ffff)) {
      throw new RangeError(
        `withKeepalive: ${name} is a number of milliseconds, an integer from ${least}, got ${value}`,
      );
    }
  }
  return option(`withKeepalive(${timeMs ?? "default"}, ${timeoutMs ?? "default"})`, (all) => {
    all.keepalive = settings;
  });
};

/**
 * Sets limits; those not named keep their defaults.
 *
 * @throws RangeError naming the limit that cannot be, or that there is none of this name
 */
export const withLimit = (limits: Partial<ClientLimits>): ClientOption => {
  for (const [name, value] of Object.entries(limits)) {
    if (!limitNames.includes(name))
      throw new RangeError(`withLimit: there is no limit ${name}; there are ${limitNames.join(", ")}`);
    if (!(Number.isInteger(value) && value >= 1 && value <= 0x7fff_ffff))
      throw new RangeError(`withLimit: ${name} must be an integer from 1 to 2147483647, got ${String(value)}`);
  }
  return option(`withLimit(${Object.keys(limits).join(", ")})`, (settings) => {
    settings.limits = { ...settings.limits, ...limits };
  });
};

/** Largest message, in bytes, that is sent or accepted; at most 2,147,483,647. Default 64 MiB. Kitex: `remote` codec option `MaxSize`. */
export const withMaxMessageSize = (bytes: number): ClientOption => {
  checkByteLimit("withMaxMessageSize: bytes", bytes);
  return option(`withMaxMessageSize(${bytes})`, (settings) => {
    settings.maxMessageBytes = bytes;
  });
};

/**
 * Secures all connections of this client with TLS, or mTLS when `cert` and `key` are given, over every transport. What an instance brings from
 * its resolver wins (a mesh knows better). Clients share connections when they are given the same option value.
 *
 * @throws TransportError `invalid_tls_options` when material is missing or cannot be used: never a client that falls back to plaintext
 */
export const withTLS = (options: ClientTLSOptions): ClientOption => {
  const security = clientSecurity(options);
  return option("withTLS", (settings) => {
    settings.security = security;
  });
};

/**
 * Adds a checksum (CRC-32C) to requests with a TTHeader and checks those of answers, or uses `validators` of your own. A mismatch fails the call
 * with kind `payload_validation`; a server drops the connection. Default: none. Kitex: `codec` option `CRC32Check`, `PayloadValidator`.
 */
export const withPayloadChecksum = (...validators: readonly PayloadValidator[]): ClientOption => {
  for (const validator of validators) checkMethods("withPayloadChecksum", validator, ["generate", "validate"]);
  return option("withPayloadChecksum", (settings) => {
    settings.payloadValidators = validators.length === 0 ? [crc32cValidator] : validators;
  });
};

/** What `withXDSSuite` takes; `xds.clientSuite()` makes one. Kitex: `xds.ClientSuite`. */
export interface XDSClientSuite {
  /** Chooses the cluster of each call, once per call, outside retry. */
  readonly routerMiddleware: CallMiddleware;
  /** Knows the endpoints of that cluster. */
  readonly resolver: Resolver;
}

/** Lets an xDS control plane route and resolve this client's calls. Kitex: `client.WithXDSSuite`. */
export const withXDSSuite = (suite: XDSClientSuite): ClientOption => {
  checkMethods("withXDSSuite", suite, ["routerMiddleware"]);
  checkMethods("withXDSSuite: resolver", suite.resolver, ["target", "open"]);
  return option("withXDSSuite", (settings) => {
    settings.routerMiddleware = suite.routerMiddleware;
    settings.resolver = suite.resolver;
  });
};

/** Applies a named bundle of options in its place. Kitex: `client.WithSuite`. */
export const withSuite = (suite: Suite<ClientOption>): ClientOption => {
  checkMethods("withSuite", suite, ["options"]);
  return option(`withSuite(${suite.name})`, (settings) => {
    applyOptions<"client", ClientSettings>("client", suite.options(), settings);
  });
};
