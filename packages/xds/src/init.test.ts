import { afterEach, describe, expect, it } from "vitest";
import { podEnvironment, route } from "../test/support/calls.ts";
import { RecordingLogger } from "../test/support/recording-logger.ts";
import { cluster, endpoints, listener, nameTable, routeConfig, routeTo } from "../test/support/resources.ts";
import { ScriptedControlPlane } from "../test/support/scripted-control-plane.ts";
import { XDSBootstrapError } from "./bootstrap/bootstrap-error.ts";
import { createXDSResourceManager, init } from "./init.ts";
import type { XDSResourceManager } from "./manager/xds-resource-manager.ts";
import {
  withDialect,
  withEnvironment,
  withFailFast,
  withFetchTimeout,
  withLogger,
  withNodeMetadata,
  withXDSServerAddress,
} from "./option.ts";
import { clientSuite } from "./suite/client-suite.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const keep = (manager: XDSResourceManager): XDSResourceManager => {
  cleanups.push(() => manager.close());
  return manager;
};

async function startPlane(): Promise<ScriptedControlPlane> {
  const plane = await ScriptedControlPlane.start();
  cleanups.push(() => plane.stop());
  return plane;
}

const pod = withEnvironment(podEnvironment);
const quiet = withLogger(new RecordingLogger());

describe("init()", () => {
  it("returns at once, sets the process default, and refuses a second one while that is open (defect 13)", async () => {
    const plane = await startPlane();
    const manager = keep(await init(pod, quiet, withXDSServerAddress(plane.address)));
    await expect(init(pod, quiet)).rejects.toThrow(
      `it is initialised already, with the control plane ${plane.address}. Close that manager first, or start another beside it with xds.createXDSResourceManager`,
    );
    const beside = keep(await createXDSResourceManager(pod, quiet, withXDSServerAddress(plane.address)));
    expect(beside).not.toBe(manager);
    await manager.close();
    await expect(route(clientSuite())).rejects.toThrow("the xDS manager that xds.init started is closed");
    const next = keep(await init(pod, quiet, withXDSServerAddress(plane.address)));
    expect(next.isClosed).toBe(false);
  });

  it("keeps one of two that start at the same time", async () => {
    const plane = await startPlane();
    const results = await Promise.allSettled([1, 2].map(() => init(pod, quiet, withXDSServerAddress(plane.address))));
    const started = results.filter((result) => result.status === "fulfilled");
    expect(started).toHaveLength(1);
    keep((started[0] as PromiseFulfilledResult<XDSResourceManager>).value);
  });

  it("serves suites that were made before it", async () => {
    const plane = await startPlane();
    plane.script = ({ stream, request }) => {
      if (request.responseNonce !== "") return;
      const service = "a.default.svc.cluster.local";
      const all = [
        listener("10.0.0.1_80", "r"),
        routeConfig("r", [routeTo("c")]),
        cluster("c"),
        endpoints("c", ["10.1.0.1"]),
        nameTable({ [service]: ["10.0.0.1"] }),
      ];
      const resources = all.filter(({ typeUrl }) => typeUrl === request.typeUrl);
      stream.send({ typeUrl: request.typeUrl, versionInfo: "1", nonce: request.typeUrl, resources });
    };
    const suite = clientSuite();
    await using manager = await init(pod, quiet, withXDSServerAddress(plane.address));
    expect((await route(suite, { destination: "a:80" }))?.cluster).toBe("c");
    expect(manager.status.state).toBe("connected");
  });

  it("refuses a wrong environment before anything is started", async () => {
    await expect(init(withEnvironment({}))).rejects.toThrow(XDSBootstrapError);
    await expect(init(pod, withXDSServerAddress("nowhere"))).rejects.toThrow("withXDSServerAddress");
  });

  it("sends what the options say", async () => {
    const plane = await startPlane();
    keep(
      await createXDSResourceManager(
        pod,
        quiet,
        false,
        withXDSServerAddress(plane.address),
        withDialect("grpc"),
        withNodeMetadata({ CLUSTER_ID: "c1" }),
        withNodeMetadata({ MESH_ID: "m1" }),
      ),
    );
    const { request } = await plane.request(({ request: { node } }) => node !== undefined);
    const fields = request.node?.metadata?.fields ?? {};
    expect([fields["GENERATOR"], fields["CLUSTER_ID"], fields["MESH_ID"]].map((value) => value?.stringValue)).toEqual([
      "grpc",
      "c1",
      "m1",
    ]);
  });

  it.each([withFetchTimeout, withFailFast])("refuses a time that is none", async (option) => {
    for (const value of [0, -1, Number.NaN, Infinity]) {
      await expect(createXDSResourceManager(pod, option(value))).rejects.toThrow("a time in milliseconds");
    }
  });

  it("refuses a dialect that there is not, and a logger that cannot log", async () => {
    await expect(createXDSResourceManager(pod, quiet, withDialect("GRPC" as never))).rejects.toThrow(
      'withDialect(GRPC): there are "sidecar" and "grpc"',
    );
    expect(() => withLogger({ warn: () => {} } as never)).toThrow(
      "withLogger: an object with the functions warn, error",
    );
  });

  it("refuses what is no option of xDS", async () => {
    await expect(
      createXDSResourceManager({ kind: "client", name: "withRPCTimeout(1)", apply: () => {} } as never),
    ).rejects.toThrow("not an xds option");
  });
});
