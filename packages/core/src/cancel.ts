import type { RPCError } from "./errors.ts";

/** Something that waits on behalf of a call and gives up when told. */
export interface Waiter {
  onCancel(reason: RPCError): void;
}

/**
 * Whether, and why, a call was given up. Cheaper than an `AbortController` (which costs microseconds on Node 20): a call has one
 * waiter or two, held in fields; the `AbortSignal` exists only after somebody asked for it.
 */
export class CancelSlot {
  #reason: RPCError | undefined = undefined;
  #waiter: Waiter | undefined = undefined;
  /** With user middleware there are two: the attempt's timer and the pending call. */
  #second: Waiter | undefined = undefined;
  #others: Set<Waiter> | undefined = undefined;
  #controller: AbortController | undefined = undefined;

  /** Why the call was given up; undefined while it goes on. */
  get cancelReason(): RPCError | undefined {
    return this.#reason;
  }

  /** Registers a waiter. When the slot is cancelled already, the waiter is told at once. */
  addWaiter(waiter: Waiter): void {
    if (this.#reason !== undefined) waiter.onCancel(this.#reason);
    else if (this.#waiter === undefined) this.#waiter = waiter;
    else if (this.#second === undefined) this.#second = waiter;
    else {
      this.#others ??= new Set();
      this.#others.add(waiter);
    }
  }

  removeWaiter(waiter: Waiter): void {
    if (this.#waiter === waiter) this.#waiter = undefined;
    else if (this.#second === waiter) this.#second = undefined;
    else this.#others?.delete(waiter);
  }

  /** Tells every waiter, once. Later calls do nothing. */
  cancel(reason: RPCError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const waiter = this.#waiter;
    const second = this.#second;
    const others = this.#others;
    this.#waiter = undefined;
    this.#second = undefined;
    this.#others = undefined;
    waiter?.onCancel(reason);
    second?.onCancel(reason);
    if (others !== undefined) for (const other of others) other.onCancel(reason);
    this.#controller?.abort(reason);
  }

  /** For APIs that take a signal (`fetch`, timers, streams). Made on first use. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Does anybody wait, or hold the signal, so that cancelling would be heard? */
  get isAwaited(): boolean {
    return (
      this.#waiter !== undefined ||
      this.#second !== undefined ||
      (this.#others?.size ?? 0) > 0 ||
      this.#controller !== undefined
    );
  }
}
