import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Cluster, ClusterLoadAssignment, Listener, NameTable, RouteConfiguration } from "@kitex-ts/xds-protos";
import { afterEach, describe, expect, it } from "vitest";
import {
  clientSuite,
  createXDSResourceManager,
  type Environment,
  withEnvironment,
  withFailFast,
  withFetchTimeout,
  withLogger,
  withXDSServerAddress,
  type XDSOption,
  type XDSResourceManager,
} from "../src/index.ts";
import { defaultDestination, eventually, podEnvironment, route, routeError } from "./support/calls.ts";
import { RecordingLogger } from "./support/recording-logger.ts";
import { cluster, endpoints, listener, nameTable, routeConfig, routeTo } from "./support/resources.ts";
import { type ReceivedRequest, ScriptedControlPlane } from "./support/scripted-control-plane.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const host = "kitex-server.default.svc.cluster.local";
const clusterName = `outbound|80||${host}`;

/** Serves one service; every response has its own nonce. */
function serveOneService({ stream, request }: ReceivedRequest): void {
  if (request.responseNonce !== "" || request.errorDetail !== undefined) return;
  const resources = {
    [Listener.typeUrl]: [listener("10.96.0.10_80", `${host}:80`)],
    [RouteConfiguration.typeUrl]: [routeConfig(`${host}:80`, [routeTo(clusterName)])],
    [Cluster.typeUrl]: [cluster(clusterName)],
    [ClusterLoadAssignment.typeUrl]: [endpoints(clusterName, ["10.0.0.1"])],
    [NameTable.typeUrl]: [nameTable({ [host]: ["10.96.0.10"] })],
  }[request.typeUrl];
  stream.send({ typeUrl: request.typeUrl, versionInfo: "1", nonce: `${stream.number} ${request.typeUrl}`, resources });
}

async function startPlane(credentials?: grpc.ServerCredentials): Promise<ScriptedControlPlane> {
  const plane = await ScriptedControlPlane.start(credentials);
  plane.script = serveOneService;
  cleanups.push(() => plane.stop());
  return plane;
}

async function joinMesh(
  address: string,
  environment: Environment = {},
  ...options: readonly XDSOption[]
): Promise<XDSResourceManager> {
  const manager = await createXDSResourceManager(
    withEnvironment({ ...podEnvironment, ...environment }),
    withXDSServerAddress(address),
    withLogger(new RecordingLogger()),
    ...options,
  );
  cleanups.push(() => manager.close());
  return manager;
}

// Connecting again takes a second or so, by design.
const timeout = 30_000;

describe("a control plane on a socket", { timeout }, () => {
  it("is asked as istiod expects: node first, everything acknowledged", async () => {
    const plane = await startPlane();
    const manager = await joinMesh(plane.address);
    expect((await route(clientSuite(manager)))?.cluster).toBe(clusterName);
    const [first] = plane.requests;
    expect(first?.request.node).toMatchObject({
      id: "sidecar~127.0.0.1~kitex-client-6d5f8c7b9-x2x7k.default~default.svc.cluster.local",
      userAgentName: "kitex-ts",
    });
    await plane.answer(`1 ${ClusterLoadAssignment.typeUrl}`);
    expect(plane.requests.filter(({ request }) => request.errorDetail !== undefined)).toEqual([]);
    expect(plane.requests.filter(({ request }) => request.node !== undefined)).toHaveLength(1);
    expect(manager.status).toMatchObject({ state: "connected", address: plane.address });
  });

  it("may be away when the program starts, and calls work as soon as it is there (defect 2)", async () => {
    const plane = await startPlane();
    await plane.stop();
    const manager = await joinMesh(plane.address, {}, withFetchTimeout(30));
    const suite = clientSuite(manager);
    const error = await routeError(suite);
    expect(error.kind).toBe("service_discovery");
    expect(error.message).toContain(`control plane ${plane.address} `);
    await eventually(() => manager.status.state === "unreachable");
    expect((await routeError(suite)).message).toMatch(/unreachable since .*last error: UNAVAILABLE/);
    await plane.listen();
    await eventually(() =>
      route(suite).then(
        () => true,
        () => false,
      ),
    );
  });

  it("may restart: calls go on meanwhile, and changes arrive afterwards", async () => {
    const plane = await startPlane();
    const suite = clientSuite(await joinMesh(plane.address));
    await route(suite);
    await plane.stop();
    for (let call = 0; call < 50; call++) expect((await route(suite))?.cluster).toBe(clusterName);
    plane.script = (received) => {
      if (received.request.typeUrl !== RouteConfiguration.typeUrl) serveOneService(received);
      else if (received.request.responseNonce === "") {
        const resources = [routeConfig(`${host}:80`, [routeTo(clusterName, undefined, "after the restart")])];
        received.stream.send({ typeUrl: RouteConfiguration.typeUrl, versionInfo: "2", nonce: "n", resources });
      }
    };
    await plane.listen();
    await eventually(async () => (await route(suite))?.routeName === "after the restart");
    const again = plane.requests.find(
      ({ stream, request }) => stream.number === 2 && request.typeUrl === Cluster.typeUrl,
    );
    expect(again?.request).toMatchObject({ versionInfo: "1", responseNonce: "" });
  });

  it("may fail every stream: the client waits between attempts (defect 1)", async () => {
    const plane = await startPlane();
    plane.onStream = (stream) => stream.fail(grpc.status.UNAVAILABLE, "not ready");
    const manager = await joinMesh(plane.address);
    await eventually(() => manager.status.state === "unreachable");
    expect(plane.streamCount).toBe(1);
    expect(manager.status.lastError).toContain("not ready");
  });

  it("may never answer: init does not hang, calls fail within their time (defect 3)", async () => {
    const plane = await startPlane();
    plane.script = () => {};
    const manager = await joinMesh(plane.address, {}, withFetchTimeout(30));
    const error = await routeError(clientSuite(manager));
    expect(error.message).toContain("has not answered since");
    await expect(joinMesh(plane.address, {}, withFailFast(30))).rejects.toMatchObject({
      kind: "service_discovery",
      message: expect.stringContaining("has not answered since"),
    });
    await expect(joinMesh("127.0.0.1:1", {}, withFailFast(30))).rejects.toThrow("control plane 127.0.0.1:1 ");
  });

  it("is waited for with fail-fast, when it answers", async () => {
    const plane = await startPlane();
    const manager = await joinMesh(plane.address, {}, withFailFast(10_000));
    expect(manager.status.state).toBe("connected");
  });

  it("may send megabytes (defect 6: gRPC's limit of 4 MiB)", async () => {
    const plane = await startPlane();
    plane.script = (received) => {
      if (received.request.typeUrl !== Cluster.typeUrl || received.request.responseNonce !== "")
        serveOneService(received);
      else {
        const many = Array.from({ length: 6_000 }, (_, index) =>
          cluster(`outbound|80||service-${index}.${"x".repeat(900)}`),
        );
        received.stream.send({
          typeUrl: Cluster.typeUrl,
          versionInfo: "1",
          nonce: "big",
          resources: [...many, cluster(clusterName)],
        });
      }
    };
    expect((await route(clientSuite(await joinMesh(plane.address)), { rpcTimeoutMs: 20_000 }))?.cluster).toBe(
      clusterName,
    );
    expect((await plane.answer("big")).errorDetail).toBeUndefined();
  });

  it("may send bytes that are nothing: the client begins anew and goes on", async () => {
    const plane = await startPlane();
    plane.onStream = (stream) => {
      if (stream.number === 1) stream.sendBytes(new Uint8Array([0xff, 0xff, 0xff, 0xff]));
    };
    const manager = await joinMesh(plane.address);
    await eventually(() => manager.status.state === "unreachable");
    expect(manager.status.lastError).toContain("a response that is no DiscoveryResponse");
    await eventually(() => manager.status.state === "connected");
  });
});

describe("TLS to the control plane", { timeout }, () => {
  const certificates = join(import.meta.dirname, "fixtures", "tls");
  const read = (name: string): Buffer => readFileSync(join(certificates, name));
  const serverCredentials = (name: string): grpc.ServerCredentials =>
    grpc.ServerCredentials.createSsl(null, [{ private_key: read(`${name}.key`), cert_chain: read(`${name}.pem`) }]);

  function authFiles(): { readonly environment: Environment; readonly tokenFile: string } {
    const folder = mkdtempSync(join(tmpdir(), "kitex-ts-xds-"));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "first-token\n");
    return {
      tokenFile,
      environment: {
        KITEX_XDS_ISTIO_AUTH: "true",
        KITEX_XDS_SA_TOKEN_PATH: tokenFile,
        XDS_ROOT_CA: join(certificates, "root.pem"),
      },
    };
  }

  it("verifies the server's certificate and sends the token", async () => {
    const plane = await startPlane(serverCredentials("istiod"));
    const { environment } = authFiles();
    expect((await route(clientSuite(await joinMesh(plane.address, environment))))?.cluster).toBe(clusterName);
    expect(plane.requests[0]?.authorization).toBe("Bearer first-token");
  });

  it("reads the token again for every stream (defect 4: read once, then expired for ever)", async () => {
    const plane = await startPlane(serverCredentials("istiod"));
    const { environment, tokenFile } = authFiles();
    let hasFailed = false;
    plane.onStream = (stream) => {
      if (hasFailed) return;
      hasFailed = true;
      writeFileSync(tokenFile, "second-token\n");
      stream.fail(grpc.status.UNAUTHENTICATED, "token expired");
    };
    const suite = clientSuite(await joinMesh(plane.address, environment));
    await eventually(() =>
      route(suite).then(
        () => true,
        () => false,
      ),
    );
    expect(plane.requests.at(-1)?.authorization).toBe("Bearer second-token");
  });

  it("gives no token to a server with another name or another root (defect 5: the certificate was not verified)", async () => {
    for (const name of ["impostor", "stranger"]) {
      const plane = await startPlane(serverCredentials(name));
      const manager = await joinMesh(plane.address, authFiles().environment);
      await eventually(() => manager.status.state === "unreachable");
      expect(plane.streamCount).toBe(0);
      expect(manager.status.lastError).toContain("UNAVAILABLE");
    }
  });

  it("tries again later when the token or the root certificate is not there yet", async () => {
    const plane = await startPlane(serverCredentials("istiod"));
    const { environment, tokenFile } = authFiles();
    rmSync(tokenFile);
    const manager = await joinMesh(plane.address, environment);
    await eventually(() => manager.status.state === "unreachable");
    expect(manager.status.lastError).toContain("ENOENT");
    writeFileSync(tokenFile, "late-token");
    await eventually(() => manager.status.state === "connected");
    expect(plane.requests[0]?.authorization).toBe("Bearer late-token");
    expect((await route(clientSuite(manager), { destination: defaultDestination }))?.cluster).toBe(clusterName);
  });
});
