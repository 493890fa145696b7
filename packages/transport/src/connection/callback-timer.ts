import { WheelTimer } from "@kitex-ts/core/spi";

/** A timer for those who have one for as long as they live, so that its closure costs nothing. */
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
