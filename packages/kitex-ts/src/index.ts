// The one-import front door: what a service and its callers need, under Kitex' names.

export * as client from "@kitex-ts/client";
export { callopt, closeClient, createClient, diagnosis } from "@kitex-ts/client";
export {
  ApplicationException,
  ApplicationExceptionType,
  BizStatusError,
  background,
  type CallOption,
  Context,
  type ContextKey,
  chain,
  createContextKey,
  type Endpoint,
  type ErrorKind,
  isTimeoutError,
  type Middleware,
  metainfo,
  ProtocolException,
  RPCError,
  type RPCInfo,
  type ServiceInfo,
  type Suite,
  TransportError,
  TransportProtocol,
} from "@kitex-ts/core";
export * as server from "@kitex-ts/server";
export { createServer, type Server } from "@kitex-ts/server";
