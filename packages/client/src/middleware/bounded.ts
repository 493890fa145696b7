import type { Endpoint, RPCError } from "@kitex-ts/core";
import type { Attempt, CancelSlot, Waiter } from "@kitex-ts/core/spi";

/** The promise of an attempt, which ends with the attempt, whatever below does not answer. */
class BoundedAnswer implements Waiter {
  readonly #slot: CancelSlot;
  readonly #resolve: (response: unknown) => void;
  readonly #reject: (reason: Error) => void;

  constructor(slot: CancelSlot, resolve: (response: unknown) => void, reject: (reason: Error) => void) {
    this.#slot = slot;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onCancel(reason: RPCError): void {
    this.#reject(reason);
  }

  succeed(response: unknown): void {
    this.#slot.removeWaiter(this);
    this.#resolve(response);
  }

  fail(error: Error): void {
    this.#slot.removeWaiter(this);
    this.#reject(error);
  }
}

/** Waits for `next` no longer than the attempt may take, and not beyond its cancellation: for code that may keep neither. */
export const bounded = (next: Endpoint, request: unknown, attempt: Attempt): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const answer = new BoundedAnswer(attempt.cancelSlot, resolve, reject);
    attempt.cancelSlot.addWaiter(answer);
    try {
      next(request, attempt).then(
        (response) => answer.succeed(response),
        (error: Error) => answer.fail(error),
      );
    } catch (error) {
      answer.fail(error as Error);
    }
  });
