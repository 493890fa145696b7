import { type MessageInit, RouteMatch } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { Refusal } from "./decoded.ts";
import { decodePathMatch, describePath, matchesPath, type PathMatch } from "./path-match.ts";

const decode = (match: MessageInit<RouteMatch>): PathMatch =>
  decodePathMatch(RouteMatch.decode(RouteMatch.encode(match)));

const path = "/proxyless.GreetService/SayHello1";

describe("path matchers (defect 20: only exact paths and the prefix / match)", () => {
  it.each<[MessageInit<RouteMatch>, boolean]>([
    [{ path }, true],
    [{ path: path.toUpperCase() }, false],
    [{ path: path.toUpperCase(), caseSensitive: { value: false } }, true],
    [{ path: "/proxyless.GreetService" }, false],
    [{ prefix: "/" }, true],
    [{ prefix: "" }, true],
    [{ prefix: "/proxyless.GreetService/" }, true],
    [{ prefix: "/proxyless" }, true],
    [{ prefix: "/Proxyless" }, false],
    [{ prefix: "/Proxyless", caseSensitive: { value: false } }, true],
    [{ pathSeparatedPrefix: "/proxyless.GreetService" }, true],
    [{ pathSeparatedPrefix: path }, true],
    [{ pathSeparatedPrefix: "/proxyless" }, false],
    [{ safeRegex: { regex: "/proxyless\\..*/SayHello[0-9]" } }, true],
    [{ safeRegex: { regex: "/proxyless" } }, false],
  ])("%j: %s", (match, expected) => {
    expect(matchesPath(decode(match), path)).toBe(expected);
  });

  it.each<[string, MessageInit<RouteMatch>]>([
    ["none", {}],
    ["CONNECT", { connectMatcher: {} }],
    ["an extension", { pathMatchPolicy: { name: "uri_template" } }],
    ["a broken regex", { safeRegex: { regex: "[" } }],
  ])("refuses a path condition of an unknown kind: %s", (_, match) => {
    expect(() => decode(match)).toThrow(Refusal);
  });

  it.each<[string | undefined, string | undefined, boolean, boolean]>([
    [undefined, undefined, false, true],
    [undefined, "SayHello1", false, true],
    [undefined, "SayHello2", false, false],
    ["GreetService", undefined, false, true],
    ["proxyless.GreetService", "SayHello1", false, true],
    ["OtherService", undefined, false, false],
    [undefined, "GreetService:SayHello1", false, true],
    [undefined, "OtherService:SayHello1", false, false],
    [undefined, "SayHello1", true, false],
    ["OtherService", undefined, true, true],
  ])(
    "a Thrift route for service %s, method %s, inverted %s: %s (defect 22: service_name and invert ignored)",
    (service, method, isInverted, expected) => {
      const match: PathMatch = { kind: "rpc", service, method, isInverted };
      expect(matchesPath(match, path)).toBe(expected);
      expect(describePath(match)).toContain(method ?? service ?? "any");
    },
  );
});
