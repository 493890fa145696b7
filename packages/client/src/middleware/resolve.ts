import { type Context, type Endpoint, RPCError, type RPCErrorOptions } from "@kitex-ts/core";
import { toRPCError } from "@kitex-ts/core/internal";
import type { Attempt, Instance, Picker } from "@kitex-ts/core/spi";
import type { Avoided } from "@kitex-ts/transport";
import { checkAddress, instanceAt } from "../discovery/static-resolver.ts";
import type { Target, TargetCache } from "../discovery/target-cache.ts";
import { attemptFor } from "./attempt-for.ts";
import { bounded } from "./bounded.ts";

/** Instances of one attempt that may turn out unreachable. Calls must not wait for a long list of dead ones, nor dial all of it. */
const MAX_UNREACHED = 5;

const contextOf = ({ call }: Attempt): RPCErrorOptions => ({
  service: call.target.destination,
  method: call.target.method.name,
  requestWritten: false,
});

const noInstance = (attempt: Attempt, target: Target, last: unknown): RPCError =>
  attempt.tried.length === 0
    ? new RPCError(
        "service_discovery",
        `no instance available for ${target.name}; is anything ready behind it?`,
        contextOf(attempt),
      )
    : new RPCError(
        "no_more_instance",
        `none of the ${attempt.tried.length} instances of ${target.name} could be connected to`,
        { ...contextOf(attempt), cause: last },
      );

const tooManyUnreached = (attempt: Attempt, target: Target, last: unknown): RPCError =>
  new RPCError(
    "no_more_instance",
    `${MAX_UNREACHED} of the ${target.instances.length} instances of ${target.name} could not be connected to; an attempt asks no more than that`,
    { ...contextOf(attempt), cause: last },
  );

/** What a resolver or balancer throws of its own, with the call it failed. */
const foreignError = (error: unknown, kind: "service_discovery" | "loadbalance", attempt: Attempt): RPCError => {
  const { destination, method } = attempt.call.target;
  return toRPCError(error, kind, { service: destination, method: method.name });
};

/** Picks an instance that is not to be avoided, if there is one. Those passed over may still be asked, should the others not be reachable. */
const pickOther = (picker: Picker, attempt: Attempt, target: Target, avoided: Avoided): Instance | undefined => {
  const { tried } = attempt;
  attempt.tried = [...tried, ...target.instances.filter(({ address }) => avoided.has(address))];
  const other = picker.pick(attempt);
  attempt.tried = tried;
  return other ?? picker.pick(attempt);
};

/**
 * Finds the instance for an attempt and goes on to it, to one that is to be avoided only if there is no other. An instance that cannot be connected
 * to has seen nothing of the call, so the next one is asked, each at most once and {@link MAX_UNREACHED} at most.
 */
export const resolveAndBalance = (next: Endpoint, targets: TargetCache, avoided: Avoided): Endpoint => {
  const pickAndCall = (
    request: unknown,
    ctx: Context,
    attempt: Attempt,
    target: Target,
    unreached: number,
    last: unknown,
  ): Promise<unknown> => {
    let picker: Picker;
    let instance: Instance | undefined;
    try {
      picker = target.picker();
      instance = avoided.any ? pickOther(picker, attempt, target, avoided) : picker.pick(attempt);
    } catch (error) {
      return Promise.reject(foreignError(error, "loadbalance", attempt));
    }
    if (instance === undefined) return Promise.reject(noInstance(attempt, target, last));
    attempt.instance = instance;
    const answer = next(request, ctx);
    const watched = picker.done === undefined ? answer : reporting(answer, picker, attempt);
    if (target.instances.length < 2) return watched;
    return watched.catch((error: unknown) => {
      const isUnreached =
        error instanceof RPCError && error.kind === "get_connection" && error.requestWritten === false;
      if (!isUnreached || attempt.cancelSlot.cancelReason !== undefined) throw error;
      attempt.exclude(instance);
      if (unreached + 1 === MAX_UNREACHED && target.instances.length > MAX_UNREACHED) {
        throw tooManyUnreached(attempt, target, error);
      }
      return pickAndCall(request, ctx, attempt, target, unreached + 1, error);
    });
  };

  return (request, ctx) => {
    const attempt = attemptFor(ctx);
    const { hostPort } = attempt.call.settings;
    if (hostPort !== undefined) {
      checkAddress(hostPort);
      attempt.instance = instanceAt(hostPort);
      return next(request, ctx);
    }
    let target: Target;
    try {
      target = targets.get(attempt);
    } catch (error) {
      return Promise.reject(foreignError(error, "service_discovery", attempt));
    }
    if (target.isKnown) return pickAndCall(request, ctx, attempt, target, 0, undefined);
    // A resolver may come from anybody, and may forget the deadline.
    return bounded(() => target.ready(attempt), undefined, attempt).then(
      () => pickAndCall(request, ctx, attempt, target, 0, undefined),
      (error: unknown) => {
        throw foreignError(error, "service_discovery", attempt);
      },
    );
  };
};

/** Tells a picker that learns from outcomes how the attempt ended. */
const reporting = (answer: Promise<unknown>, picker: Picker, attempt: Attempt): Promise<unknown> => {
  const startedAt = performance.now();
  const tell = (error: unknown): void => picker.done?.(attempt, { error, latencyMs: performance.now() - startedAt });
  return answer.then(
    (response) => {
      tell(undefined);
      return response;
    },
    (error: unknown) => {
      tell(error);
      throw error;
    },
  );
};
