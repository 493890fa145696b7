import { describe, expect, it } from "vitest";
import { CancelSlot } from "./cancel.ts";
import { RPCError } from "./errors.ts";

const reason = new RPCError("canceled_by_business", "test");

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
});
