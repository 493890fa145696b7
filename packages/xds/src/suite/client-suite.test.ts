import { background, metainfo, RPCError } from "@kitex-ts/core";
import { Attempt } from "@kitex-ts/core/spi";
import { RouteConfiguration } from "@kitex-ts/xds-protos";
import { afterEach, describe, expect, it } from "vitest";
import { makeCall, route, routeError } from "../../test/support/calls.ts";
import { clusterName, hostName, MemoryMesh } from "../../test/support/memory-mesh.ts";
import { settled } from "../../test/support/memory-transport.ts";
import { cluster, endpoints, routeConfig, routeTo } from "../../test/support/resources.ts";
import { clientSuite } from "./client-suite.ts";
import { XDSResolver } from "./resolver.ts";
import { createXDSRouterMiddleware } from "./router.ts";

const meshes: MemoryMesh[] = [];

afterEach(async () => {
  for (const mesh of meshes.splice(0)) await mesh.manager.close();
});

/** A mesh with one service, whose routes look at the header `stage`. */
async function open(): Promise<MemoryMesh> {
  const mesh = new MemoryMesh();
  meshes.push(mesh);
  await mesh.pushService();
  await mesh.push("RDS", [
    routeConfig(`${hostName}:80`, [
      routeTo(clusterName, { prefix: "/", headers: [{ name: "Stage", stringMatch: { exact: "canary" } }] }, "canary"),
      routeTo(clusterName, { prefix: "/", headers: [{ name: "user-id", presentMatch: true }] }, "user"),
      routeTo(
        clusterName,
        {
          prefix: "/",
          headers: [
            { name: "content-type", exactMatch: "application/x-thrift" },
            { name: ":path", prefixMatch: "/odd" },
          ],
        },
        "odd",
      ),
      routeTo(clusterName, undefined, "default"),
    ]),
  ]);
  return mesh;
}

describe("the router", () => {
  it("looks at tags and metainfo, tags first, names without case and with either dash", async () => {
    const { suite } = await open();
    const by = async (init: Parameters<typeof route>[1]): Promise<string | undefined> =>
      (await route(suite, init))?.routeName;
    expect(await by({})).toBe("default");
    expect(await by({ tags: { STAGE: "canary" } })).toBe("canary");
    const context = metainfo.withPersistentValue(metainfo.withValue(background(), "USER_ID", "7"), "stage", "canary");
    expect(await by({ context })).toBe("canary");
    expect(await by({ context, tags: { stage: "prod" } })).toBe("user");
    expect(await by({ method: "odd.Service/Method" })).toBe("odd");
  });

  it("sees only what the extractor gives, beside the tags", async () => {
    const mesh = await open();
    const suite = clientSuite(mesh.manager, {
      metaExtractor: (ctx) => ({
        Stage: metainfo.getValue(ctx, "color") === "yellow" ? "canary" : "",
        "user-id": undefined,
      }),
    });
    const yellow = metainfo.withValue(metainfo.withValue(background(), "color", "yellow"), "user-id", "7");
    expect((await route(suite, { context: yellow }))?.routeName).toBe("canary");
    const blue = metainfo.withValue(metainfo.withValue(background(), "color", "blue"), "user-id", "7");
    expect((await route(suite, { context: blue }))?.routeName).toBe("default");
    expect((await route(suite, { context: blue, tags: { stage: "canary" } }))?.routeName).toBe("canary");
  });

  it("fails the call, not the program, when the extractor throws", async () => {
    const mesh = await open();
    const suite = clientSuite(mesh.manager, {
      metaExtractor: () => {
        throw new Error("broken extractor");
      },
    });
    await expect(route(suite)).rejects.toMatchObject({ kind: "route", message: "rpc route failed: broken extractor" });
  });

  it("lets calls pass that have an address or a route already (defect 31: routing happens once per call)", async () => {
    const { suite } = await open();
    expect(await route(suite, { hostPort: "127.0.0.1:1", destination: "nowhere" })).toBeUndefined();
    const call = makeCall();
    const given = { cluster: "chosen elsewhere" };
    call.route = given;
    await suite.routerMiddleware(() => Promise.resolve())(undefined, call);
    expect(call.route).toBe(given);
  });

  it("passes the request and the answer through", async () => {
    const { suite } = await open();
    const endpoint = suite.routerMiddleware((request) => Promise.resolve(`answer to ${request as string}`));
    await expect(endpoint("question", makeCall())).resolves.toBe("answer to question");
  });

  it("gives the same decision object to equal calls: nothing is made per call", async () => {
    const { suite } = await open();
    expect(await route(suite)).toBe(await route(suite));
  });

  it("fails calls to a route that redirects, with kind route (defect 23)", async () => {
    const mesh = await open();
    await mesh.push("RDS", [
      {
        typeUrl: RouteConfiguration.typeUrl,
        value: RouteConfiguration.encode({
          name: `${hostName}:80`,
          virtualHosts: [
            { name: "v", domains: ["*"], routes: [{ name: "away", match: { prefix: "/" }, redirect: {} }] },
          ],
        }),
      },
    ]);
    const error = await routeError(mesh.suite);
    expect(error.kind).toBe("route");
    expect(error.message).toContain("route away for /proxyless.GreetService/SayHello1 redirects the caller");
    expect(error).toMatchObject({ service: `${hostName}:80`, method: "SayHello1" });
  });

  it("names a route without a name by its place", async () => {
    const mesh = await open();
    await mesh.push("RDS", [
      routeConfig(`${hostName}:80`, [
        { match: { path: "/elsewhere" }, route: { cluster: clusterName } },
        { match: { prefix: "/" }, redirect: {} },
      ]),
    ]);
    expect((await routeError(mesh.suite)).message).toContain(
      "route #1 for /proxyless.GreetService/SayHello1 redirects",
    );
    await mesh.push("RDS", [routeConfig(`${hostName}:80`, [routeTo(clusterName)])]);
    expect((await route(mesh.suite))?.routeName).toBe("#0");
  });

  it("fails a call that a route it cannot judge may be for, instead of sending it to the next one", async () => {
    const mesh = await open();
    const canary = { name: "stage", stringMatch: { exact: "canary" } };
    await mesh.push("RDS", [
      routeConfig(`${hostName}:80`, [
        routeTo(clusterName, { prefix: "/", headers: [canary], dynamicMetadata: [{ filter: "jwt" }] }, "guarded"),
        routeTo(clusterName, undefined, "default"),
      ]),
    ]);
    const error = await routeError(mesh.suite, { tags: { stage: "canary" } });
    expect(error.kind).toBe("route");
    expect(error.message).toContain("route guarded for /proxyless.GreetService/SayHello1 may be meant for this call");
    expect((await route(mesh.suite))?.routeName).toBe("default");
    expect(mesh.logger.lines.some((line) => line.includes("route guarded fails its calls"))).toBe(true);
  });

  it("waits no longer for routes than is left of the call's time", async () => {
    const mesh = new MemoryMesh({ fetchTimeoutMs: 1_000_000 });
    meshes.push(mesh);
    const call = makeCall({ rpcTimeoutMs: 60_000 });
    // The call began a while ago.
    (call as { startedAt: number }).startedAt -= 60_000;
    await expect(mesh.suite.routerMiddleware(() => Promise.resolve())(undefined, call)).rejects.toMatchObject({
      kind: "service_discovery",
    });
  });

  it("says that xDS is not initialised (defect 13: a panic)", async () => {
    const error = await routeError(clientSuite());
    expect(error.kind).toBe("service_discovery");
    expect(error.message).toContain("call `await xds.init()` first");
    expect(() => new XDSResolver().open("c")).toThrow(RPCError);
  });
});

describe("the resolver", () => {
  it("follows the route, and says so when there is none", async () => {
    const { suite } = await open();
    const call = makeCall();
    expect(() => suite.resolver.target(call)).toThrow("use it together with the xDS router");
    call.route = { cluster: clusterName };
    expect(suite.resolver.target(call)).toBe(clusterName);
  });

  it("waits for a cluster that is on its way, within the attempt's time", async () => {
    const mesh = await open();
    const name = "outbound|80|late|host";
    await mesh.push("CDS", [cluster(clusterName), cluster(name)]);
    const subscription = mesh.suite.resolver.open(name);
    expect(subscription.current).toBeUndefined();
    const call = makeCall();
    const attempt = (deadline: number): Attempt =>
      new Attempt(call, 1, [], deadline, "rpc timeout", 0, call.cancelSlot);
    await expect(subscription.ready(attempt(performance.now() + 5))).rejects.toThrow(
      `has not sent endpoints of cluster ${name}`,
    );
    const waiting = subscription.ready(attempt(Infinity));
    await settled();
    await mesh.push("EDS", [endpoints(name, ["10.0.0.5"])]);
    expect((await waiting).instances.map(({ address }) => address)).toEqual(["10.0.0.5:8888"]);
    subscription.close();
  });

  it("fails at once for a cluster that does not exist", async () => {
    const { suite } = await open();
    const subscription = suite.resolver.open("nobody");
    const call = makeCall();
    const attempt = new Attempt(call, 1, [], Infinity, "rpc timeout", 0, call.cancelSlot);
    await expect(subscription.ready(attempt)).rejects.toMatchObject({ kind: "service_discovery" });
    subscription.close();
  });

  it("leaves no watcher behind when it is closed (defect 18: handlers are never unregistered)", async () => {
    const mesh = await open();
    const name = "outbound|80|other|host";
    await mesh.push("CDS", [cluster(clusterName), cluster(name)]);
    for (let client = 0; client < 20; client++) mesh.suite.resolver.open(name).close();
    await settled();
    mesh.clock.advance(61_000);
    await settled();
    expect(mesh.names("EDS")).toEqual([clusterName]);
  });

  it("says that its manager is closed, and keeps no endpoints that nobody corrects any more", async () => {
    const mesh = await open();
    const late = "outbound|80|late|host";
    await mesh.push("CDS", [cluster(clusterName), cluster(late)]);
    const known = mesh.suite.resolver.open(clusterName);
    const waiting = mesh.suite.resolver.open(late);
    const call = makeCall();
    const attempt = new Attempt(call, 1, [], Infinity, "rpc timeout", 0, call.cancelSlot);
    const ready = waiting.ready(attempt);
    expect([known.isClosed, known.current?.instances.length]).toEqual([false, 1]);
    await mesh.manager.close();
    await expect(ready).rejects.toThrow(`${late}: the xDS resource manager is closed`);
    expect([known.isClosed, waiting.isClosed]).toEqual([true, true]);
    expect(known.current).toBeUndefined();
    await expect(known.ready(attempt)).rejects.toMatchObject({ kind: "service_discovery" });
    known.close();
    waiting.close();
  });

  it("gives two clients the same instances and the same count of calls under way", async () => {
    const mesh = await open();
    const other = {
      routerMiddleware: createXDSRouterMiddleware(mesh.manager),
      resolver: new XDSResolver(mesh.manager),
    };
    const one = mesh.suite.resolver.open(clusterName);
    const two = other.resolver.open(clusterName);
    expect(one.current).toBe(two.current);
    one.close();
    expect(two.current?.instances).toHaveLength(1);
    two.close();
  });
});
