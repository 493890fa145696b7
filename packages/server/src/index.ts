export type { PayloadValidator, ServerTLSOptions, TLSProvider } from "@kitex-ts/transport";
export {
  type ServerOption,
  withExitSignal,
  withExitWaitTime,
  withLimit,
  withLogger,
  withMiddleware,
  withPayloadChecksum,
  withReadTimeout,
  withServiceAddr,
  withSuite,
  withTLS,
} from "./option.ts";
export { createServer, type Server } from "./server.ts";
export type { ServerLimits } from "./settings.ts";
