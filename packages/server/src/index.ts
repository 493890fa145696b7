export {
  type ServerOption,
  withExitSignal,
  withExitWaitTime,
  withLimit,
  withLogger,
  withMiddleware,
  withReadTimeout,
  withServiceAddr,
  withSuite,
} from "./option.ts";
export type { ServerLimits } from "./options.ts";
export { createServer, type Server } from "./server.ts";
