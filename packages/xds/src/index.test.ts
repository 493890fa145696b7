import { readFileSync } from "node:fs";
import { join } from "node:path";
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

it("docs/options.md lists every option, and none that is not there", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "options.md"), "utf8");
  const documented = [...page.matchAll(/^\| `xds\.(with\w+)/gm)].map(([, name]) => name as string);
  expect(documented.toSorted()).toEqual(
    Object.keys(xds)
      .filter((name) => name.startsWith("with"))
      .toSorted(),
  );
});
