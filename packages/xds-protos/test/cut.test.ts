import { describe, expect, it } from "vitest";

import { DiscoveryResponse, messageByTypeUrl } from "../src/index.ts";
import { presenceOnly } from "../tools/selection.ts";
import { anysIn, recordings } from "./recordings.ts";
import { bare, decodeUncut, expected, fieldsSet, isLeftOut, type Uncut } from "./uncut.ts";

function readUncut(typeName: string, bytes: Uint8Array): Uncut {
  const uncut = decodeUncut(typeName, bytes);
  if (!uncut) throw new Error(`${typeName} is not in the loaded protos`);
  return uncut;
}

const set = new Set(recordings.flatMap(({ bytes }) => [...fieldsSet(readUncut(DiscoveryResponse.typeName, bytes))]));

/** Whoever changes the selection sees here what of real traffic is lost or won. */
describe("the cut", () => {
  it("sees real traffic", () => {
    expect(set.size).toBeGreaterThan(150);
  });

  it("leaves out these fields that istiod sets", () => {
    expect([...set].filter(isLeftOut).sort()).toMatchInlineSnapshot(`
      [
        "envoy.config.cluster.v3.Cluster.filters",
        "envoy.config.cluster.v3.Cluster.upstream_bind_config",
        "envoy.config.listener.v3.ListenerFilter.filter_disabled",
        "envoy.config.route.v3.Route.decorator",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.forward_client_cert_details",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.path_with_escaped_slashes_action",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.request_id_extension",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.set_current_client_cert_details",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.tracing",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.upgrade_configs",
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig.http_protocol_options",
      ]
    `);
  });

  it("keeps only the presence of these fields that istiod sets", () => {
    expect([...set].filter((name) => presenceOnly.includes(name)).sort()).toMatchInlineSnapshot(`
      [
        "envoy.config.core.v3.ConfigSource.api_config_source",
      ]
    `);
  });

  it.each(recordings.map(({ name, bytes }) => [name, bytes] as const))("leaves the rest of %s as it is", (_, bytes) => {
    const response = DiscoveryResponse.decode(bytes);
    for (const { typeUrl, value } of anysIn(response)) {
      const type = messageByTypeUrl(typeUrl);
      if (type) expect(bare(type.decode(value))).toEqual(expected(readUncut(type.typeName, value)));
      else expect(response.resources.map((resource) => resource.typeUrl)).not.toContain(typeUrl);
    }
  });
});
