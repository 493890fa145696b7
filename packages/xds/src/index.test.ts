import { expect, it } from "vitest";
import * as xds from "./index.ts";

it("the names of the door", () => {
  expect(Object.keys(xds).sort()).toEqual([
    "XDSBootstrapError",
    "XDSResolver",
    "clientSuite",
    "createXDSResourceManager",
    "createXDSRouterMiddleware",
    "init",
    "withDialect",
    "withEnvironment",
    "withFailFast",
    "withFetchTimeout",
    "withLogger",
    "withNodeMetadata",
    "withXDSServerAddress",
  ]);
});
