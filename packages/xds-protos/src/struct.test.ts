import { describe, expect, it } from "vitest";

import { type JsonObject, jsonOf, Struct, structOf } from "./index.ts";

const throughTheWire = (object: JsonObject): JsonObject => jsonOf(Struct.decode(Struct.encode(structOf(object))));

describe("structOf() and jsonOf()", () => {
  it("carry what JSON can hold", () => {
    const metadata = {
      CLUSTER_ID: "Kubernetes",
      LABELS: { app: "kitex-client", version: "v1" },
      list: [1, -0.5, "two", [], {}, null],
      yes: true,
      no: false,
      zero: 0,
      empty: "",
      nothing: null,
    };
    expect(throughTheWire(metadata)).toEqual(metadata);
    expect(throughTheWire({})).toEqual({});
  });

  it("take any key, and give an object in which nothing else is found", () => {
    const sent = throughTheWire(JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject);
    expect(Object.keys(sent)).toEqual(["__proto__"]);
    expect(sent["polluted"]).toBeUndefined();
    expect(throughTheWire({})["constructor"]).toBeUndefined();
  });

  it("take a value without a kind for null", () => {
    expect(jsonOf(Struct.decode(Struct.encode({ fields: { a: {} } })))).toEqual({ a: null });
  });
});
