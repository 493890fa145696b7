import { jsonOf, type Node, Struct } from "@kitex-ts/xds-protos";
import { describe, expect, it } from "vitest";
import { bootstrapConfig } from "./bootstrap-config.ts";
import { XDSBootstrapError } from "./bootstrap-error.ts";
import type { Environment } from "./environment.ts";

const pod = { POD_NAMESPACE: "shop", POD_NAME: "cart-7d9f-abcde", INSTANCE_IP: "10.1.2.3" };

const metadataOf = (environment: Environment): Record<string, unknown> => {
  const { metadata } = bootstrapConfig(environment, {}).node;
  return { ...jsonOf(Struct.decode(Struct.encode(metadata as NonNullable<Node["metadata"]>))) };
};

const errorOf = (environment: Environment, serverAddress?: string): XDSBootstrapError => {
  try {
    bootstrapConfig(environment, { serverAddress });
  } catch (error) {
    if (error instanceof XDSBootstrapError) return error;
    throw error;
  }
  throw new Error("the bootstrap was accepted");
};

describe("bootstrapConfig()", () => {
  it("makes istiod's node id, with the long domain that short host names need", () => {
    const { node, namespace, dialect, server } = bootstrapConfig(pod, {});
    expect(node.id).toBe("sidecar~10.1.2.3~cart-7d9f-abcde.shop~shop.svc.cluster.local");
    expect({ namespace, dialect, server }).toEqual({
      namespace: "shop",
      dialect: "sidecar",
      server: { address: "istiod.istio-system.svc:15010", auth: undefined },
    });
  });

  it("takes an IPv6 address of the pod (defect 34: IPv6 in the node id)", () => {
    expect(bootstrapConfig({ ...pod, INSTANCE_IP: "fd00::7" }, {}).node.id).toBe(
      "sidecar~fd00::7~cart-7d9f-abcde.shop~shop.svc.cluster.local",
    );
  });

  it("sends what istiod reads, without any metadata given", () => {
    expect(metadataOf(pod)).toEqual({
      CLUSTER_ID: "Kubernetes",
      DISABLE_HBONE_SEND: "true",
      DNS_AUTO_ALLOCATE: "true",
      DNS_CAPTURE: "true",
      INSTANCE_IPS: "10.1.2.3",
      ISTIO_VERSION: "1.31.0",
      NAME: "cart-7d9f-abcde",
      NAMESPACE: "shop",
    });
  });

  it("adds KITEX_XDS_METAS to the defaults instead of replacing them (defect 34: METAS loses ISTIO_VERSION)", () => {
    const metadata = metadataOf({
      ...pod,
      ISTIO_VERSION: "1.29.0",
      ISTIO_META_MESH_ID: "east",
      ISTIO_METAJSON_LABELS: '{"app":"cart"}',
      KITEX_XDS_METAS: '{"CLUSTER_ID":"c2","DNS_CAPTURE":false,"INSTANCE_IPS":"10.9.9.9,10.1.2.3"}',
    });
    expect(metadata).toMatchObject({
      CLUSTER_ID: "c2",
      DNS_CAPTURE: "false",
      INSTANCE_IPS: "10.1.2.3,10.9.9.9",
      ISTIO_VERSION: "1.29.0",
      LABELS: { app: "cart" },
      MESH_ID: "east",
      NAMESPACE: "shop",
    });
  });

  it("speaks the grpc dialect when the metadata or the option says so, and the option wins", () => {
    const environment = { ...pod, KITEX_XDS_METAS: '{"GENERATOR":"grpc"}' };
    expect(bootstrapConfig(environment, {}).dialect).toBe("grpc");
    expect(metadataOf(environment)).toMatchObject({ GENERATOR: "grpc" });
    const { dialect, node } = bootstrapConfig(environment, { dialect: "sidecar" });
    expect(dialect).toBe("sidecar");
    expect(node.metadata?.fields).not.toHaveProperty("GENERATOR");
  });

  it("looks short names up in the namespace of the metadata", () => {
    expect(bootstrapConfig({ ...pod, KITEX_XDS_METAS: '{"NAMESPACE":"other"}' }, {}).namespace).toBe("other");
  });

  for (const [name, fieldPath] of [
    ["POD_NAMESPACE", "metadata.namespace"],
    ["POD_NAME", "metadata.name"],
    ["INSTANCE_IP", "status.podIP"],
  ] as const) {
    it(`says what ${name} is for and how to set it when it is missing`, () => {
      for (const value of [undefined, "", "  "]) {
        const error = errorOf({ ...pod, [name]: value });
        expect(error.setting).toBe(name);
        expect(error.kind).toBe("service_discovery");
        expect(error.message).toContain(`environment variable ${name} is not set`);
        expect(error.message).toContain(`- name: ${name}\n    valueFrom: {fieldRef: {fieldPath: ${fieldPath}}}`);
      }
    });
  }

  it.each([
    ["POD_NAMESPACE", "Shop"],
    ["POD_NAMESPACE", "a~b"],
    ["POD_NAME", "cart~1"],
    ["INSTANCE_IP", "10.1.2"],
    ["INSTANCE_IP", "localhost"],
    ["KITEX_XDS_METAS", "{"],
    ["KITEX_XDS_METAS", "[1]"],
    ["KITEX_XDS_METAS", '"text"'],
    ["KITEX_XDS_METAS", '{"INTERCEPTION_MODE":"NONE"}'],
    ["ISTIO_METAJSON_LABELS", "app=cart"],
    ["KITEX_XDS_ISTIO_ADDR", "istiod"],
    ["KITEX_XDS_ISTIO_ADDR", "istiod:0"],
    ["KITEX_XDS_ISTIO_ADDR", "istiod:99999"],
    ["KITEX_XDS_ISTIO_ADDR", "http://istiod:15010"],
    ["KITEX_XDS_ISTIO_AUTH", "yes"],
    ["KITEX_XDS_ISTIO_AUTH", "true"],
  ])("refuses %s=%s and names it", (name, value) => {
    const error = errorOf({ ...pod, [name]: value });
    expect(error.setting).toBe(name);
    expect(error.message).toContain(name);
  });

  it("prefers the option to KITEX_XDS_ISTIO_ADDR, and names the option when that is wrong", () => {
    const environment = { ...pod, KITEX_XDS_ISTIO_ADDR: "istiod:15010" };
    expect(bootstrapConfig(environment, { serverAddress: "[::1]:15010" }).server.address).toBe("[::1]:15010");
    expect(bootstrapConfig(environment, { serverAddress: "unix:/etc/istio/XDS" }).server.address).toBe(
      "unix:/etc/istio/XDS",
    );
    expect(errorOf(environment, "nowhere").setting).toBe("withXDSServerAddress");
  });

  it("wants port 15012 for TLS and a token, with Kitex' variables", () => {
    const { server } = bootstrapConfig(
      { ...pod, KITEX_XDS_ISTIO_ADDR: "istiod.istio-system.svc:15012", KITEX_XDS_ISTIO_AUTH: "true" },
      {},
    );
    expect(server.auth).toEqual({
      serverName: "istiod.istio-system.svc",
      rootCertificateFile: "/var/run/secrets/istio/root-cert.pem",
      tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      clusterID: "Kubernetes",
    });
    expect(errorOf({ ...pod, KITEX_XDS_ISTIO_AUTH: "true" }).message).toContain("Use port 15012");
  });
});
