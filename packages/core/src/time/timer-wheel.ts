/** Base of everything that waits for a moment. Intrusive: adding and removing allocates nothing. */
export abstract class WheelTimer {
  /** @internal */ next: WheelTimer | undefined = undefined;
  /** @internal */ previous: WheelTimer | undefined = undefined;
  /** @internal Tick at which it is due; -1 while not scheduled. */ dueTick = -1;

  /** Called once when due; not called after `remove`. Must not throw. */
  abstract onTimer(): void;
}

class Head extends WheelTimer {
  constructor() {
    super();
    this.next = this;
    this.previous = this;
  }

  onTimer(): void {}
}

const link = (head: Head, timer: WheelTimer): void => {
  const last = head.previous as WheelTimer;
  timer.previous = last;
  timer.next = head;
  last.next = timer;
  head.previous = timer;
};

/** What the wheel needs of the world; tests bring their own. */
export interface TimerSource {
  /** Monotonic milliseconds. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

const systemSource: TimerSource = {
  now: () => performance.now(),
  // The wheel never keeps a process alive: whoever waits holds something else that does, or nobody cares.
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

const SLOTS = 1024;

/**
 * A hashed timer wheel: `add` and `remove` cost a few nanoseconds where `setTimeout` costs a hundred. A timer fires at its moment or up to one
 * tick after it, never before. One native timer, set for the next occupied slot, drives it.
 */
export class TimerWheel {
  readonly #source: TimerSource;
  readonly #tickMs: number;
  readonly #slots: Head[] = [];
  readonly #due = new Head();
  /** All ticks up to this one have been handled. */
  #tick: number;
  #size = 0;
  #handle: unknown = undefined;
  #armedTick = Infinity;

  constructor(source: TimerSource = systemSource, tickMs: number = 2) {
    this.#source = source;
    this.#tickMs = tickMs;
    for (let index = 0; index < SLOTS; index++) this.#slots.push(new Head());
    this.#tick = Math.floor(source.now() / tickMs);
  }

  /** Scheduled timers. */
  get size(): number {
    return this.#size;
  }

  /** Schedules `timer` for `at`, in the source's milliseconds. A timer that is scheduled already is moved. */
  add(timer: WheelTimer, at: number): void {
    if (timer.dueTick !== -1) this.remove(timer);
    if (this.#size === 0) this.#tick = Math.max(this.#tick, Math.floor(this.#source.now() / this.#tickMs));
    const due = Math.max(Math.ceil(at / this.#tickMs), this.#tick + 1);
    timer.dueTick = due;
    link(this.#slots[due & (SLOTS - 1)] as Head, timer);
    this.#size++;
    if (due < this.#armedTick) this.#arm(due);
  }

  /** Takes `timer` out; does nothing when it is not scheduled. */
  remove(timer: WheelTimer): void {
    if (timer.dueTick === -1) return;
    timer.dueTick = -1;
    (timer.previous as WheelTimer).next = timer.next;
    (timer.next as WheelTimer).previous = timer.previous;
    timer.next = undefined;
    timer.previous = undefined;
    this.#size--;
  }

  #arm(tick: number): void {
    if (this.#handle !== undefined) this.#source.clearTimeout(this.#handle);
    this.#armedTick = tick;
    const delay = Math.max(1, Math.ceil(tick * this.#tickMs - this.#source.now()));
    this.#handle = this.#source.setTimeout(this.#onTimeout, Math.min(delay, 0x7fff_ffff));
  }

  readonly #onTimeout = (): void => {
    this.#handle = undefined;
    this.#armedTick = Infinity;
    const now = Math.floor(this.#source.now() / this.#tickMs);
    const first = Math.max(this.#tick + 1, now - SLOTS + 1);
    // Set before any callback runs, so that what a callback adds lands behind `now` and is not missed.
    this.#tick = Math.max(this.#tick, now);
    // After a long pause every slot is looked at once, not once per missed tick.
    for (let tick = first; tick <= now; tick++) this.#collect(this.#slots[tick & (SLOTS - 1)] as Head, now);
    for (let timer = this.#due.next; timer !== this.#due; timer = this.#due.next) {
      this.remove(timer as WheelTimer);
      (timer as WheelTimer).onTimer();
    }
    if (this.#size === 0) return;
    // A callback may have armed for what it added, while something that was there before is due sooner.
    const next = this.#nextOccupied();
    if (next < this.#armedTick) this.#arm(next);
  };

  /** Moves what is due onto a list of its own: a callback may add and remove any timer, the ones about to fire included. */
  #collect(head: Head, now: number): void {
    for (let timer = head.next as WheelTimer; timer !== head; ) {
      const following = timer.next as WheelTimer;
      if (timer.dueTick <= now) {
        (timer.previous as WheelTimer).next = following;
        following.previous = timer.previous;
        link(this.#due, timer);
      }
      timer = following;
    }
  }

  /** The earliest slot that holds anything; its timers may belong to a later round, then it is looked at and left. */
  #nextOccupied(): number {
    for (let tick = this.#tick + 1; tick <= this.#tick + SLOTS; tick++) {
      const head = this.#slots[tick & (SLOTS - 1)] as Head;
      if (head.next !== head) return tick;
    }
    return this.#tick + SLOTS;
  }
}

/** The process's wheel. Everything in the framework that waits uses it. */
export const timers: TimerWheel = new TimerWheel();
