import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Route, RouteConfiguration } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { createMesh } from "../src/index.ts";
import { TestAdsClient } from "./ads-client.ts";
import { HOST } from "./manifests.ts";

const K8S = fileURLToPath(new URL("../../../k8s/", import.meta.url));

const V1 = `outbound|80|v1|${HOST}`;
const V2 = `outbound|80|v2|${HOST}`;

/** Renders a folder of k8s/ and reads the routes that a client gets. */
const routesOf = async (folder: string) => {
  await using mesh = createMesh();
  const { objects } = await mesh.apply(`${K8S}${folder}`);
  const client = new TestAdsClient(await mesh.listen());
  const { resources } = await client.subscribe("rds", [`${HOST}:80`]);
  client[Symbol.dispose]();
  const { virtualHosts } = RouteConfiguration.decode(resources[0]?.value ?? new Uint8Array());
  return { objects, warnings: mesh.warnings, routes: virtualHosts[0]?.routes ?? [] };
};

const clustersOf = (routes: readonly Route[]) => routes.map(({ route }) => route?.cluster);

describe("k8s/", () => {
  it("has the overlays that are tested here", () => {
    expect(readdirSync(`${K8S}overlays`).sort()).toEqual(["method-match", "tag-match", "timeout", "weights"]);
  });

  it.each(["", "base"])("%s has no rules", async (folder) => {
    const { objects, warnings, routes } = await routesOf(folder);
    expect(objects).toHaveLength(5);
    expect(warnings).toEqual([]);
    expect(clustersOf(routes)).toEqual([`outbound|80||${HOST}`]);
  });

  it("tag-match sends stage=canary to v1 and the rest to v2", async () => {
    const { warnings, routes } = await routesOf("overlays/tag-match");
    expect(warnings).toEqual([]);
    expect(clustersOf(routes)).toEqual([V1, V2]);
    expect(routes[0]?.match?.headers).toMatchObject([{ name: "stage", stringMatch: { exact: "canary" } }]);
    expect(routes[1]?.match).toMatchObject({ prefix: "/", headers: [] });
  });

  it("method-match sends SayHello2 to v2 and the rest to v1", async () => {
    const { warnings, routes } = await routesOf("overlays/method-match");
    expect(warnings).toEqual([]);
    expect(clustersOf(routes)).toEqual([V2, V1]);
    expect(routes[0]?.match?.path).toBe("/proxyless.GreetService/SayHello2");
  });

  it("weights divides 90 to 10", async () => {
    const { warnings, routes } = await routesOf("overlays/weights");
    expect(warnings).toEqual([]);
    expect(routes[0]?.route?.weightedClusters?.clusters).toMatchObject([
      { name: V1, weight: { value: 90 } },
      { name: V2, weight: { value: 10 } },
    ]);
  });

  it("timeout cuts after 0.5 s", async () => {
    const { warnings, routes } = await routesOf("overlays/timeout");
    expect(warnings).toEqual([]);
    expect(routes[0]?.route?.timeout).toMatchObject({ seconds: 0, nanos: 500_000_000 });
  });

  it("is covered by Deployments: endpoints reach the subsets of their versions", async () => {
    await using mesh = createMesh();
    await mesh.apply(`${K8S}base`);
    mesh.setEndpoints([
      { deployment: "kitex-server-v1", address: "127.0.0.1:18881" },
      { deployment: "kitex-server-v2", address: "127.0.0.1:18882" },
    ]);
    expect(mesh.warnings).toEqual([]);
  });
});
