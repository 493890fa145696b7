import type { TimerSource } from "@kitex-ts/core/spi";

interface ManualTimer {
  readonly dueAt: number;
  /** Decides between timers that are due at the same moment: the first set fires first. */
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until a test moves it, so that what waits for a moment is tested without waiting.
 *
 * @example
 * const clock = new ManualClock();
 * const wheel = new TimerWheel(clock);
 * wheel.add(timer, clock.now() + 500);
 * clock.advance(499); // nothing
 * clock.advance(2); // timer.onTimer() has been called: a wheel fires up to one tick, 2 ms, late
 */
export class ManualClock implements TimerSource {
  #now: number;
  #order = 0;
  readonly #timers = new Set<ManualTimer>();

  /** `startMs`: what `now()` answers first. */
  constructor(startMs = 0) {
    if (!Number.isFinite(startMs)) throw new RangeError(`ManualClock: a finite number of milliseconds, got ${startMs}`);
    this.#now = startMs;
  }

  /** Monotonic milliseconds. */
  now(): number {
    return this.#now;
  }

  /** Timers that are set and have not fired. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /** As the global one: a delay below 1 ms counts as 1 ms. Answers a handle for `clearTimeout`. */
  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer: ManualTimer = { callback, dueAt: this.#now + Math.max(1, delayMs), order: this.#order++ };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as ManualTimer);
  }

  /**
   * Lets `ms` milliseconds pass. Timers that become due fire in order, each at its own moment, those set on the way included; when it returns,
   * nothing that was due is left.
   *
   * @throws RangeError when `ms` is negative or not finite
   */
  advance(ms: number): void {
    if (!Number.isFinite(ms) || ms < 0) {
      throw new RangeError(`ManualClock.advance: a finite number of milliseconds, 0 or more, got ${ms}`);
    }
    const until = this.#now + ms;
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = timer.dueAt;
      timer.callback();
    }
    this.#now = until;
  }

  #next(until: number): ManualTimer | undefined {
    let next: ManualTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt > until) continue;
      if (next === undefined || timer.dueAt < next.dueAt || (timer.dueAt === next.dueAt && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}
