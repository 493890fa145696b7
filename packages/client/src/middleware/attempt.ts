import { type Endpoint, RPCError } from "@kitex-ts/core";
import {
  Attempt,
  type Call,
  type CallEndpoint,
  type Instance,
  routeTimeoutMs,
  timers,
  type Waiter,
  WheelTimer,
} from "@kitex-ts/core/spi";

const none: readonly Instance[] = [];

/** Which limit it is that ends the wait; the error says so. */
type Limit = "rpc timeout" | "route timeout" | "deadline of the caller's context";

const timeoutError = (attempt: Attempt, limit: Limit): RPCError => {
  const { target, startedAt, route } = attempt.call;
  const to = `to=${target.destination}, method=${target.method.name}`;
  const remote = attempt.instance === undefined ? "" : `, remote=${attempt.instance.address}`;
  const limitText =
    limit === "rpc timeout"
      ? `timeout=${attempt.timeoutMs}ms, ${to}`
      : limit === "route timeout"
        ? `route timeout=${route?.timeoutMs ?? 0}ms, route=${route?.routeName ?? ""}, ${to}`
        : `the caller's context allowed ${Math.round(attempt.deadline - startedAt)}ms, ${to}`;
  return new RPCError(
    limit === "deadline of the caller's context" ? "timeout_by_business" : "rpc_timeout",
    limitText + remote,
    {
      service: target.destination,
      method: target.method.name,
      address: attempt.instance?.address,
    },
  );
};

/**
 * Bounds an attempt. It owns the promise that the caller waits for, so it also ends waiting for user middleware that never answers; whatever
 * waits below is told through the attempt's cancel slot and frees its place.
 */
class AttemptTimer extends WheelTimer implements Waiter {
  readonly #attempt: Attempt;
  readonly #limit: Limit;
  readonly #reject: (reason: RPCError) => void;

  constructor(attempt: Attempt, limit: Limit, reject: (reason: RPCError) => void) {
    super();
    this.#attempt = attempt;
    this.#limit = limit;
    this.#reject = reject;
  }

  onTimer(): void {
    this.#attempt.cancelSlot.cancel(timeoutError(this.#attempt, this.#limit));
  }

  onCancel(reason: RPCError): void {
    timers.remove(this);
    this.#reject(reason);
  }

  stop(): void {
    timers.remove(this);
    this.#attempt.cancelSlot.removeWaiter(this);
  }
}

const bounded = (next: Endpoint, request: unknown, attempt: Attempt, limit: Limit): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const timer = new AttemptTimer(attempt, limit, reject);
    timers.add(timer, attempt.deadline);
    attempt.cancelSlot.addWaiter(timer);
    next(request, attempt).then(
      (response) => {
        timer.stop();
        resolve(response);
      },
      (error: unknown) => {
        timer.stop();
        reject(error as Error);
      },
    );
  });

/**
 * From the call to its attempts. The earliest limit counts: the RPC timeout, the route's timeout (when no timeout is set in code), the deadline
 * of the context the call is made for.
 */
export const attemptOnce =
  (next: Endpoint): CallEndpoint =>
  (request, call) => {
    const { settings, route, startedAt } = call;
    const rpcTimeout = settings.rpcTimeoutMs.value;
    const routeTimeout = routeTimeoutMs(settings, route);
    let limit: Limit = "deadline of the caller's context";
    if (routeTimeout > 0 && startedAt + routeTimeout < call.callDeadline) {
      call.callDeadline = startedAt + routeTimeout;
      limit = "route timeout";
    }
    let deadline = call.callDeadline;
    if (rpcTimeout > 0 && startedAt + rpcTimeout < deadline) {
      deadline = startedAt + rpcTimeout;
      limit = "rpc timeout";
    }
    const attempt = new Attempt(call, 1, none, deadline, headerTimeoutMs(call, deadline, rpcTimeout), call.cancelSlot);
    return deadline === Infinity ? next(request, attempt) : bounded(next, request, attempt, limit);
  };

/** What the server is told: the configured timeout as it stands when it decides, else what is left. */
const headerTimeoutMs = (call: Call, deadline: number, rpcTimeout: number): number =>
  deadline === Infinity
    ? 0
    : deadline === call.startedAt + rpcTimeout
      ? rpcTimeout
      : Math.max(1, Math.ceil(deadline - performance.now()));
