import { describe, expect, it } from "vitest";
import { parseAddress } from "./address.ts";

describe("parseAddress()", () => {
  it.each([
    ["greet:80", { host: "greet", port: 80 }],
    ["10.0.0.1:65535", { host: "10.0.0.1", port: 65535 }],
    [":8888", { host: "", port: 8888 }],
    ["[::1]:0", { host: "::1", port: 0 }],
    ["[fe80::1%eth0]:80", { host: "fe80::1%eth0", port: 80 }],
    ["[fe80::1%en-0.1]:80", { host: "fe80::1%en-0.1", port: 80 }],
    ["unix:/run/a.sock", { path: "/run/a.sock" }],
  ])("reads %s", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each([
    "",
    "greet",
    "greet:",
    "greet:http",
    "greet:65536",
    "greet:-1",
    "::1:80",
    "[::1]",
    "[]:1",
    "[::1%]:80",
    "[greet]:80",
    "gr eet:80",
    "http://greet:80",
    "unix:",
    "unix:a.sock",
  ])("reads nothing from %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});
