import { describe, expect, it } from "vitest";

import {
  Any,
  DecodeError,
  Listener,
  messageByTypeUrl,
  messageTypes,
  packAny,
  RouteConfiguration,
  Router,
  unpackAny,
} from "./index.ts";

describe("messageByTypeUrl()", () => {
  it("finds every message by its URL, and a URL names one message", () => {
    expect(new Set(messageTypes.map(({ typeUrl }) => typeUrl)).size).toBe(messageTypes.length);
    for (const type of messageTypes) expect(messageByTypeUrl(type.typeUrl)).toBe(type);
  });

  it("does not care what stands before the name", () => {
    expect(messageByTypeUrl("example.com/types/envoy.config.listener.v3.Listener")).toBe(Listener);
    expect(messageByTypeUrl("envoy.config.listener.v3.Listener")).toBe(Listener);
  });

  it.each(["", "/", "type.googleapis.com/", "type.googleapis.com/stats.PluginConfig", "constructor"])(
    "does not know %j",
    (url) => {
      expect(messageByTypeUrl(url)).toBeUndefined();
    },
  );
});

describe("packAny() and unpackAny()", () => {
  it("carry a message through an Any", () => {
    const any = Any.decode(Any.encode(packAny(Listener, { name: "listener" })));
    expect(any.typeUrl).toBe("type.googleapis.com/envoy.config.listener.v3.Listener");
    expect(unpackAny(Listener, any)?.name).toBe("listener");
  });

  it("give nothing for another type, an unknown one, or no Any", () => {
    expect(unpackAny(RouteConfiguration, packAny(Listener, { name: "listener" }))).toBeUndefined();
    expect(unpackAny(Router, { typeUrl: "type.googleapis.com/unknown.Type", value: new Uint8Array() })).toBeUndefined();
    expect(unpackAny(Router, undefined)).toBeUndefined();
  });

  it("refuse bytes that are not the type they are said to be", () => {
    expect(() => unpackAny(Listener, { typeUrl: Listener.typeUrl, value: Uint8Array.of(0x0a) })).toThrow(DecodeError);
  });
});
