import { isIP } from "node:net";
import { XDSBootstrapError } from "./bootstrap-error.ts";

/** Environment variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface PodVariable {
  readonly name: string;
  readonly purpose: string;
  /** Where Kubernetes knows the value. */
  readonly fieldPath: string;
  readonly example: string;
  readonly isValid: (value: string) => boolean;
  readonly shape: string;
}

const isDNSLabel = (value: string): boolean => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value);
const isDNSSubdomain = (value: string): boolean => value.length <= 253 && value.split(".").every(isDNSLabel);

const podNamespace: PodVariable = {
  name: "POD_NAMESPACE",
  purpose:
    "the namespace this pod runs in: the control plane applies that namespace's rules, and short host names are looked up in it",
  fieldPath: "metadata.namespace",
  example: "default",
  isValid: isDNSLabel,
  shape: "a namespace (lower-case letters, digits and '-')",
};

const podName: PodVariable = {
  name: "POD_NAME",
  purpose: "the name of this pod: it identifies the client to the control plane",
  fieldPath: "metadata.name",
  example: "kitex-client-0",
  isValid: isDNSSubdomain,
  shape: "a pod name (lower-case letters, digits, '-' and '.')",
};

const instanceIP: PodVariable = {
  name: "INSTANCE_IP",
  purpose: "the IP address of this pod: the control plane finds the pod by it",
  fieldPath: "status.podIP",
  example: "127.0.0.1",
  isValid: (value) => isIP(value) !== 0,
  shape: "an IPv4 or IPv6 address",
};

const howToSet = ({ name, fieldPath, example }: PodVariable): string =>
  `In the pod's manifest:\n  env:\n  - name: ${name}\n    valueFrom: {fieldRef: {fieldPath: ${fieldPath}}}\nOutside Kubernetes: ${name}=${example}`;

function read(environment: Environment, variable: PodVariable): string {
  const value = environment[variable.name]?.trim() ?? "";
  if (value === "") {
    throw new XDSBootstrapError(
      variable.name,
      `environment variable ${variable.name} is not set. It is ${variable.purpose}. ${howToSet(variable)}`,
    );
  }
  if (!variable.isValid(value)) {
    throw new XDSBootstrapError(
      variable.name,
      `environment variable ${variable.name} is ${JSON.stringify(value)}, which is not ${variable.shape}. It is ${variable.purpose}. ${howToSet(variable)}`,
    );
  }
  return value;
}

/** Who this pod is. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
}

/** @throws {@link XDSBootstrapError} naming the first variable that is missing or wrong */
export const podIdentity = (environment: Environment): PodIdentity => ({
  namespace: read(environment, podNamespace),
  name: read(environment, podName),
  ip: read(environment, instanceIP),
});
