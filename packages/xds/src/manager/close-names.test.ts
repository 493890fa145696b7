import { describe, expect, it } from "vitest";
import { closeNames } from "./close-names.ts";

const known = [
  "kitex-server.default.svc.cluster.local",
  "kitex-server.shop.svc.cluster.local",
  "kitex-client.default.svc.cluster.local",
  "kubernetes.default.svc.cluster.local",
];

describe("closeNames()", () => {
  it("finds a name a few letters away, the nearest first", () => {
    expect(closeNames("kitex-servr.default.svc.cluster.local", known)).toEqual([known[0], known[1]]);
  });

  it("finds the same service in another namespace", () => {
    expect(closeNames("kitex-server.other.svc.cluster.local", known).slice(0, 2)).toEqual([known[0], known[1]]);
  });

  it("finds nothing where nothing is alike, and looks at a bounded number of names", () => {
    expect(closeNames("payments", known)).toEqual([]);
    const many = Array.from({ length: 100_000 }, (_, index) => `service-${index}.x`);
    expect(closeNames("service-99999.x", many).length).toBeLessThanOrEqual(3);
  });
});
