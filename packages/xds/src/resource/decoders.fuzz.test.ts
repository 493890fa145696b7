import { Resource } from "@kitex-ts/xds-protos";
import { array, assert, constantFrom, integer, property, tuple, uint8Array } from "fast-check";
import { describe, it } from "vitest";
import { cluster, endpoints, listener, nameTable, routeConfig, routeTo } from "../../test/support/resources.ts";
import { decodeCluster, decodeGRPCCluster } from "./cluster.ts";
import type { Decoded } from "./decoded.ts";
import { decodeEndpoints } from "./endpoints.ts";
import { decodeListener } from "./listener.ts";
import { decodeNameTable } from "./name-table.ts";
import { decodeRouteConfig } from "./route-config.ts";

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Decoded<unknown>>> = {
  LDS: decodeListener,
  RDS: decodeRouteConfig,
  CDS: decodeCluster,
  "CDS of the grpc dialect": decodeGRPCCluster,
  EDS: decodeEndpoints,
  NDS: decodeNameTable,
};

const samples: readonly Uint8Array[] = [
  listener("10.0.0.1_80", "routes").value,
  routeConfig("routes", [
    routeTo("c", { prefix: "/", headers: [{ name: "x", stringMatch: { safeRegex: { regex: "a+" } } }] }),
    routeTo("c", { path: "/a", runtimeFraction: { defaultValue: { numerator: 5 } } }),
  ]).value,
  cluster("c", { transportSocketMatches: [{ name: "m", match: { fields: { a: { stringValue: "b" } } } }] }).value,
  endpoints("c", ["10.0.0.1", { address: "10.0.0.2", weight: 3, tlsMode: "istio" }]).value,
  nameTable({ "a.b": ["10.0.0.1"] }).value,
  Resource.encode({ name: "wrapped" }),
];

/** A decoder must answer, whatever it is given; a result has a name, an error has a reason. */
function check(bytes: Uint8Array): void {
  for (const [name, decode] of Object.entries(decoders)) {
    const decoded = decode(bytes);
    const isSound = decoded.isOk ? decoded.name !== "" : typeof decoded.error === "string";
    if (!isSound) throw new Error(`${name}: ${JSON.stringify(decoded)}`);
  }
}

describe("resource decoders on bytes that are not what they should be", () => {
  it("never throw on random bytes", () => {
    assert(property(uint8Array({ maxLength: 200 }), check), { numRuns: 3_000 });
  });

  it("never throw on real resources with bytes changed, cut or repeated", () => {
    const edits = array(tuple(integer({ min: 0, max: 5_000 }), integer({ min: 0, max: 255 })), { maxLength: 6 });
    const mutant = tuple(
      constantFrom(...samples),
      edits,
      integer({ min: 0, max: 5_000 }),
      integer({ min: 0, max: 5_000 }),
    );
    assert(
      property(mutant, ([sample, changes, cut, repeat]) => {
        const bytes = new Uint8Array([...sample, ...sample.subarray(repeat % sample.length)]);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        check(bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length));
      }),
      { numRuns: 5_000 },
    );
  });
});
