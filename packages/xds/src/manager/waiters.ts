import type { RPCError } from "@kitex-ts/core";
import { CallbackTimer, type CancelSlot, timers, type Waiter } from "@kitex-ts/core/spi";

/** One call that waits. */
class Waiting<T> implements Waiter {
  readonly #cancel: CancelSlot | undefined;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: RPCError) => void;
  readonly #all: Set<Waiting<T>>;
  readonly #timer: CallbackTimer;

  constructor(
    all: Set<Waiting<T>>,
    deadline: number,
    cancel: CancelSlot | undefined,
    onTimeout: () => RPCError,
    resolve: (value: T) => void,
    reject: (error: RPCError) => void,
  ) {
    this.#all = all;
    this.#cancel = cancel;
    this.#timer = new CallbackTimer(() => this.settle(undefined, onTimeout()));
    this.#resolve = resolve;
    this.#reject = reject;
    all.add(this);
    timers.add(this.#timer, deadline);
    cancel?.addWaiter(this);
  }

  onCancel(reason: RPCError): void {
    this.settle(undefined, reason);
  }

  settle(value: T | undefined, error: RPCError | undefined): void {
    if (!this.#all.delete(this)) return;
    timers.remove(this.#timer);
    this.#cancel?.removeWaiter(this);
    if (error === undefined) this.#resolve(value as T);
    else this.#reject(error);
  }
}

/** Calls that wait for the same thing, each with its own deadline and cancellation: one that gives up takes nothing from the others. */
export class Waiters<T> {
  readonly #all = new Set<Waiting<T>>();

  /** `deadline` in monotonic milliseconds; `onTimeout` makes the error for it. */
  wait(deadline: number, cancel: CancelSlot | undefined, onTimeout: () => RPCError): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      new Waiting<T>(this.#all, deadline, cancel, onTimeout, resolve, reject);
    });
  }

  get size(): number {
    return this.#all.size;
  }

  resolve(value: T): void {
    for (const waiting of [...this.#all]) waiting.settle(value, undefined);
  }

  reject(error: RPCError): void {
    for (const waiting of [...this.#all]) waiting.settle(undefined, error);
  }
}
