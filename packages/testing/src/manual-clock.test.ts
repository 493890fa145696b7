import { TimerWheel, WheelTimer } from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.ts";

describe("ManualClock", () => {
  it("fires what is due, in order, at its own moment", () => {
    const clock = new ManualClock(1000);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
    clock.setTimeout(note("late"), 30);
    clock.setTimeout(note("early"), 10);
    clock.setTimeout(note("second"), 30);
    clock.setTimeout(note("too late"), 31);
    clock.advance(30);
    expect(fired).toEqual(["early@1010", "late@1030", "second@1030"]);
    expect(clock.now()).toBe(1030);
    expect(clock.timerCount).toBe(1);
  });

  it("fires timers that a callback sets, and ends with those that always set another", () => {
    const clock = new ManualClock();
    let count = 0;
    const again = (): void => {
      count++;
      clock.setTimeout(again, 0);
    };
    again();
    clock.advance(5);
    expect(count).toBe(6);
  });

  it("does not fire what was cleared, even by a timer just before it", () => {
    const clock = new ManualClock();
    const fired: string[] = [];
    let second: unknown;
    clock.setTimeout(() => clock.clearTimeout(second), 1);
    second = clock.setTimeout(() => fired.push("second"), 1);
    clock.advance(10);
    expect(fired).toEqual([]);
  });

  it("refuses to go back", () => {
    const clock = new ManualClock();
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
    expect(() => new ManualClock(Infinity)).toThrow(RangeError);
  });

  it("drives a timer wheel", () => {
    const clock = new ManualClock(12_345);
    const wheel = new TimerWheel(clock);
    let firedAt = 0;
    class Timer extends WheelTimer {
      onTimer(): void {
        firedAt = clock.now();
      }
    }
    wheel.add(new Timer(), clock.now() + 60_000);
    clock.advance(59_999);
    expect(firedAt).toBe(0);
    clock.advance(3);
    expect(firedAt).toBeGreaterThanOrEqual(72_345);
    expect(wheel.size).toBe(0);
  });
});
