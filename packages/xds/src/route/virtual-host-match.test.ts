import { describe, expect, it } from "vitest";
import type { RouteConfigResource } from "../resource/route-config.ts";
import { matchVirtualHost } from "./virtual-host-match.ts";

const configOf = (domains: readonly (readonly string[])[], ignorePort = false): RouteConfigResource => ({
  name: "r",
  ignorePort,
  virtualHosts: domains.map((entry) => ({ name: entry.join(","), domains: entry, routes: [], refused: [] })),
});

const match = (
  domains: readonly (readonly string[])[],
  authorities: readonly string[],
  ignorePort = false,
): string | undefined => matchVirtualHost(configOf(domains, ignorePort), authorities)?.virtualHost.name;

describe("matchVirtualHost() (defect 19: the first virtual host was taken)", () => {
  const domains = [["*"], ["*.example.com"], ["*.api.example.com"], ["api.*"], ["api.example.*"], ["api.example.com"]];

  it.each([
    ["api.example.com", "api.example.com"],
    ["x.api.example.com", "*.api.example.com"],
    ["y.example.com", "*.example.com"],
    ["api.example.org", "api.example.*"],
    ["api.org", "api.*"],
    ["nobody", "*"],
  ])("%s is for %s: exact, then the longest suffix, the longest prefix, then *", (authority, expected) => {
    expect(match(domains, [authority])).toBe(expected);
  });

  it("wants at least one character for a wildcard", () => {
    expect(match([["*.example.com"]], [".example.com"])).toBeUndefined();
    expect(match([["*-bar.example.com"]], ["foo-bar.example.com"])).toBe("*-bar.example.com");
    expect(match([["api.*"]], ["api."])).toBeUndefined();
  });

  it("compares with the port unless it is to be ignored", () => {
    expect(match([["a:80"]], ["a:80"])).toBe("a:80");
    expect(match([["a"]], ["a:80"])).toBeUndefined();
    expect(match([["a"]], ["a:80"], true)).toBe("a");
  });

  it("does not let * win over a domain that means one of the other names", () => {
    expect(match([["*"], ["full.name"]], ["short", "full.name"])).toBe("full.name");
    expect(matchVirtualHost(configOf([["*"]]), ["a"])?.isCatchAll).toBe(true);
  });

  it("finds nothing where nothing is", () => {
    expect(match([], ["a"])).toBeUndefined();
    expect(match([["b"]], ["a", "a:80"])).toBeUndefined();
  });
});
