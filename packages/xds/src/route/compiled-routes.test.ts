import { describe, expect, it } from "vitest";
import type { ClusterRuntime } from "../cluster/cluster-runtime.ts";
import type { HeaderMatch } from "../resource/header-match.ts";
import type { PathMatch } from "../resource/path-match.ts";
import { forwardTo, type RouteResource } from "../resource/route-config.ts";
import { exactly } from "../resource/string-match.ts";
import { CompiledRoutes, chooseTarget, firstMatch } from "./compiled-routes.ts";

const path = (value: string, kind: "exact" | "prefix" = "exact"): PathMatch => ({ kind, value, ignoreCase: false });
const header = (name: string, value: string): HeaderMatch => ({
  name,
  condition: { kind: "string", match: exactly(value) },
  isInverted: false,
  isMissingEmpty: false,
});

const route = (name: string, more: Partial<RouteResource> = {}): RouteResource => ({
  name,
  path: path("/", "prefix"),
  headers: [],
  fraction: undefined,
  action: forwardTo([{ cluster: name, weight: 1 }], 0),
  ...more,
});

const compile = (...routes: readonly RouteResource[]): CompiledRoutes =>
  new CompiledRoutes(
    { name: "v", domains: ["*"], routes, refused: ["route x: broken"] },
    new Map<string, ClusterRuntime>(),
  );

const request = (headers: Readonly<Record<string, string>> = {}) => ({ header: (name: string) => headers[name] });

const decide = (routes: CompiledRoutes, at: string, headers = {}, random = () => 0.5): string | undefined =>
  firstMatch(routes.candidates(at), request(headers), random)?.resource.name;

describe("CompiledRoutes", () => {
  it("takes the first route that matches, whatever kind of path condition it has", () => {
    const routes = compile(
      route("header", { headers: [header("x", "1")] }),
      route("exact a", { path: path("/a") }),
      route("prefix"),
      route("exact b, too late", { path: path("/b") }),
    );
    expect(decide(routes, "/a")).toBe("exact a");
    expect(decide(routes, "/a", { x: "1" })).toBe("header");
    expect(decide(routes, "/b")).toBe("prefix");
  });

  it("wants all conditions to hold, several on one header included (defect 21: one of them was lost)", () => {
    const not = { ...header("x", "12"), isInverted: true };
    const oneDigit: HeaderMatch = { ...header("x", ""), condition: { kind: "range", start: 10, end: 20 } };
    const routes = compile(route("both", { headers: [oneDigit, not] }));
    expect(decide(routes, "/", { x: "11" })).toBe("both");
    expect(decide(routes, "/", { x: "12" })).toBeUndefined();
    expect(decide(routes, "/", { x: "30" })).toBeUndefined();
  });

  it("draws for a fraction of the calls, last and strictly", () => {
    const routes = compile(route("some", { fraction: 0.25 }), route("rest"));
    expect(decide(routes, "/", {}, () => 0.2499)).toBe("some");
    expect(decide(routes, "/", {}, () => 0.25)).toBe("rest");
    expect(decide(compile(route("none", { fraction: 0 })), "/", {}, () => 0)).toBeUndefined();
    expect(decide(compile(route("all", { fraction: 1 })), "/", {}, () => 0.999_999)).toBe("all");
  });

  it("remembers the candidates of a path, for a bounded number of paths", () => {
    const routes = compile(route("a", { path: path("/a") }), route("rest"));
    const first = routes.candidates("/a");
    expect(routes.candidates("/a")).toBe(first);
    for (let index = 0; index < 2_000; index++) routes.candidates(`/generic${index}`);
    expect(routes.candidates("/a")).not.toBe(first);
    expect(routes.candidates("/a")).toEqual(first);
  });

  it("says what was tried and why it did not take the call", () => {
    const routes = compile(
      route("exact", { path: path("/b") }),
      route("", { headers: [header("stage", "canary")] }),
      route("part", { fraction: 0.1 }),
    );
    expect(routes.explain("/a", request({ stage: "prod" }))).toBe(
      'tried exact (path exact "/b"), #1 (stage exact "canary"; given "prod"), part (takes 10 % of the calls), not usable: route x: broken',
    );
    const many = compile(...Array.from({ length: 500 }, (_, index) => route(`r${index}`, { path: path("/b") })));
    expect(many.explain("/a", request())).toContain("and 491 more");
  });
});

describe("chooseTarget()", () => {
  const weighted = compile(
    route("split", {
      action: forwardTo(
        [
          { cluster: "zero", weight: 0 },
          { cluster: "a", weight: 90 },
          { cluster: "b", weight: 10 },
        ],
        500,
      ),
    }),
  );
  const choose = (draw: number): string | undefined => {
    const [only] = weighted.candidates("/");
    return only === undefined ? undefined : chooseTarget(only, () => draw)?.decision.cluster;
  };

  it("gives each cluster exactly its weight, and one without weight nothing (defect 24: off by one)", () => {
    const counts: Record<string, number> = {};
    for (let draw = 0; draw < 100; draw++) {
      const cluster = choose(draw / 100) ?? "none";
      counts[cluster] = (counts[cluster] ?? 0) + 1;
    }
    expect(counts).toEqual({ a: 90, b: 10 });
    expect(choose(0)).toBe("a");
    expect(choose(0.999_999_999)).toBe("b");
  });

  it("answers decisions made beforehand", () => {
    const [only] = weighted.candidates("/");
    if (only === undefined) throw new Error("no candidate");
    const first = chooseTarget(only, () => 0)?.decision;
    expect(first).toEqual({ cluster: "a", timeoutMs: 500, routeName: "split" });
    expect(chooseTarget(only, () => 0)?.decision).toBe(first);
  });

  it("chooses nothing for a route that fails its calls", () => {
    const [failing] = compile(route("redirect", { action: { kind: "fail", reason: "redirects" } })).candidates("/");
    expect(failing === undefined ? "missing" : chooseTarget(failing, () => 0)).toBeUndefined();
  });
});
