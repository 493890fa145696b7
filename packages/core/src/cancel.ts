import type { RPCError } from "./errors.ts";
import { timers, WheelTimer } from "./time/timer-wheel.ts";

/** Something that waits on behalf of a call and gives up when told. */
export interface Waiter {
  onCancel(reason: RPCError): void;
}

/** Something that is over at a moment. */
export interface Expiring {
  /** Monotonic milliseconds; `Infinity` for never. */
  readonly deadline: number;
  /** Says, when that moment has come, that it is over. */
  expire(): void;
}

/**
 * Whether, and why, a call was given up. Cheaper than an `AbortController` (which costs microseconds on Node 20): a call has one
 * waiter or two, held in fields; the `AbortSignal` exists only after somebody asked for it. The slot is the timer of whatever it was given to with
 * `limitTo`, so that all who wait share one, which runs while anybody waits.
 */
export class CancelSlot extends WheelTimer {
  #reason: RPCError | undefined = undefined;
  #limit: Expiring | undefined = undefined;
  #waiter: Waiter | undefined = undefined;
  /** With user middleware there are two: the attempt's promise and the pending call. */
  #second: Waiter | undefined = undefined;
  #others: Set<Waiter> | undefined = undefined;
  #controller: AbortController | undefined = undefined;

  /** Why the call was given up; undefined while it goes on. */
  get cancelReason(): RPCError | undefined {
    return this.#reason;
  }

  /** From now on those who wait do so until the deadline of `limit` at the latest; call it again when that has been brought forward. */
  limitTo(limit: Expiring): void {
    this.#limit = limit;
    if (this.#waiter !== undefined) this.#startTimer();
  }

  #startTimer(): void {
    const limit = this.#limit;
    if (limit !== undefined && limit.deadline !== Infinity) timers.add(this, limit.deadline);
  }

  onTimer(): void {
    this.#limit?.expire();
  }

  /** Registers a waiter. When the slot is cancelled already, the waiter is told at once. */
  addWaiter(waiter: Waiter): void {
    if (this.#reason !== undefined) waiter.onCancel(this.#reason);
    else if (this.#waiter === undefined) {
      this.#waiter = waiter;
      this.#startTimer();
    } else if (this.#second === undefined) this.#second = waiter;
    else {
      this.#others ??= new Set();
      this.#others.add(waiter);
    }
  }

  removeWaiter(waiter: Waiter): void {
    if (this.#second === waiter) this.#second = undefined;
    else if (this.#waiter === waiter) {
      // The first place is empty only when nobody waits.
      this.#waiter = this.#second ?? this.#another();
      this.#second = undefined;
      if (this.#waiter === undefined) timers.remove(this);
    } else this.#others?.delete(waiter);
  }

  /** Takes one out of those who came third or later. */
  #another(): Waiter | undefined {
    if (this.#others === undefined) return undefined;
    const [other] = this.#others;
    if (other !== undefined) this.#others.delete(other);
    return other;
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
    timers.remove(this);
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

  /** Has anybody asked for the signal? */
  get hasSignal(): boolean {
    return this.#controller !== undefined;
  }
}
