import { XDSBootstrapError } from "./bootstrap-error.ts";
import type { Environment } from "./environment.ts";
import { portOf } from "./server-address.ts";

/** TLS to the control plane, with the pod's service account token. Kitex: `XDSAuth`. */
export interface ControlPlaneAuth {
  /** The name its certificate must have. */
  readonly serverName: string;
  /** PEM file with the mesh's root certificates; the server is always verified. */
  readonly rootCertificateFile: string;
  /** Read again for every stream, since tokens rotate. */
  readonly tokenFile: string;
  /** gRPC metadata `clusterid`, which istiod wants beside the token. */
  readonly clusterID: string;
}

const authVariable = "KITEX_XDS_ISTIO_AUTH";
/** istiod's plaintext port. */
const plaintextPort = 15010;

/**
 * What `KITEX_XDS_ISTIO_AUTH` asks for; undefined when it is off.
 *
 * @throws {@link XDSBootstrapError} when it is neither true nor false, or the address is istiod's plaintext port
 */
export function controlPlaneAuth(
  environment: Environment,
  address: string,
  clusterID: string,
): ControlPlaneAuth | undefined {
  const value = environment[authVariable]?.trim().toLowerCase() || "false";
  if (value === "false") return undefined;
  if (value !== "true") {
    throw new XDSBootstrapError(
      authVariable,
      `environment variable ${authVariable} is ${JSON.stringify(value)}. It is "true" for TLS and a token to the control plane, or "false"`,
    );
  }
  if (portOf(address) === plaintextPort) {
    throw new XDSBootstrapError(
      authVariable,
      `${authVariable} is true, but ${address} is istiod's plaintext port, where a token would be readable. Use port 15012, for example KITEX_XDS_ISTIO_ADDR=istiod.istio-system.svc:15012`,
    );
  }
  return {
    serverName: environment["KITEX_XDS_ISTIO_SERVICE_NAME"]?.trim() || "istiod.istio-system.svc",
    rootCertificateFile: environment["XDS_ROOT_CA"]?.trim() || "/var/run/secrets/istio/root-cert.pem",
    tokenFile: environment["KITEX_XDS_SA_TOKEN_PATH"]?.trim() || "/var/run/secrets/kubernetes.io/serviceaccount/token",
    clusterID,
  };
}
