import type { Endpoint, RPCError } from "@kitex-ts/core";
import { type Attempt, timers, type Waiter, WheelTimer } from "@kitex-ts/core/spi";

/** Ends the wait for an attempt at its deadline, whatever below it does not answer. */
class AttemptTimer extends WheelTimer implements Waiter {
  readonly #attempt: Attempt;
  readonly #reject: (reason: Error) => void;

  constructor(attempt: Attempt, reject: (reason: Error) => void) {
    super();
    this.#attempt = attempt;
    this.#reject = reject;
  }

  onTimer(): void {
    this.#attempt.expire();
  }

  onCancel(reason: RPCError): void {
    timers.remove(this);
    this.#reject(reason);
  }

  fail(error: Error): void {
    this.stop();
    this.#reject(error);
  }

  stop(): void {
    timers.remove(this);
    this.#attempt.cancelSlot.removeWaiter(this);
  }
}

/** Waits for `next` no longer than the attempt may take, and not beyond its cancellation: for code that may keep neither. */
export const bounded = (next: Endpoint, request: unknown, attempt: Attempt): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const timer = new AttemptTimer(attempt, reject);
    if (attempt.deadline !== Infinity) timers.add(timer, attempt.deadline);
    attempt.cancelSlot.addWaiter(timer);
    try {
      next(request, attempt).then(
        (response) => {
          timer.stop();
          resolve(response);
        },
        (error: Error) => timer.fail(error),
      );
    } catch (error) {
      timer.fail(error as Error);
    }
  });
