import { describe, expect, it } from "vitest";
import { background, createContextKey } from "./context.ts";
import { RPCError } from "./errors.ts";
import * as metainfo from "./metainfo.ts";
import { type CallerInfo, ServerCall } from "./server-call.ts";
import type { MethodInfo, ServiceInfo } from "./service-info.ts";
import { timers } from "./time/timer-wheel.ts";

describe("Context", () => {
  it("keeps typed values, the nearest winning, without changing its parent", () => {
    const user = createContextKey("nobody");
    const retries = createContextKey(0);
    const outer = background().withValue(user, "ann").withValue(retries, 2);
    const inner = outer.withValue(user, "bob");
    expect([background().value(user), outer.value(user), inner.value(user), inner.value(retries)]).toEqual([
      "nobody",
      "ann",
      "bob",
      2,
    ]);
  });

  it("only ever shortens a deadline", () => {
    const short = background().withTimeout(50);
    expect(short.withTimeout(10_000).deadline).toBe(short.deadline);
    expect(short.remainingMs).toBeLessThanOrEqual(50);
    expect(background().remainingMs).toBe(Infinity);
    expect(background().withTimeout(Infinity).remainingMs).toBe(Infinity);
    expect(background().withTimeout(-5).remainingMs).toBe(0);
  });

  it("takes no timeout that is no number, which would be none", () => {
    for (const timeoutMs of [Number.NaN, "50", undefined]) {
      expect(() => background().withTimeout(timeoutMs as number)).toThrow(RangeError);
    }
  });

  it("has an empty RPCInfo and a signal that never aborts outside calls", () => {
    expect(background().rpcInfo.invocation.methodName).toBe("");
    expect(background().signal.aborted).toBe(false);
  });
});

describe("the deadline of a call that is served", () => {
  const serve = (timeoutMs: number): ServerCall => {
    const caller: CallerInfo = { callerService: "", callerMethod: "", timeoutMs, metaInfo: undefined };
    const peer = { peerAddress: "127.0.0.1:1", peerIdentity: undefined };
    const service = { serviceName: "S" } as ServiceInfo;
    return new ServerCall(service, { name: "m" } as MethodInfo, 1, "TTHeader", caller, peer, performance.now(), 0);
  };
  const waiter = { onCancel: () => {} };

  it("is kept in mind no longer than somebody waits", () => {
    const before = timers.size;
    const call = serve(1e9);
    expect(call.cancelSlot.cancelReason).toBe(undefined);
    expect(timers.size).toBe(before);
    call.cancelSlot.addWaiter(waiter);
    expect(timers.size).toBe(before + 1);
    call.cancelSlot.removeWaiter(waiter);
    expect(timers.size).toBe(before);
  });

  it("holds for those who have the signal, also from a derived context", () => {
    const before = timers.size;
    const call = serve(1e9);
    const { signal } = call.withTimeout(1e8);
    expect(call.signal).toBe(signal);
    call.cancelSlot.addWaiter(waiter);
    call.cancelSlot.removeWaiter(waiter);
    expect(timers.size).toBe(before + 1);
    call.cancelSlot.cancel(new RPCError("canceled_by_business", "gone"));
    expect(timers.size).toBe(before);
    expect(signal.aborted).toBe(true);
  });

  it("keeps no call behind its handler, but for calls that it made", () => {
    const before = timers.size;
    const call = serve(1e9);
    expect(call.signal.aborted).toBe(false);
    call.cancelSlot.addWaiter(waiter);
    call.end();
    expect(timers.size).toBe(before + 1);
    call.cancelSlot.removeWaiter(waiter);
    expect(call.signal.aborted).toBe(false);
    expect(timers.size).toBe(before);
  });

  it("comes for those who have the signal", async () => {
    const call = serve(5);
    const { signal } = call;
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(signal.reason).toMatchObject({ kind: "rpc_timeout" });
    expect(call.signal).toBe(signal);
  });

  it("is over for who asks late", () => {
    const call = serve(-1);
    expect(call.signal.aborted).toBe(false);
    const late = serve(1e-9);
    while (performance.now() < late.deadline);
    expect(late.signal.reason).toMatchObject({ kind: "rpc_timeout" });
  });
});

describe("metainfo", () => {
  it("keeps transient and persistent values apart and ignores empty ones", () => {
    let ctx = metainfo.withValue(background(), "k", "t");
    ctx = metainfo.withPersistentValue(ctx, "k", "p");
    ctx = metainfo.withValue(ctx, "", "x");
    ctx = metainfo.withValue(ctx, "empty", "");
    expect(metainfo.getValue(ctx, "k")).toBe("t");
    expect(metainfo.getPersistentValue(ctx, "k")).toBe("p");
    expect(metainfo.getAllValues(ctx)).toEqual(new Map([["k", "t"]]));
  });

  it("gives all values in the order in which they were set", () => {
    let ctx = background();
    for (const key of ["a", "b", "c"]) ctx = metainfo.withValue(metainfo.withPersistentValue(ctx, key, "p"), key, "t");
    expect([...metainfo.getAllValues(ctx).keys()]).toEqual(["a", "b", "c"]);
    expect([...metainfo.getAllPersistentValues(ctx).keys()]).toEqual(["a", "b", "c"]);
  });

  it("turns upstream's transient values stale: readable, not sent on, hidden by a new one", () => {
    const upstream = metainfo.withValue(background(), "k", "up").metaInfo;
    const ctx = background().withMetaInfo(upstream?.transferForward());
    expect(metainfo.getValue(ctx, "k")).toBe("up");
    expect(ctx.metaInfo?.transient).toBeUndefined();
    const own = metainfo.withValue(ctx, "k", "own");
    expect(metainfo.getValue(own, "k")).toBe("own");
    expect(own.metaInfo?.stale).toBeUndefined();
    expect(metainfo.getValue(metainfo.delValue(own, "k"), "k")).toBeUndefined();
  });

  it("sends backward values from handlers only, and keeps them apart from those of callees", () => {
    expect(metainfo.sendBackwardValue(background(), "k", "v")).toBe(false);
    const asking = metainfo.withBackwardValues(background());
    expect(metainfo.sendBackwardValue(asking, "k", "v")).toBe(false);
    expect(metainfo.recvBackwardValue(asking, "k")).toBeUndefined();

    const caller: CallerInfo = { callerService: "", callerMethod: "", timeoutMs: 0, metaInfo: undefined };
    const peer = { peerAddress: "127.0.0.1:1", peerIdentity: undefined };
    const handling = new ServerCall({} as ServiceInfo, {} as MethodInfo, 1, "TTHeader", caller, peer, 0, 0);
    const alsoAsking = metainfo.withBackwardValues(metainfo.withValue(handling, "a", "b"));
    expect(metainfo.sendBackwardValue(alsoAsking, "k", "v")).toBe(true);
    expect(handling.backwardValues).toEqual(new Map([["k", "v"]]));
    expect(metainfo.recvAllBackwardValues(alsoAsking).size).toBe(0);
  });
});
