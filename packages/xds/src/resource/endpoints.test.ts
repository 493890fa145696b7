import { ClusterLoadAssignment, HealthStatus, type MessageInit } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { lbEndpoint } from "../../test/support/resources.ts";
import { decodeEndpoints, type EndpointsResource } from "./endpoints.ts";

function decode(message: MessageInit<ClusterLoadAssignment>): EndpointsResource {
  const decoded = decodeEndpoints(ClusterLoadAssignment.encode({ clusterName: "c", ...message }));
  if (!decoded.isOk) throw new Error(decoded.error);
  return decoded.resource;
}

const error = (message: MessageInit<ClusterLoadAssignment>): string => {
  const decoded = decodeEndpoints(ClusterLoadAssignment.encode({ clusterName: "c", ...message }));
  return decoded.isOk ? "accepted" : decoded.error;
};

describe("decodeEndpoints()", () => {
  it("reads addresses, weights, health, labels and localities, by priority", () => {
    const resource = decode({
      endpoints: [
        { priority: 1, locality: { region: "r", zone: "z2" }, lbEndpoints: [lbEndpoint({ address: "10.0.0.3" })] },
        {
          locality: { region: "r", zone: "z1", subZone: "s" },
          loadBalancingWeight: { value: 7 },
          lbEndpoints: [
            lbEndpoint({ address: "10.0.0.1", weight: 3, tlsMode: "istio" }),
            lbEndpoint({ address: "fd00::1", health: HealthStatus.DEGRADED }),
          ],
        },
      ],
      policy: { overprovisioningFactor: { value: 200 } },
    });
    expect(resource.localities.map(({ priority, weight }) => ({ priority, weight }))).toEqual([
      { priority: 0, weight: 7 },
      { priority: 1, weight: undefined },
    ]);
    expect(resource.localities[0]?.endpoints).toMatchObject([
      { address: "10.0.0.1:8888", weight: 3, health: "healthy", socketLabels: new Map([["tlsMode", "istio"]]) },
      { address: "[fd00::1]:8888", weight: 1, health: "degraded" },
    ]);
    expect(resource.overprovisioning).toBe(2);
  });

  it("takes an absent weight for 1 (defect 27: a missing weight becomes 0)", () => {
    expect(
      decode({ endpoints: [{ lbEndpoints: [lbEndpoint({ address: "10.0.0.1" })] }] }).localities[0]?.endpoints[0]
        ?.weight,
    ).toBe(1);
  });

  it.each([
    [HealthStatus.UNKNOWN, "healthy"],
    [HealthStatus.HEALTHY, "healthy"],
    [HealthStatus.UNHEALTHY, "unhealthy"],
    [HealthStatus.TIMEOUT, "unhealthy"],
    [HealthStatus.DRAINING, "draining"],
    [HealthStatus.DEGRADED, "degraded"],
    [99, "unhealthy"],
  ])("reads health status %s as %s (defect 27: health ignored)", (health, expected) => {
    const { localities } = decode({ endpoints: [{ lbEndpoints: [lbEndpoint({ address: "10.0.0.1", health })] }] });
    expect(localities[0]?.endpoints[0]?.health).toBe(expected);
  });

  it("leaves out endpoints that cannot be dialled, and keeps the others (defect 27: other addresses become :0)", () => {
    const { localities, refused } = decode({
      endpoints: [
        {
          lbEndpoints: [
            { endpoint: { address: { envoyInternalAddress: { serverListenerName: "x" } } } },
            { endpoint: { address: { socketAddress: { address: "10.0.0.9" } } } },
            { endpoint: { address: { socketAddress: { address: "10.0.0.9", namedPort: "http" } } } },
            { endpoint: { address: { socketAddress: { address: "10.0.0.9", portValue: 70_000 } } } },
            { endpointName: "named" },
            lbEndpoint({ address: "10.0.0.8", weight: 0 }),
            lbEndpoint({ address: "10.0.0.1" }),
            lbEndpoint({ address: "10.0.0.1" }),
            { endpoint: { address: { pipe: { path: "/run/x.sock" } } } },
          ],
        },
      ],
    });
    expect(localities[0]?.endpoints.map(({ address }) => address)).toEqual(["10.0.0.1:8888", "unix:/run/x.sock"]);
    expect(refused).toHaveLength(7);
  });

  it("refuses what breaks Envoy's limits", () => {
    expect(error({ endpoints: [{ priority: 129 }] })).toContain("priority 129");
    const heavy = ["10.0.0.1", "10.0.0.2"].map((address) => lbEndpoint({ address, weight: 4_000_000_000 }));
    expect(error({ endpoints: [{ lbEndpoints: heavy }] })).toContain("4294967295");
  });
});
