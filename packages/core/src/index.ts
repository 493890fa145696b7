// Errors

// What a call carries
export { background, Context, type ContextKey, createContextKey } from "./context.ts";
// Middleware and options
export { chain, type Endpoint, type Middleware } from "./endpoint.ts";
export {
  ApplicationException,
  ApplicationExceptionType,
  BizStatusError,
  type ErrorContext,
  type ErrorKind,
  isTimeoutError,
  ProtocolException,
  type ProtocolExceptionCode,
  RPCError,
  type RPCErrorOptions,
  TransportError,
} from "./errors.ts";
export * as metainfo from "./metainfo.ts";
export type { CallOption, Option, OptionEntry, Suite } from "./option.ts";
export type { EndpointInfo, Invocation, RPCConfig, RPCInfo, RPCStats } from "./rpcinfo.ts";
// What generated code describes
export type { MethodInfo, ServiceInfo, StreamingMode } from "./service-info.ts";
export { TransportProtocol } from "./transport-protocol.ts";
