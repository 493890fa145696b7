import { RPCError } from "@kitex-ts/core";
import { describe, expect, it } from "vitest";
import { expandHost, parseDestination } from "./destination.ts";

describe("parseDestination()", () => {
  it.each([
    ["kitex-server.default.svc.cluster.local:8888", { host: "kitex-server.default.svc.cluster.local", port: 8888 }],
    ["Kitex-Server.Default.svc.cluster.local.:80", { host: "kitex-server.default.svc.cluster.local", port: 80 }],
    ["kitex-server:80", { host: "kitex-server", port: 80 }],
    ["10.96.0.10:80", { host: "10.96.0.10", port: 80 }],
    // Defect 34: targets with IPv6 failed.
    ["[fd00::10]:80", { host: "fd00::10", port: 80 }],
  ])("reads %s", (destination, expected) => {
    expect(parseDestination(destination)).toEqual(expected);
  });

  it.each([
    ["kitex-server.default.svc.cluster.local", "has no port"],
    ["kitex-server:", "has no port"],
    ["kitex-server:http", 'has no valid port: "http"'],
    ["kitex-server:0", "has no valid port"],
    ["kitex-server:65536", "has no valid port"],
    [":80", "has no host"],
    ["", "has no host"],
    ["a b:80", "has no host"],
    ["fd00::10:80", "is no host and port"],
    ["[fd00]:80", "no IPv6 address"],
    ["http://kitex-server:80", "is no host and port"],
  ])("refuses %j and says what to write", (destination, what) => {
    const parse = (): unknown => parseDestination(destination);
    expect(parse).toThrow(RPCError);
    expect(parse).toThrow(what);
    expect(parse).toThrow("for example kitex-server.default.svc.cluster.local:8888");
  });
});

describe("expandHost()", () => {
  it.each([
    ["a.b.svc.cluster.local", ["a.b.svc.cluster.local"]],
    ["a", ["a", "a.shop.svc.cluster.local"]],
    ["a.b", ["a.b", "a.b.svc.cluster.local", "a.b.shop.svc.cluster.local"]],
    ["a.b.svc", ["a.b.svc", "a.b.svc.cluster.local", "a.b.svc.shop.svc.cluster.local"]],
    ["api.example.com", ["api.example.com", "api.example.com.shop.svc.cluster.local"]],
    ["10.96.0.10", ["10.96.0.10"]],
    ["fd00::10", ["fd00::10"]],
  ])("%s may mean %j", (host, expected) => {
    expect(expandHost(host, "shop", "cluster.local")).toEqual(expected);
  });
});
