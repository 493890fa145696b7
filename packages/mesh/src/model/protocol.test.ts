import { describe, expect, it } from "vitest";
import { portProtocol } from "./protocol.ts";

describe("portProtocol()", () => {
  it.each([
    [{ number: 80, name: "" }, "auto"],
    [{ number: 80, name: "thrift-rpc" }, "auto"],
    [{ number: 80, name: "kitex" }, "auto"],
    [{ number: 80, name: "constructor" }, "auto"],
    [{ number: 80, name: "http" }, "http"],
    [{ number: 80, name: "HTTP-web" }, "http"],
    [{ number: 80, name: "grpc-api" }, "http2"],
    [{ number: 80, name: "grpc-web-api" }, "http2"],
    [{ number: 80, name: "tcp-raw" }, "tcp"],
    [{ number: 80, name: "tls-secure" }, "tcp"],
    [{ number: 3306, name: "" }, "tcp"],
    [{ number: 3306, name: "http-odd" }, "http"],
    [{ number: 80, name: "tcp-raw", appProtocol: "grpc" }, "http2"],
    [{ number: 80, name: "http", appProtocol: "example.com/ttheader" }, "auto"],
    [{ number: 80, name: "", appProtocol: "kubernetes.io/h2c" }, "http2"],
    [{ number: 80, name: "http", transport: "UDP" }, "udp"],
  ] as const)("%j is %s", (port, protocol) => {
    expect(portProtocol(port)).toBe(protocol);
  });
});
