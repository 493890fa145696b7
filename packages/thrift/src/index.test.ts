import { describe, expect, it } from "vitest";
import * as door from "./index.ts";
import * as internal from "./internal.ts";

describe("@kitex-ts/thrift", () => {
  it("exports what generated code and its users need, and no more", () => {
    expect(Object.keys(door).sort()).toMatchInlineSnapshot(`
      [
        "InvalidValueError",
        "TType",
        "ThriftException",
        "ValidationError",
        "compact",
        "enumName",
        "exceptionClass",
        "fromBinary",
        "fromCompact",
        "serviceInfo",
        "structDescriptor",
        "thriftCodec",
        "thriftCompactCodec",
        "toBinary",
        "toCompact",
        "unionDescriptor",
        "unknownFields",
        "validate",
        "validationMiddleware",
        "violationsOf",
      ]
    `);
    expect(Object.keys(internal).sort()).toMatchInlineSnapshot(`
      [
        "emitCodecModule",
        "propertyName",
      ]
    `);
  });
});
