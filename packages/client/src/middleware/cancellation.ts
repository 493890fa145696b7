import { RPCError } from "@kitex-ts/core";
import type { Call, CallEndpoint, Waiter } from "@kitex-ts/core/spi";
import { forgetAbort, onceAborted } from "./abort-watch.ts";

/** Passes the end of a parent's context on to the call made on its behalf. */
class ParentWatch implements Waiter {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  onCancel(reason: RPCError): void {
    this.#call.cancelSlot.cancel(canceled(this.#call, "the context of the call it was made for was cancelled", reason));
  }
}

const canceled = (call: Call, why: string, cause: unknown): RPCError => {
  const { destination, method } = call.target;
  return new RPCError("canceled_by_business", `${why}, to=${destination}, method=${method.name}`, {
    service: destination,
    method: method.name,
    cause,
  });
};

/** Gives the call up when its parent's context or the caller's signal does. Calls with neither pass through. */
export const withCancellation =
  (next: CallEndpoint): CallEndpoint =>
  (request, call) => {
    const signal = call.callerSignal;
    const parentSlot = call.parent?.cancelSlot;
    if (signal === undefined && parentSlot === undefined) return next(request, call);

    const watch = new ParentWatch(call);
    const onAbort = (): void =>
      call.cancelSlot.cancel(canceled(call, "the caller's signal was aborted", signal?.reason));
    parentSlot?.addWaiter(watch);
    if (signal?.aborted === true) onAbort();
    else if (signal !== undefined) onceAborted(signal, onAbort);
    const forget = (): void => {
      parentSlot?.removeWaiter(watch);
      if (signal !== undefined) forgetAbort(signal, onAbort);
    };
    if (call.cancelSlot.cancelReason !== undefined) {
      forget();
      return Promise.reject(call.cancelSlot.cancelReason);
    }
    try {
      return next(request, call).finally(forget);
    } catch (error) {
      forget();
      throw error;
    }
  };
