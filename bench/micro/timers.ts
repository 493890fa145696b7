// A deadline per call: our wheel beside Node's timers.
import { TimerWheel, WheelTimer } from "@kitex-ts/core/spi";
import { measure } from "../codec/measure.ts";
import { printTimes } from "./print-times.ts";

class Deadline extends WheelTimer {
  onTimer(): void {}
}

const wheel = new TimerWheel();
const deadline = new Deadline();
// As in a busy client: a thousand other calls wait as well.
const others = Array.from({ length: 1000 }, () => new Deadline());
for (const [index, other] of others.entries()) wheel.add(other, performance.now() + 60_000 + index);
const nothing = (): void => undefined;
const kept = setTimeout(nothing, 60_000);

const now = performance.now();
const times = measure({
  "wheel: add and remove": () => {
    wheel.add(deadline, now + 60_000);
    wheel.remove(deadline);
    return true;
  },
  "wheel, a timer object per call": () => {
    const own = new Deadline();
    wheel.add(own, now + 60_000);
    wheel.remove(own);
    return own;
  },
  "setTimeout and clearTimeout": () => {
    const timer = setTimeout(nothing, 60_000);
    clearTimeout(timer);
    return timer;
  },
  "timeout.refresh()": () => kept.refresh(),
  "performance.now()": () => performance.now(),
});
for (const other of others) wheel.remove(other);
clearTimeout(kept);
printTimes("Timers", times);
