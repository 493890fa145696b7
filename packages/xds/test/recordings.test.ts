import { background, metainfo } from "@kitex-ts/core";
import { afterEach, describe, expect, it } from "vitest";
import {
  clientSuite,
  createXDSResourceManager,
  withDialect,
  withEnvironment,
  withXDSServerAddress,
  type XDSClientSuite,
} from "../src/index.ts";
import { type CallInit, eventually, podEnvironment, route, routeError } from "./support/calls.ts";
import { type RecordedControlPlane, replay } from "./support/recordings.ts";

const dialects = ["sidecar", "grpc"] as const;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(
  scenario: string,
  dialect: "sidecar" | "grpc",
): Promise<{ suite: XDSClientSuite; istiod: RecordedControlPlane }> {
  const istiod = await replay(scenario, dialect);
  cleanups.push(() => istiod.plane.stop());
  const manager = await createXDSResourceManager(
    withEnvironment(podEnvironment),
    withXDSServerAddress(istiod.plane.address),
    withDialect(dialect),
  );
  cleanups.push(() => manager.close());
  return { suite: clientSuite(manager), istiod };
}

const host = "kitex-server.default.svc.cluster.local";
const all = `outbound|80||${host}`;
const v1 = `outbound|80|v1|${host}`;
const v2 = `outbound|80|v2|${host}`;

interface Expectation extends CallInit {
  readonly goesTo: string;
  readonly timeoutMs?: number;
  readonly by?: string;
}

const one = "proxyless.GreetService/SayHello1";
const two = "proxyless.GreetService/SayHello2";

const table: Readonly<Record<string, readonly Expectation[]>> = {
  "01-no-rules": [
    { goesTo: all, by: "default" },
    { tags: { stage: "canary" }, goesTo: all },
  ],
  "03-header-match": [
    { goesTo: v2, by: "method-authority-scheme" },
    { tags: { stage: "canary" }, goesTo: v1, by: "exact" },
    { tags: { STAGE: "canary" }, goesTo: v1, by: "exact" },
    { tags: { stage: "candle" }, goesTo: v2, by: "prefix" },
    { tags: { "user-id": "42" }, goesTo: v1, by: "regex" },
    { tags: { "user-id": "42x" }, goesTo: v2, by: "method-authority-scheme" },
    { tags: { "x-present": "anything" }, goesTo: v2, by: "present" },
    { tags: { tenant: "a" }, goesTo: v1, by: "without" },
    { tags: { tenant: "a", stage: "prod" }, goesTo: v2, by: "method-authority-scheme" },
    { tags: { tenant: "a", "x-absent": "here" }, goesTo: v2, by: "method-authority-scheme" },
    { tags: { stage: "dev", "user-id": "7b" }, goesTo: v2, by: "and-of-two" },
    { tags: { stage: "dev", "user-id": "8b" }, goesTo: v2, by: "method-authority-scheme" },
    { tags: { stage: "qa1" }, goesTo: v1, by: "or-of-two" },
    { tags: { stage: "qa2" }, goesTo: v1, by: "or-of-two" },
    { tags: { "rpc-transit-stage": "canary" }, goesTo: v2, by: "ignore-upper-case-key" },
    { tags: { any: "thing" }, goesTo: v1, by: "regex-any" },
    { tags: { src: "label" }, goesTo: v1, by: "source-labels-matching" },
    { tags: { src: "ns" }, goesTo: v2, by: "source-namespace" },
    { tags: { debug: "1" }, goesTo: v2, by: "method-authority-scheme" },
    { tags: { port: "yes-it-is-80" }, goesTo: v2, by: "method-authority-scheme" },
  ],
  "04-uri-match": [
    { method: one, goesTo: v1, by: "exact" },
    { method: two, goesTo: v2, by: "regex" },
    { method: two, tags: { stage: "canary" }, goesTo: v2, by: "exact2" },
    { method: "proxyless.GreetService/SayHello77", goesTo: v2, by: "regex" },
    { method: "proxyless.GreetService/SayHello77x", goesTo: v1, by: "prefix-with-slash" },
    { method: "proxyless.GreetService/SayHi", goesTo: v1, by: "ignore-case" },
    { method: "proxyless.Other/Method", goesTo: v1, by: "prefix-no-slash" },
    { method: "GreetService/SayHello1", goesTo: v1, by: "default" },
  ],
  "05-timeout-retry": [
    { method: one, goesTo: v1, timeoutMs: 500, by: "timeout-and-retries" },
    { method: two, goesTo: v2, timeoutMs: 2000, by: "retries-disabled" },
    { method: "a.B/C", tags: { case: "attempts" }, goesTo: all, timeoutMs: 0, by: "attempts-only" },
    { method: "a.B/C", tags: { case: "timeout" }, goesTo: all, timeoutMs: 10_000, by: "timeout-only" },
    { method: "a.B/C", goesTo: all, timeoutMs: 0, by: "default" },
  ],
  "12b-two-virtualservices": [{ tags: { stage: "canary" }, goesTo: v2, by: "first" }],
  "13-port-protocols": [
    { goesTo: all },
    ...[8080, 9090, 8888, 8889, 8890].flatMap((port) => [
      {
        destination: `multi.default.svc.cluster.local:${port}`,
        goesTo: `outbound|${port}||multi.default.svc.cluster.local`,
        by: "default",
      },
      {
        destination: `multi.default.svc.cluster.local:${port}`,
        tags: { stage: "canary" },
        goesTo: `outbound|${port}|v1|multi.default.svc.cluster.local`,
        by: "http-rules",
      },
    ]),
    // istiod writes the virtual hosts of short names too.
    { destination: "multi:8888", goesTo: "outbound|8888||multi.default.svc.cluster.local" },
  ],
};

for (const dialect of dialects) {
  describe(`istiod's recorded answers, ${dialect} dialect`, () => {
    for (const [scenario, expectations] of Object.entries(table)) {
      it(`${scenario}: every call goes where the rules say`, async () => {
        const { suite, istiod } = await open(scenario, dialect);
        for (const { goesTo, timeoutMs, by, ...call } of expectations) {
          const decision = await route(suite, call);
          expect.soft({ ...call, goesTo: decision?.cluster }).toEqual({ ...call, goesTo });
          if (by !== undefined) expect.soft({ ...call, by: decision?.routeName }).toEqual({ ...call, by });
          if (timeoutMs !== undefined)
            expect.soft({ ...call, timeoutMs: decision?.timeoutMs }).toEqual({ ...call, timeoutMs });
        }
        expect(istiod.refusals).toEqual([]);
      });
    }

    it("02-weights: 90/10, then 50/50, then no rule, as it is pushed", async () => {
      const { suite, istiod } = await open("02-weights", dialect);
      const share = async (): Promise<number> => {
        let first = 0;
        for (let call = 0; call < 2_000; call++) if ((await route(suite))?.cluster === v1) first++;
        return first / 2_000;
      };
      const before = await share();
      expect(before).toBeGreaterThan(0.86);
      expect(before).toBeLessThan(0.94);
      istiod.push("step-2");
      await eventually(async () => (await share()) < 0.6);
      expect(await share()).toBeGreaterThan(0.4);
      istiod.push("step-3");
      if (dialect === "sidecar") await eventually(async () => (await route(suite))?.cluster === all);
      else {
        // The recording ends before the cluster of the new route was asked for: it is asked for now, and the old routes go on until it comes.
        await istiod.plane.request(({ request }) => request.resourceNames.includes(all));
        expect([v1, v2]).toContain((await route(suite))?.cluster);
      }
      expect(istiod.refusals).toEqual([]);
    });

    it("12b-two-virtualservices: a call that no route takes fails with kind route and says what was tried", async () => {
      const { suite } = await open("12b-two-virtualservices", dialect);
      const error = await routeError(suite, { tags: { stage: "prod" } });
      expect(error.kind).toBe("route");
      expect(error.message).toContain(`takes /${one}: tried first (stage exact "canary"; given "prod")`);
    });

    it("13-port-protocols: a port that no service has fails with what there is", async () => {
      const { suite } = await open("13-port-protocols", dialect);
      const error = await routeError(suite, { destination: "multi.default.svc.cluster.local:1", rpcTimeoutMs: 200 });
      expect(error.kind).toBe("service_discovery");
    });
  });
}

describe("istiod's recorded answers, sidecar dialect", () => {
  it("03-header-match: metainfo counts as headers, with its upper-case keys", async () => {
    const { suite } = await open("03-header-match", "sidecar");
    const transient = metainfo.withValue(background(), "USER_ID", "42");
    expect((await route(suite, { context: transient }))?.routeName).toBe("regex");
    const persistent = metainfo.withPersistentValue(background(), "stage", "canary");
    expect((await route(suite, { context: persistent }))?.routeName).toBe("exact");
    const transit = metainfo.withValue(background(), "STAGE", "canary");
    expect((await route(suite, { context: transit, tags: { stage: "other" } }))?.routeName).toBe(
      "ignore-upper-case-key",
    );
  });

  it("13-port-protocols: ports named for TCP follow the TCP rules", async () => {
    const { suite } = await open("13-port-protocols", "sidecar");
    const seen = new Set<string | undefined>();
    for (let call = 0; call < 200; call++) {
      const decided = route(suite, { destination: "multi.default.svc.cluster.local:9000" });
      // There are no pods of version 2 in this scenario.
      seen.add(
        await decided.then(
          (decision) => decision?.cluster,
          (error: Error) => error.message,
        ),
      );
    }
    expect(seen).toEqual(
      new Set([
        "outbound|9000|v1|multi.default.svc.cluster.local",
        "service discovery error: multi.default.svc.cluster.local:9000: cluster outbound|9000|v2|multi.default.svc.cluster.local: it has no endpoints",
      ]),
    );
    expect((await route(suite, { destination: "multi.default.svc.cluster.local:3306" }))?.cluster).toBe(
      "outbound|3306||multi.default.svc.cluster.local",
    );
  });
});
