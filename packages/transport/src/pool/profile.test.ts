import { describe, expect, it } from "vitest";
import { defaultProfile, transportProfile } from "./profile.ts";

describe("transportProfile()", () => {
  it("fills in defaults, for undefined too", () => {
    expect(transportProfile({})).toEqual(defaultProfile);
    expect(transportProfile({ maxIdleGlobal: undefined, connection: "short" })).toEqual({
      ...defaultProfile,
      connection: "short",
    });
  });

  it.each([
    [{ maxIdle: 3 }, /unknown field maxIdle; one of/],
    [{ maxIdlePerAddress: -1 }, /maxIdlePerAddress must be an integer from 0, got -1/],
    [{ maxMessageBytes: 0 }, /maxMessageBytes must be an integer from 1/],
    [{ maxIdleTimeoutMs: Number.NaN }, /maxIdleTimeoutMs/],
    [{ connection: "pooled" }, /one of auto, mux, long, short/],
    [{ protocol: "GRPC" }, /protocol GRPC/],
    [{ protocol: "Framed", connection: "mux" }, /Framed cannot be multiplexed/],
  ])("refuses %j", (partial, message) => {
    expect(() => transportProfile(partial as object)).toThrow(message);
  });
});
