import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DiscoveryResponse } from "@kitex-ts/xds-protos";
import { decodeCluster, decodeGRPCCluster } from "../../packages/xds/src/resource/cluster.ts";
import type { Decoded } from "../../packages/xds/src/resource/decoded.ts";
import { decodeEndpoints } from "../../packages/xds/src/resource/endpoints.ts";
import { decodeListener } from "../../packages/xds/src/resource/listener.ts";
import { decodeNameTable } from "../../packages/xds/src/resource/name-table.ts";
import { decodeRouteConfig, type RouteConfigResource } from "../../packages/xds/src/resource/route-config.ts";
import { CompiledRoutes, firstMatch } from "../../packages/xds/src/route/compiled-routes.ts";
import { expectThat } from "../lib/expect.ts";
import type { Target } from "../lib/target.ts";
import { mutate } from "../mutate/mutate.ts";
import { protobufMessage } from "../mutate/protobuf-sites.ts";
import type { Sample } from "../mutate/sample.ts";

type Decode = (bytes: Uint8Array) => Decoded<unknown>;

/** Names in recordings are those of istiod's resource types, in short. */
const decoders: Readonly<Record<string, readonly Decode[]>> = {
  lds: [decodeListener],
  rds: [decodeRouteConfig],
  cds: [decodeCluster, decodeGRPCCluster],
  eds: [decodeEndpoints],
  nds: [decodeNameTable],
};
/** Larger ones are the same a hundred times over. */
const LARGEST = 4096;

/** The resources that istiod sent, by type. */
const recorded = (): ReadonlyMap<string, readonly Sample[]> => {
  const golden = fileURLToPath(new URL("../../packages/xds/test/golden", import.meta.url));
  const byType = new Map<string, Map<string, Sample>>();
  for (const path of readdirSync(golden, { recursive: true, encoding: "utf8" })) {
    const type = /(?:^|[\\/])([a-z]{3})(?:\.\d)?\.b64$/.exec(path)?.[1];
    if (type === undefined) continue;
    const bytes = Buffer.from(readFileSync(join(golden, path), "utf8"), "base64");
    const samples = byType.get(type) ?? new Map<string, Sample>();
    byType.set(type, samples);
    for (const { value } of DiscoveryResponse.decode(bytes).resources) {
      const resource = Buffer.from(value);
      if (resource.length <= LARGEST) samples.set(resource.toString("latin1"), protobufMessage(resource));
    }
  }
  return new Map([...byType].map(([type, samples]) => [type, [...samples.values()]]));
};

export const xdsTarget = (): Target => {
  const samples = recorded();
  const types = [...samples.keys()];
  const all = [...samples.values()].flat();
  return {
    make: (random) => mutate(random, random.pick(samples.get(random.pick(types)) ?? all), all),
    run: (input) => {
      for (const decode of Object.values(decoders).flat()) {
        const decoded = decode(input);
        const isSound = decoded.isOk ? decoded.name !== "" : typeof decoded.error === "string";
        expectThat(isSound, `${decode.name}: ${JSON.stringify(decoded)}`);
        if (decoded.isOk && decode === decodeRouteConfig) route(decoded.resource as RouteConfigResource);
      }
    },
  };
};

/** Whatever was decoded can be asked for a route. */
const route = ({ virtualHosts }: RouteConfigResource): void => {
  const request = { header: (name: string) => (name.length % 2 === 0 ? name : undefined) };
  for (const virtualHost of virtualHosts) {
    const routes = new CompiledRoutes(virtualHost, new Map());
    const path = "/proxyless.GreetService/SayHello1";
    firstMatch(routes.candidates(path), request, () => 0.5);
    expectThat(routes.explain(path, request).length > 0, "no explanation");
  }
};
