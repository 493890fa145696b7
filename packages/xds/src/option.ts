import type { Option } from "@kitex-ts/core";
import { checkMethods, defineOption } from "@kitex-ts/core/internal";
import type { Logger } from "@kitex-ts/core/spi";
import type { JsonObject } from "@kitex-ts/xds-protos";
import type { Dialect } from "./bootstrap/bootstrap-config.ts";
import { XDSBootstrapError } from "./bootstrap/bootstrap-error.ts";
import type { Environment } from "./bootstrap/environment.ts";

/** What options may set; made by {@link XDSOption}s. */
export interface XDSSettings {
  environment: Environment;
  serverAddress: string | undefined;
  dialect: Dialect | undefined;
  metadata: JsonObject;
  fetchTimeoutMs: number;
  /** How long `init` waits for the first answer; 0: it does not. */
  answerTimeoutMs: number;
  logger: Logger;
}

/** A setting of `xds.init`. */
export type XDSOption = Option<"xds", XDSSettings>;

const option = (name: string, apply: (settings: XDSSettings) => void): XDSOption => defineOption("xds", name, apply);

/**
 * Where the control plane is; wins over `KITEX_XDS_ISTIO_ADDR`. Kitex: `xds.WithXDSServerAddress`.
 *
 * @param address `host:port` or `unix:/path`; `istiod.istio-system.svc:15010` when neither is given
 */
export const withXDSServerAddress = (address: string): XDSOption =>
  option(`withXDSServerAddress(${JSON.stringify(address)})`, (settings) => {
    settings.serverAddress = address;
  });

const dialects: readonly Dialect[] = ["sidecar", "grpc"];

/**
 * What istiod generates for this client: `sidecar`, the default, or `grpc`, which transfers less and leaves out some security settings. Wins
 * over `GENERATOR` in the node's metadata.
 */
export const withDialect = (dialect: Dialect): XDSOption =>
  option(`withDialect(${String(dialect)})`, (settings) => {
    if (!dialects.includes(dialect)) {
      throw new XDSBootstrapError("withDialect", `withDialect(${String(dialect)}): there are "sidecar" and "grpc"`);
    }
    settings.dialect = dialect;
  });

/** Adds to the node's metadata, key by key; wins over `KITEX_XDS_METAS`. */
export const withNodeMetadata = (metadata: JsonObject): XDSOption =>
  option("withNodeMetadata(…)", (settings) => {
    settings.metadata = { ...settings.metadata, ...metadata };
  });

/**
 * How long a call waits for what the control plane has not sent yet, within its own deadline. Calls after it fail at once until something
 * arrives. Kitex: `FetchXDSTimeout`.
 *
 * @param timeoutMs milliseconds; 3000 by default
 */
export const withFetchTimeout = (timeoutMs: number): XDSOption =>
  option(`withFetchTimeout(${timeoutMs})`, (settings) => {
    settings.fetchTimeoutMs = positive("withFetchTimeout", timeoutMs);
  });

/**
 * Makes `xds.init` wait until the control plane has answered, and reject with `service_discovery` when it has not in time. Without it `init`
 * returns at once, and calls wait.
 *
 * @param timeoutMs milliseconds
 */
export const withFailFast = (timeoutMs: number): XDSOption =>
  option(`withFailFast(${timeoutMs})`, (settings) => {
    settings.answerTimeoutMs = positive("withFailFast", timeoutMs);
  });

/** Reads these variables instead of `process.env`. */
export const withEnvironment = (environment: Environment): XDSOption =>
  option("withEnvironment(…)", (settings) => {
    settings.environment = environment;
  });

/** Where to report what no call hears of; standard error by default. */
export const withLogger = (logger: Logger): XDSOption => {
  checkMethods("withLogger", logger, ["warn", "error"]);
  return option("withLogger(…)", (settings) => {
    settings.logger = logger;
  });
};

function positive(name: string, timeoutMs: number): number {
  if (Number.isFinite(timeoutMs) && timeoutMs > 0) return timeoutMs;
  throw new XDSBootstrapError(name, `${name}(${timeoutMs}): a time in milliseconds, greater than 0`);
}
