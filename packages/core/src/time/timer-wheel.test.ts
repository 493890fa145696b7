import { describe, expect, it } from "vitest";
import { type TimerSource, TimerWheel, WheelTimer } from "./timer-wheel.ts";

class ManualSource implements TimerSource {
  time = 1000;
  #next: { callback: () => void; at: number } | undefined = undefined;

  now(): number {
    return this.time;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    this.#next = { callback, at: this.time + delayMs };
    return this.#next;
  }

  clearTimeout(handle: unknown): void {
    if (this.#next === handle) this.#next = undefined;
  }

  get isArmed(): boolean {
    return this.#next !== undefined;
  }

  /** Runs native timers in order up to `time`. */
  advanceTo(time: number): void {
    for (let next = this.#next; next !== undefined && next.at <= time; next = this.#next) {
      this.#next = undefined;
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    this.time = time;
  }
}

class Recorder extends WheelTimer {
  readonly #onFire: () => void;

  constructor(onFire: () => void) {
    super();
    this.#onFire = onFire;
  }

  onTimer(): void {
    this.#onFire();
  }
}

const setup = (): { source: ManualSource; wheel: TimerWheel; fired: string[]; timer: (name: string) => WheelTimer } => {
  const source = new ManualSource();
  const fired: string[] = [];
  return {
    source,
    wheel: new TimerWheel(source, 2),
    fired,
    timer: (name) => new Recorder(() => fired.push(`${name}@${source.time}`)),
  };
};

describe("TimerWheel", () => {
  it("fires at the moment or up to a tick later, never before", () => {
    const { source, wheel, fired, timer } = setup();
    wheel.add(timer("a"), 1011);
    source.advanceTo(1010);
    expect(fired).toEqual([]);
    source.advanceTo(1020);
    expect(fired).toEqual(["a@1012"]);
    expect(source.isArmed).toBe(false);
  });

  it("does not fire what was removed", () => {
    const { source, wheel, fired, timer } = setup();
    const a = timer("a");
    wheel.add(a, 1010);
    wheel.add(timer("b"), 1010);
    wheel.remove(a);
    wheel.remove(a);
    source.advanceTo(2000);
    expect(fired).toEqual(["b@1010"]);
    expect(wheel.size).toBe(0);
  });

  it("keeps timers of later rounds for their round", () => {
    const { source, wheel, fired, timer } = setup();
    wheel.add(timer("late"), 1010 + 2 * 1024 * 3);
    wheel.add(timer("soon"), 1010);
    source.advanceTo(1010 + 2 * 1024 * 3 - 2);
    expect(fired).toEqual(["soon@1010"]);
    source.advanceTo(1010 + 2 * 1024 * 3);
    expect(fired).toHaveLength(2);
  });

  it("moves a timer that is scheduled again", () => {
    const { source, wheel, fired, timer } = setup();
    const a = timer("a");
    wheel.add(a, 1010);
    wheel.add(a, 1100);
    source.advanceTo(1050);
    expect(fired).toEqual([]);
    source.advanceTo(1100);
    expect(fired).toEqual(["a@1100"]);
  });

  it("lets a callback remove its neighbour and add itself again", () => {
    const { source, wheel, fired, timer } = setup();
    const neighbour = timer("neighbour");
    const again: WheelTimer = new Recorder(() => {
      fired.push(`again@${source.time}`);
      wheel.remove(neighbour);
      if (fired.length < 3) wheel.add(again, source.time);
    });
    wheel.add(again, 1010);
    wheel.add(neighbour, 1010);
    source.advanceTo(1100);
    expect(fired).toEqual(["again@1010", "again@1012", "again@1014"]);
    expect(wheel.size).toBe(0);
  });

  it("fires what is due soon, also when a callback has added something for later", () => {
    const { source, wheel, fired, timer } = setup();
    wheel.add(new Recorder(() => wheel.add(timer("later"), 31_000)), 1010);
    wheel.add(timer("soon"), 1040);
    source.advanceTo(1100);
    expect(fired).toEqual(["soon@1040"]);
    source.advanceTo(31_000);
    expect(fired).toEqual(["soon@1040", "later@31000"]);
  });

  it("fires everything that is due after a long pause", () => {
    const { source, wheel, fired, timer } = setup();
    for (let index = 0; index < 50; index++) wheel.add(timer(String(index)), 1010 + index * 200);
    source.time = 60_000;
    source.advanceTo(60_001);
    expect(fired).toHaveLength(50);
  });
});
