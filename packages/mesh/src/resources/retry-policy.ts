import {
  durationOf,
  type MessageInit,
  PreviousHostsPredicate,
  PreviousPrioritiesConfig,
  packAny,
  type RetryPolicy,
} from "@kitex-ts/xds-protos";
import type { Retries } from "../model/retries.ts";

const DEFAULT_CONDITIONS = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
const DEFAULT_ATTEMPTS = 2;
const HOST_SELECTION_ATTEMPTS = 5;

const SKIP_TRIED_HOSTS = {
  name: "envoy.retry_host_predicates.previous_hosts",
  typedConfig: packAny(PreviousHostsPredicate, {}),
};

/** Codes move to a list of their own, which then needs its condition. */
const conditionsOf = (
  retryOn: readonly string[],
): Pick<MessageInit<RetryPolicy>, "retryOn" | "retriableStatusCodes"> => {
  const codes = retryOn.filter((word) => /^\d{3}$/.test(word)).map(Number);
  const words = retryOn.filter((word) => !/^\d{3}$/.test(word));
  if (codes.length > 0 && !words.includes("retriable-status-codes")) words.push("retriable-status-codes");
  return { retryOn: words.join(","), retriableStatusCodes: codes };
};

/** Istio puts a policy on every route; only `attempts: 0` removes it. */
export const retryPolicy = (retries: Retries | undefined): MessageInit<RetryPolicy> | undefined => {
  if (retries?.attempts === 0) return undefined;
  return {
    ...(retries?.retryOn === undefined ? { retryOn: DEFAULT_CONDITIONS } : conditionsOf(retries.retryOn)),
    numRetries: { value: retries?.attempts ?? DEFAULT_ATTEMPTS },
    perTryTimeout: retries?.perTryTimeoutMs === undefined ? undefined : durationOf(retries.perTryTimeoutMs),
    retryHostPredicate: retries?.ignorePreviousHosts === false ? [] : [SKIP_TRIED_HOSTS],
    hostSelectionRetryMaxAttempts: HOST_SELECTION_ATTEMPTS,
    retryBackOff: retries?.backoffMs === undefined ? undefined : { baseInterval: durationOf(retries.backoffMs) },
    retryPriority: retries?.remoteLocalities === true ? previousPriorities(retries.attempts) : undefined,
  };
};

const previousPriorities = (attempts: number) => ({
  name: "envoy.retry_priorities.previous_priorities",
  typedConfig: packAny(PreviousPrioritiesConfig, { updateFrequency: attempts }),
});
