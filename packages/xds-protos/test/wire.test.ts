import protobuf from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";

import {
  Cluster,
  ClusterLoadAssignment,
  DecodeError,
  Endpoint,
  Int64Range,
  Listener,
  LocalityLbEndpoints,
  NameTable,
  RBACPolicy,
  RouteConfiguration,
  RouteMatch,
  StringMatcher,
  Struct,
  UInt64Value,
  VirtualHost,
} from "../src/index.ts";

/** Wire types of protobuf. */
const varint = 0;
const lengthDelimited = 2;

/** Fields written by hand, in the order given: what a peer may send and our encoder does not. */
const wire = (...fields: readonly (readonly [number: number, value: string | number | Uint8Array])[]): Uint8Array => {
  const writer = protobuf.Writer.create();
  for (const [number, value] of fields) {
    if (typeof value === "number") writer.uint32((number << 3) | varint).uint32(value);
    else if (typeof value === "string") writer.uint32((number << 3) | lengthDelimited).string(value);
    else writer.uint32((number << 3) | lengthDelimited).bytes(value);
  }
  return writer.finish();
};

describe("oneof", () => {
  it("keeps the last member that was sent", () => {
    expect(RouteMatch.decode(wire([1, "/prefix"], [2, "/path"]))).toMatchObject({ path: "/path" });
    expect(RouteMatch.decode(wire([1, "/prefix"], [2, "/path"]))).not.toHaveProperty("prefix");
    expect(RouteMatch.decode(wire([2, "/path"], [1, "/prefix"]))).not.toHaveProperty("path");
    expect(StringMatcher.decode(wire([1, "exact"], [5, wire([2, "r.*"])]))).not.toHaveProperty("exact");
    expect(StringMatcher.decode(wire([5, wire([2, "r.*"])], [1, "exact"]))).not.toHaveProperty("safeRegex");
  });

  it("does not merge a member with what it was before another one", () => {
    const bytes = wire([5, wire([1, wire()], [2, "old"])], [1, "exact"], [5, wire()]);
    expect(StringMatcher.decode(bytes)).toEqual({ ignoreCase: false, safeRegex: { regex: "" } });
  });

  it("tells an empty member from none", () => {
    expect(StringMatcher.decode(wire([1, ""])).exact).toBe("");
    expect(StringMatcher.decode(wire())).toEqual({ ignoreCase: false });
    expect(StringMatcher.decode(StringMatcher.encode({ exact: "" })).exact).toBe("");
  });

  it("has no member when the one sent is unknown", () => {
    expect(StringMatcher.decode(wire([99, "newer"]))).toEqual({ ignoreCase: false });
  });
});

describe("fields that are there, but not read", () => {
  it("are told from none", () => {
    expect(RBACPolicy.decode(wire([3, wire([2, "ignored"])])).condition).toEqual({});
    expect(RBACPolicy.decode(wire()).condition).toBeUndefined();
    expect(StringMatcher.decode(wire([8, wire([1, "name"])])).custom).toEqual({});
    expect(VirtualHost.decode(wire([21, wire()])).matcher).toEqual({});
  });
});

describe("fields that come twice", () => {
  it("are merged when they are messages", () => {
    const address = wire([1, wire([2, "10.0.0.1"])]);
    const port = wire([1, wire([3, 8888])]);
    const endpoint = Endpoint.decode(wire([1, address], [1, port]));
    expect(endpoint.address?.socketAddress).toMatchObject({ address: "10.0.0.1", portValue: 8888 });
  });

  it("are added when they are lists, and replaced when they are scalars", () => {
    expect(VirtualHost.decode(wire([2, "a"], [1, "first"], [2, "b"], [1, "second"]))).toMatchObject({
      name: "second",
      domains: ["a", "b"],
    });
    expect(VirtualHost.decode(wire([1, "first"], [1, ""])).name).toBe("");
  });

  it("are replaced when they are entries of a map", () => {
    const entry = (ip: string): Uint8Array => wire([1, "host"], [2, wire([1, ip])]);
    const { table } = NameTable.decode(wire([1, entry("10.0.0.1")], [1, entry("10.0.0.2")]));
    expect(table["host"]?.ips).toEqual(["10.0.0.2"]);
  });
});

describe("maps", () => {
  it("hold only what was sent", () => {
    const { table } = NameTable.decode(NameTable.encode({ table: { host: { ips: ["10.0.0.1"] } } }));
    expect(Object.keys(table)).toEqual(["host"]);
    expect(table["constructor"]).toBeUndefined();
    expect(NameTable.decode(wire()).table["toString"]).toBeUndefined();
  });

  it("take any key", () => {
    const sent = NameTable.decode(wire([1, wire([1, "__proto__"], [2, wire([1, "10.0.0.1"])])]));
    expect(Object.entries(sent.table)).toMatchObject([["__proto__", { ips: ["10.0.0.1"] }]]);
    expect(Object.keys(NameTable.decode(NameTable.encode(sent)).table)).toEqual(["__proto__"]);
    expect(({} as { ips?: unknown }).ips).toBeUndefined();
  });

  it("take an entry without key or value", () => {
    expect(Object.entries(NameTable.decode(wire([1, wire()])).table)).toMatchObject([["", { ips: [] }]]);
  });
});

describe("64-bit integers", () => {
  const uint64 = (value: string): Uint8Array => protobuf.Writer.create().uint32(8).uint64(value).finish();
  const range = (start: string, end: string): Uint8Array =>
    protobuf.Writer.create().uint32(8).int64(start).uint32(16).int64(end).finish();

  it("are numbers, and the safe limit beyond it", () => {
    expect(UInt64Value.decode(uint64("8388608"))).toEqual({ value: 8_388_608 });
    expect(UInt64Value.decode(uint64("18446744073709551615"))).toEqual({ value: Number.MAX_SAFE_INTEGER });
    expect(Int64Range.decode(range("-9223372036854775808", "9223372036854775807"))).toEqual({
      start: Number.MIN_SAFE_INTEGER,
      end: Number.MAX_SAFE_INTEGER,
    });
  });

  it("are written as they were read", () => {
    for (const value of [-1, 0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      expect(Int64Range.decode(Int64Range.encode({ start: value })).start).toBe(value);
    }
  });
});

describe("a fresh message", () => {
  it("has scalars, lists and maps, and lacks messages", () => {
    const cluster = Cluster.decode(wire());
    expect(cluster).toMatchObject({ name: "", lbPolicy: 0, transportSocketMatches: [] });
    expect(cluster.edsClusterConfig).toBeUndefined();
    expect(cluster.type).toBeUndefined();
    expect({ ...cluster }).toHaveProperty("name", "");
  });

  it("shares with others only what cannot be changed", () => {
    const { virtualHosts, typedPerFilterConfig } = RouteConfiguration.decode(wire());
    expect(Object.isFrozen(virtualHosts)).toBe(true);
    expect(Object.isFrozen(typedPerFilterConfig)).toBe(true);
    expect(VirtualHost.decode(wire([2, "a"])).domains).not.toBe(VirtualHost.decode(wire([2, "a"])).domains);
  });
});

describe("encode()", () => {
  it("takes any subset of the fields, and undefined for left out", () => {
    const bytes = ClusterLoadAssignment.encode({
      clusterName: "c",
      policy: undefined,
      endpoints: [{ lbEndpoints: [{ loadBalancingWeight: { value: 3 } }] }],
    });
    const { endpoints } = ClusterLoadAssignment.decode(bytes);
    expect(endpoints[0]?.lbEndpoints[0]?.loadBalancingWeight).toEqual({ value: 3 });
  });

  it("writes no zeros, so equal messages have equal bytes", () => {
    const whole = LocalityLbEndpoints.decode(LocalityLbEndpoints.encode({ priority: 0, proximity: { value: 0 } }));
    expect(LocalityLbEndpoints.encode(whole)).toEqual(LocalityLbEndpoints.encode({ proximity: {} }));
  });
});

describe("decode() of bytes that are no such message", () => {
  const failure = (decode: () => unknown): unknown => {
    try {
      return decode();
    } catch (error) {
      return error;
    }
  };

  it.each([
    ["ends in the middle", wire([1, "name"]).subarray(0, 4)],
    ["has a length beyond the end", Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x07)],
    ["has an endless varint", new Uint8Array(16).fill(0xff)],
    ["has no valid UTF-8", Uint8Array.of(0x0a, 0x02, 0xc3, 0x28)],
    ["has field number zero", Uint8Array.of(0x00, 0x00)],
    ["ends a group that did not start", Uint8Array.of(0x0c)],
  ])("%s: names the type", (_, bytes) => {
    const error = failure(() => Listener.decode(bytes));
    expect(error).toBeInstanceOf(DecodeError);
    expect(error).toMatchObject({
      name: "DecodeError",
      typeName: "envoy.config.listener.v3.Listener",
      message: expect.stringMatching(/^cannot decode envoy\.config\.listener\.v3\.Listener: ./),
      cause: expect.any(Error),
    });
  });

  it("is nested without end: refuses instead of overflowing the stack", () => {
    let value = wire();
    for (let depth = 0; depth < 5_000; depth += 1) value = wire([6, wire([1, value])]);
    expect(failure(() => Struct.decode(wire([1, wire([1, "a"], [2, value])])))).toBeInstanceOf(DecodeError);
  });

  it("skips a known field of another wire type", () => {
    expect(VirtualHost.decode(wire([1, 7], [2, "domain"]))).toMatchObject({ name: "", domains: ["domain"] });
  });
});
