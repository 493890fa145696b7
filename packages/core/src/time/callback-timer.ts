import { WheelTimer } from "./timer-wheel.ts";

/**
 * A timer that calls a function: for whatever does not come with every call. Those that do are timers themselves, and few kinds, since the engine
 * gives up on optimising what it sees in more than four shapes.
 */
export class CallbackTimer extends WheelTimer {
  readonly #onDue: () => void;

  constructor(onDue: () => void) {
    super();
    this.#onDue = onDue;
  }

  get isScheduled(): boolean {
    return this.dueTick !== -1;
  }

  onTimer(): void {
    this.#onDue();
  }
}
