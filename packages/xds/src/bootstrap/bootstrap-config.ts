import type { JsonObject, MessageInit, Node } from "@kitex-ts/xds-protos";
import { structOf } from "@kitex-ts/xds-protos";
import { type ControlPlaneAuth, controlPlaneAuth } from "./control-plane-auth.ts";
import { type Environment, podIdentity } from "./environment.ts";
import { nodeMetadata } from "./node-metadata.ts";
import { checkServerAddress, defaultServerAddress } from "./server-address.ts";

/**
 * What istiod generates for this client. `sidecar`: what a sidecar gets, complete and safe, with the whole mesh's listeners and clusters.
 * `grpc`: only what is asked for, without some security settings (metadata `GENERATOR: grpc`).
 */
export type Dialect = "sidecar" | "grpc";

/** How to reach the control plane. */
export interface XDSServerConfig {
  /** `host:port` or `unix:/path`. */
  readonly address: string;
  /** undefined: plaintext. */
  readonly auth: ControlPlaneAuth | undefined;
}

/** Everything the ADS client needs to know before it connects. */
export interface BootstrapConfig {
  readonly server: XDSServerConfig;
  readonly node: MessageInit<Node>;
  readonly dialect: Dialect;
  /** Where short host names are looked up. */
  readonly namespace: string;
  /** The DNS domain of the Kubernetes cluster. */
  readonly clusterDomain: string;
}

/** What options may say about the bootstrap; whatever is left out comes from the environment. */
export interface BootstrapOverrides {
  readonly serverAddress?: string | undefined;
  readonly dialect?: Dialect | undefined;
  readonly metadata?: JsonObject | undefined;
}

const stringOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** @throws `XDSBootstrapError` naming what is missing or wrong */
export function bootstrapConfig(environment: Environment, overrides: BootstrapOverrides): BootstrapConfig {
  const pod = podIdentity(environment);
  const address =
    overrides.serverAddress === undefined
      ? checkServerAddress(environment["KITEX_XDS_ISTIO_ADDR"]?.trim() || defaultServerAddress, "KITEX_XDS_ISTIO_ADDR")
      : checkServerAddress(overrides.serverAddress, "withXDSServerAddress");
  const given = nodeMetadata(environment, pod, overrides.metadata ?? {});
  const dialect = overrides.dialect ?? (given["GENERATOR"] === "grpc" ? "grpc" : "sidecar");
  const { GENERATOR: _, ...rest } = given;
  const metadata: JsonObject = dialect === "grpc" ? { ...rest, GENERATOR: "grpc" } : rest;
  const namespace = stringOf(metadata["NAMESPACE"]) ?? pod.namespace;
  const clusterDomain = environment["KITEX_XDS_DOMAIN"]?.trim() || "cluster.local";
  return {
    server: { address, auth: controlPlaneAuth(environment, address, stringOf(metadata["CLUSTER_ID"]) ?? "Kubernetes") },
    node: {
      // The long form of the last part: with the short one, istiod does not expand short host names.
      id: `sidecar~${pod.ip}~${pod.name}.${pod.namespace}~${pod.namespace}.svc.${clusterDomain}`,
      cluster: `${pod.name}.${namespace}`,
      metadata: structOf(metadata),
      userAgentName: "kitex-ts",
      clientFeatures: ["xds.config.resource-in-sotw"],
    },
    dialect,
    namespace,
    clusterDomain,
  };
}
