import { describe, expect, it } from "vitest";
import { CancelSlot, type Waiter } from "./cancel.ts";
import { RPCError } from "./errors.ts";
import { timers } from "./time/timer-wheel.ts";

const reason = new RPCError("canceled_by_business", "test");

const waiter = (): Waiter => ({ onCancel: () => {} });

describe("CancelSlot", () => {
  it("tells every waiter once, with the first reason", () => {
    const slot = new CancelSlot();
    const told: unknown[] = [];
    for (let index = 0; index < 3; index++) slot.addWaiter({ onCancel: (why) => told.push(why) });
    slot.cancel(reason);
    slot.cancel(new RPCError("rpc_timeout", "second"));
    expect(told).toEqual([reason, reason, reason]);
    expect(slot.cancelReason).toBe(reason);
  });

  it("tells a waiter that comes late at once, and a removed one never", () => {
    const slot = new CancelSlot();
    const told: string[] = [];
    const removed = { onCancel: (): unknown => told.push("removed") };
    const second = { onCancel: (): unknown => told.push("second") };
    slot.addWaiter(removed);
    slot.addWaiter(second);
    slot.removeWaiter(removed);
    slot.cancel(reason);
    slot.addWaiter({ onCancel: () => told.push("late") });
    expect(told).toEqual(["second", "late"]);
  });

  it("makes a signal on demand, aborted when the slot is or becomes cancelled", () => {
    const slot = new CancelSlot();
    const { signal } = slot;
    expect(signal.aborted).toBe(false);
    slot.cancel(reason);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBe(reason);
    const cancelled = new CancelSlot();
    cancelled.cancel(reason);
    expect(cancelled.signal.aborted).toBe(true);
  });

  it("runs one timer for all who wait, and only while somebody does", async () => {
    const slot = new CancelSlot();
    let expired = 0;
    const limit = {
      deadline: performance.now() + 60_000,
      expire: (): void => {
        expired++;
        slot.cancel(reason);
      },
    };
    slot.limitTo(limit);
    const before = timers.size;
    const [first, second, third, told] = [waiter(), waiter(), waiter(), [] as unknown[]];
    for (const each of [first, second, third]) slot.addWaiter(each);
    expect(timers.size).toBe(before + 1);
    slot.removeWaiter(first);
    slot.removeWaiter(second);
    expect(timers.size).toBe(before + 1);
    slot.removeWaiter(third);
    expect(timers.size).toBe(before);

    await new Promise<void>((resolve) => {
      slot.addWaiter({ onCancel: (why) => resolve(void told.push(why)) });
      limit.deadline = performance.now() + 5;
      slot.limitTo(limit);
    });
    expect(expired).toBe(1);
    expect(told).toEqual([reason]);
    expect(timers.size).toBe(before);
  });

  it("tells whoever is left, in whatever order the others leave", () => {
    for (const leaving of [0, 1, 2, 3]) {
      const slot = new CancelSlot();
      const told: number[] = [];
      const all = [0, 1, 2, 3].map((index) => ({ onCancel: (): unknown => told.push(index) }));
      for (const each of all) slot.addWaiter(each);
      slot.removeWaiter(all[leaving] as Waiter);
      slot.removeWaiter(all[(leaving + 1) % 4] as Waiter);
      slot.cancel(reason);
      expect(new Set(told)).toEqual(new Set([(leaving + 2) % 4, (leaving + 3) % 4]));
    }
  });
});
