export type { ClientTLSOptions, PayloadValidator, TLSProvider } from "@kitex-ts/transport";
export * as callopt from "./callopt/index.ts";
export { type ClientDiagnosis, closeClient, createClient, diagnosis } from "./client.ts";
export { weightedRoundRobin } from "./load-balance/weighted-round-robin.ts";
export {
  type ClientOption,
  withClientBasicInfo,
  withConnectTimeout,
  withHostPorts,
  withInstanceMiddleware,
  withKeepalive,
  withLimit,
  withLoadBalancer,
  withLongConnection,
  withMaxMessageSize,
  withMiddleware,
  withMuxConnection,
  withPayloadChecksum,
  withResolver,
  withRPCTimeout,
  withShortConnection,
  withSuite,
  withTag,
  withTLS,
  withTransportProtocol,
  withXDSSuite,
  type XDSClientSuite,
} from "./option.ts";
export type { ClientLimits, KeepaliveSettings } from "./settings.ts";
