import type { Field } from "../yaml/field.ts";

/** An Istio `HTTPRetry`. */
export interface Retries {
  /** 0 switches retries off. */
  readonly attempts: number;
  readonly perTryTimeoutMs: number | undefined;
  /** Conditions and HTTP codes as written; `undefined` means Istio's default. */
  readonly retryOn: readonly string[] | undefined;
  readonly backoffMs: number | undefined;
  readonly remoteLocalities: boolean;
  readonly ignorePreviousHosts: boolean;
}

/** What Envoy knows in `x-envoy-retry-on` and `x-envoy-retry-grpc-on`. */
const CONDITIONS = [
  ...["5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "envoy-ratelimited", "retriable-4xx"],
  ...["refused-stream", "retriable-status-codes", "retriable-headers", "http3-post-connect-failure"],
  ...["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"],
];

const readRetryOn = (field: Field): readonly string[] => {
  const words = (field.string() ?? "").split(",").map((word) => word.trim());
  return words.filter((word) => {
    if (word === "" || CONDITIONS.includes(word) || /^[1-5]\d\d$/.test(word)) return word !== "";
    field.error(`${JSON.stringify(word)} is not a retry condition`, `an HTTP code, or one of ${CONDITIONS.join(", ")}`);
    return false;
  });
};

/** Reads a duration that Istio wants to be at least 1 ms. */
export const readTimeout = (field: Field): number | undefined => {
  const milliseconds = field.duration();
  if (milliseconds === undefined || milliseconds >= 1) return milliseconds;
  field.error("must be at least 1ms", "leave it out for no limit");
  return undefined;
};

/** Reads `http[].retries`. */
export const readRetries = (field: Field): Retries => {
  const retries = field
    .mapping()
    .only(["attempts", "perTryTimeout", "retryOn", "backoff", "retryRemoteLocalities", "retryIgnorePreviousHosts"]);
  const timeout = retries.get("perTryTimeout");
  const retryOn = retries.get("retryOn");
  const backoff = retries.get("backoff");
  return {
    attempts: retries.get("attempts")?.integer(0, 1_000_000) ?? 0,
    perTryTimeoutMs: timeout && readTimeout(timeout),
    retryOn: retryOn && readRetryOn(retryOn),
    backoffMs: backoff && readTimeout(backoff),
    remoteLocalities: retries.get("retryRemoteLocalities")?.boolean() ?? false,
    ignorePreviousHosts: retries.get("retryIgnorePreviousHosts")?.boolean() ?? true,
  };
};
