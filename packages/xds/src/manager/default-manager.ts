import { RPCError } from "@kitex-ts/core";
import type { XDSResourceManager } from "./xds-resource-manager.ts";

let defaultManager: XDSResourceManager | undefined;

/** The manager `xds.init` started, as long as it is open. */
export const openDefaultManager = (): XDSResourceManager | undefined =>
  defaultManager?.isClosed === false ? defaultManager : undefined;

export const setDefaultManager = (manager: XDSResourceManager): void => {
  defaultManager = manager;
};

/** @throws RPCError when there is none */
export function currentManager(): XDSResourceManager {
  const manager = openDefaultManager();
  if (manager !== undefined) return manager;
  throw new RPCError(
    "service_discovery",
    defaultManager === undefined
      ? "xDS is not initialised: call `await xds.init()` first, or pass a manager to xds.clientSuite"
      : "the xDS manager that xds.init started is closed",
  );
}
