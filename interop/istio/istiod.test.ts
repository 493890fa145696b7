import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Istiod, startIstiod } from "../support/istiod.ts";

const service = `
apiVersion: v1
kind: Service
metadata: { name: kitex-server, namespace: default }
spec:
  clusterIP: 10.96.0.10
  selector: { app: kitex-server }
  ports: [{ port: 80, targetPort: 8888 }]
`;

const virtualService = (weights: readonly number[]): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: kitex-server, namespace: default }
spec:
  hosts: [kitex-server]
  http:
    - route:
${weights.map((weight) => `        - { destination: { host: kitex-server }, weight: ${weight} }`).join("\n")}
`;

describe("istiod", () => {
  let istiod: Istiod;
  beforeAll(async () => {
    istiod = await startIstiod({ config: service });
  });
  afterAll(async () => {
    expect(await istiod.stop()).toBe("ended with status 0");
  });

  it("listens, and shows its root certificate", async () => {
    for (const address of [istiod.grpc, istiod.tls, istiod.http]) {
      const [host = "", port] = address.split(":");
      await new Promise<void>((resolve, reject) => {
        const socket = connect(Number(port), host, () => socket.end(resolve)).on("error", reject);
      });
    }
    expect(await readFile(istiod.rootCert, "utf8")).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });

  it("applies changes, and refuses what Istio's validation refuses", async () => {
    const good = `${service}---${virtualService([100])}`;
    expect(await istiod.apply(good)).toEqual(["create VirtualService default/kitex-server"]);
    await expect(istiod.apply(`${service}---${virtualService([-1])}`)).rejects.toThrow(
      /istiod: VirtualService default\/kitex-server: .*weight/,
    );
    expect(await istiod.apply(good)).toEqual([]);
    expect(await istiod.apply(service)).toEqual(["delete VirtualService default/kitex-server"]);
  });

  it("does not start on a wrong configuration", async () => {
    await expect(startIstiod({ config: "apiVersion: v1\nkind: Nonsense\n" })).rejects.toThrow(/istiod: Nonsense/);
  });
});
