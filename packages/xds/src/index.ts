// Joining the mesh

export type { ConnectionStatus } from "./ads/connection-status.ts";
export type { Dialect } from "./bootstrap/bootstrap-config.ts";
export { XDSBootstrapError } from "./bootstrap/bootstrap-error.ts";
export type { Environment } from "./bootstrap/environment.ts";
export { createXDSResourceManager, init } from "./init.ts";
export type { XDSResourceManager } from "./manager/xds-resource-manager.ts";
export {
  withDialect,
  withEnvironment,
  withFailFast,
  withFetchTimeout,
  withLogger,
  withNodeMetadata,
  withXDSServerAddress,
  type XDSOption,
  type XDSSettings,
} from "./option.ts";
// Clients in the mesh
export type { RouterMetaExtractor } from "./route/route-request.ts";
export { clientSuite, type XDSClientSuite } from "./suite/client-suite.ts";
export { XDSResolver } from "./suite/resolver.ts";
export { createXDSRouterMiddleware, type XDSRouterOptions } from "./suite/router.ts";
