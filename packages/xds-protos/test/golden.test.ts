import { describe, expect, it } from "vitest";

import { DiscoveryResponse, type MessageType, messageByTypeUrl } from "../src/index.ts";
import { anysIn, recordings } from "./recordings.ts";

const expectRoundTrip = (type: MessageType<object>, bytes: Uint8Array): void => {
  const message = type.decode(bytes);
  expect(type.decode(type.encode(message))).toEqual(message);
};

describe("recorded responses of istiod", () => {
  it("are all there", () => {
    expect(recordings.length).toBeGreaterThan(70);
  });

  it.each(recordings.map(({ name, bytes }) => [name, bytes] as const))(
    "%s is read, written and read again",
    (_, bytes) => {
      const response = DiscoveryResponse.decode(bytes);
      expect(response.resources.length).toBeGreaterThan(0);
      expectRoundTrip(DiscoveryResponse, bytes);
      for (const any of anysIn(response)) {
        const type = messageByTypeUrl(any.typeUrl);
        if (type) expectRoundTrip(type, any.value);
      }
      for (const any of response.resources) expect(any.typeUrl).toBe(response.typeUrl);
    },
  );

  it("hold few types that this package does not know", () => {
    const urls = recordings.flatMap(({ bytes }) =>
      [...anysIn(DiscoveryResponse.decode(bytes))].map(({ typeUrl }) => typeUrl),
    );
    const unknown = new Set(urls.filter((url) => messageByTypeUrl(url) === undefined));
    expect([...unknown].sort()).toMatchInlineSnapshot(`
      [
        "type.googleapis.com/istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig",
        "type.googleapis.com/stats.PluginConfig",
      ]
    `);
  });
});
