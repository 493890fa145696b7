import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress } from "./address.ts";

describe("parseAddress()", () => {
  it.each([
    ["127.0.0.1:80", { host: "127.0.0.1", port: 80 }],
    ["greet.default.svc.cluster.local:8888", { host: "greet.default.svc.cluster.local", port: 8888 }],
    ["[::1]:0", { host: "::1", port: 0 }],
    ["[fe80::1%eth0]:1", { host: "fe80::1%eth0", port: 1 }],
    ["[fe80::1%en-0]:1", { host: "fe80::1%en-0", port: 1 }],
    [":8888", { host: "", port: 8888 }],
    ["unix:/run/echo.sock", { path: "/run/echo.sock" }],
  ])("reads %s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    "",
    "localhost",
    "localhost:",
    "::1:80",
    "a:b:1",
    "host:65536",
    "host:-1",
    "host:1x",
    "unix:",
    "unix:relative",
    "gr eet:80",
    "[]:1",
  ])("refuses %j and says what an address looks like", (text) => {
    expect(() => parseAddress(text)).toThrow(/host:port/);
  });

  it("formats what it reads", () => {
    expect(formatAddress("::1", 80)).toBe("[::1]:80");
    expect(formatAddress("10.0.0.1", 80)).toBe("10.0.0.1:80");
    expect(formatAddress(undefined, undefined)).toBe("unix:");
  });
});
