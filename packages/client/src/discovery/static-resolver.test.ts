import { RPCError } from "@kitex-ts/core";
import { describe, expect, it } from "vitest";
import { checkAddress, staticResolver } from "./static-resolver.ts";

describe("checkAddress()", () => {
  it("takes hosts, IPv4, IPv6 and sockets", () => {
    for (const address of [
      "greet:80",
      "a.b.svc.cluster.local:8888",
      "10.0.0.1:1",
      "[::1]:65535",
      "[fe80::1%lo]:80",
      "unix:/run/a.sock",
    ]) {
      expect(() => checkAddress(address), address).not.toThrow();
    }
  });

  it("says of anything else what could be written", () => {
    for (const address of [
      "",
      "greet",
      "greet:",
      ":80",
      "greet:http",
      "greet:0",
      "greet:65536",
      "greet:-1",
      "[::1%]:80",
      "[::1:80",
      "::1:80",
      "[::1]",
      "http://greet:80",
      "gr eet:80",
      "unix:a.sock",
    ]) {
      expect(() => checkAddress(address), address).toThrow(RPCError);
      expect(() => checkAddress(address), address).toThrow("write host:port or unix:/path");
    }
  });
});

describe("staticResolver()", () => {
  it("knows its instances from the start", async () => {
    const resolver = staticResolver(["a:1", "b:2"]);
    const subscription = resolver.open("any");
    expect(subscription.current?.instances.map(({ address, weight }) => [address, weight])).toEqual([
      ["a:1", 10],
      ["b:2", 10],
    ]);
    expect(await subscription.ready(undefined as never)).toBe(subscription.current);
    expect(resolver.name).toBe("static(a:1, b:2)");
  });

  it("refuses a bad address when it is made", () => {
    expect(() => staticResolver(["a:1", "b"])).toThrow('"b" is no address');
  });
});
