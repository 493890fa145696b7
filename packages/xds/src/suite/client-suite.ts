import type { CallMiddleware, Resolver } from "@kitex-ts/core/spi";
import type { XDSResourceManager } from "../manager/xds-resource-manager.ts";
import { XDSResolver } from "./resolver.ts";
import { createXDSRouterMiddleware, type XDSRouterOptions } from "./router.ts";

/** What `client.withXDSSuite` takes: the router in front of a call, the resolver behind it. Kitex: `xds.ClientSuite`. */
export interface XDSClientSuite {
  readonly routerMiddleware: CallMiddleware;
  readonly resolver: Resolver;
}

/**
 * Everything a client needs to follow the mesh. Kitex: `xdssuite.NewClientSuite`.
 *
 * @param manager the process default, as set by `xds.init`, at the time of a call when left out
 *
 * @example
 * createClient(GreetService, "greet.default.svc.cluster.local:8888", client.withXDSSuite(xds.clientSuite()));
 */
export const clientSuite = (manager?: XDSResourceManager, options: XDSRouterOptions = {}): XDSClientSuite => ({
  routerMiddleware: createXDSRouterMiddleware(manager, options),
  resolver: new XDSResolver(manager),
});
