import { type ErrorContext, type RPCError, TransportError } from "@kitex-ts/core";
import type { Attempt, Waiter } from "@kitex-ts/core/spi";
import type { Sequenced } from "./sequence-table.ts";

/** Where a call waits: for a connection, or for its answer. Told to let go when the call is given up. */
export interface CallHolder {
  release(call: PendingCall): void;
}

/** A call on its way: the one object that the transport makes for it. */
export class PendingCall implements Waiter, Sequenced {
  readonly attempt: Attempt;
  readonly request: unknown;
  sequenceId = 0;
  /** How often it went onto a connection. */
  tries = 0;
  /** The outbox's count of flushes when it was committed. */
  flushMark = 0;
  holder: CallHolder | undefined = undefined;
  isSettled = false;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: Error) => void;

  constructor(attempt: Attempt, request: unknown, resolve: (value: unknown) => void, reject: (reason: Error) => void) {
    this.attempt = attempt;
    this.request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** For errors: where the call was going. */
  context(requestWritten: boolean | undefined): ErrorContext & { readonly requestWritten: boolean | undefined } {
    const { target } = this.attempt.call;
    return {
      service: target.destination,
      method: target.method.name,
      address: this.attempt.instance?.address,
      requestWritten,
    };
  }

  succeed(value: unknown): void {
    if (this.#settle()) this.#resolve(value);
  }

  fail(error: Error): void {
    if (this.#settle()) this.#reject(error);
  }

  /** From here on the call ends when it is given up, at its attempt's deadline at the latest. */
  watch(): void {
    this.attempt.cancelSlot.addWaiter(this);
  }

  onCancel(reason: RPCError): void {
    if (this.isSettled) return;
    this.holder?.release(this);
    this.fail(reason);
  }

  #settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    this.holder = undefined;
    this.attempt.cancelSlot.removeWaiter(this);
    return true;
  }
}

/** A transport error that says which call it ended. */
export const callError = (
  call: PendingCall,
  code: string,
  detail: string,
  options: { readonly requestWritten?: boolean; readonly cause?: unknown; readonly kind?: RPCError["kind"] } = {},
): TransportError =>
  new TransportError(code, detail, {
    ...call.context(options.requestWritten),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
    ...(options.kind === undefined ? {} : { kind: options.kind }),
  });
