import type { Endpoint, RPCError } from "@kitex-ts/core";
import {
  Attempt,
  type AttemptLimit,
  type Call,
  type CallEndpoint,
  type Instance,
  routeTimeoutMs,
} from "@kitex-ts/core/spi";
import { bounded } from "./bounded.ts";

const none: readonly Instance[] = [];

/**
 * From the call to its attempts. The earliest limit counts: the RPC timeout, the route's timeout (when no timeout is set in code), the deadline
 * of the context the call is made for.
 *
 * @param hasUserCode whether middleware of the user stands below. Then this layer owns the promise that the caller waits for, since such code may
 * never answer. Without it everything below keeps the deadline itself (resolver, pool, connection), and a promise and its closures are saved.
 */
export const attemptOnce =
  (next: Endpoint, hasUserCode: boolean): CallEndpoint =>
  (request, call) => {
    const { settings, route, startedAt } = call;
    const rpcTimeout = settings.rpcTimeoutMs.value;
    const routeTimeout = routeTimeoutMs(settings, route);
    let limit: AttemptLimit = "deadline of the caller's context";
    if (routeTimeout > 0 && startedAt + routeTimeout < call.deadline) {
      call.deadline = startedAt + routeTimeout;
      limit = "route timeout";
    }
    let deadline = call.deadline;
    if (rpcTimeout > 0 && startedAt + rpcTimeout < deadline) {
      deadline = startedAt + rpcTimeout;
      limit = "rpc timeout";
    }
    const timeoutMs = headerTimeoutMs(call, deadline, limit, rpcTimeout);
    const attempt = new Attempt(call, 1, none, deadline, limit, timeoutMs, call.cancelSlot);
    if (deadline <= startedAt) {
      // Nobody would wait for the answer.
      attempt.expire();
      const reason = call.cancelSlot.cancelReason as RPCError;
      return Promise.reject(reason);
    }
    return hasUserCode ? bounded(next, request, attempt) : next(request, attempt);
  };

/** What the server is told: the configured timeout as it stands when it decides, else what is left. */
const headerTimeoutMs = (call: Call, deadline: number, limit: AttemptLimit, rpcTimeout: number): number => {
  if (deadline === Infinity) return 0;
  if (limit === "rpc timeout") return rpcTimeout;
  if (limit === "route timeout") return call.route?.timeoutMs ?? 0;
  return Math.max(1, Math.ceil(deadline - performance.now()));
};
