import { describe, expect, it } from "vitest";
import type { ModelChange } from "../model/change.ts";
import { planPush } from "./push-plan.ts";

const NOTHING: ModelChange = { services: false, policies: false, routes: false, endpoints: new Set() };

describe("planPush()", () => {
  it.each([
    ["nothing", NOTHING, [], []],
    ["rules", { ...NOTHING, routes: true }, ["cds", "lds", "rds"], ["cds", "lds", "rds"]],
    ["policies", { ...NOTHING, policies: true }, ["cds", "eds", "lds", "rds"], ["cds", "eds", "lds", "rds"]],
    ["endpoints", { ...NOTHING, endpoints: new Set(["a"]) }, ["eds"], ["cds", "eds", "lds", "rds"]],
    [
      ...(["rules and endpoints", { ...NOTHING, routes: true, endpoints: new Set(["a"]) }] as const),
      ...([
        ["cds", "eds", "lds", "rds"],
        ["cds", "eds", "lds", "rds"],
      ] as const),
    ],
  ] as const)("after a change of %s", (_what, change, sidecar, grpc) => {
    expect(planPush(change, "sidecar").types).toEqual(sidecar);
    expect(planPush(change, "grpc").types).toEqual(grpc);
  });

  it("pushes all clusters of a Service with other endpoints, and of no other", () => {
    const { wantsEndpoints } = planPush({ ...NOTHING, endpoints: new Set(["a.default"]) }, "sidecar");
    expect(wantsEndpoints("outbound|80||a.default")).toBe(true);
    expect(wantsEndpoints("outbound|80|v1|a.default")).toBe(true);
    expect(wantsEndpoints("outbound|80||b.default")).toBe(false);
    expect(wantsEndpoints("nonsense")).toBe(false);
  });
});
