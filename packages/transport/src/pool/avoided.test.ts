import { afterEach, expect, it, vi } from "vitest";
import { AvoidedAddresses } from "./avoided.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("an address whose server is leaving is avoided for two seconds after it said so last", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const avoided = new AvoidedAddresses();
  expect([avoided.any, avoided.has("a")]).toEqual([false, false]);
  avoided.add("a");
  vi.advanceTimersByTime(1500);
  avoided.add("b");
  expect([avoided.any, avoided.has("a"), avoided.has("b")]).toEqual([true, true, true]);
  vi.advanceTimersByTime(1000);
  expect([avoided.any, avoided.has("a"), avoided.has("b")]).toEqual([true, false, true]);
  avoided.add("a");
  vi.advanceTimersByTime(1999);
  expect([avoided.any, avoided.has("a"), avoided.has("b")]).toEqual([true, true, false]);
  vi.advanceTimersByTime(1);
  expect([avoided.any, avoided.has("a")]).toEqual([false, false]);
});

it("an address that could not be reached is avoided for as long as is said, or until it has been reached", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const avoided = new AvoidedAddresses();
  avoided.add("a", 20);
  avoided.add("b", 10);
  vi.advanceTimersByTime(10);
  expect([avoided.any, avoided.has("a"), avoided.has("b")]).toEqual([true, true, false]);
  avoided.delete("a");
  expect([avoided.has("a")]).toEqual([false]);
  vi.advanceTimersByTime(10);
  expect(avoided.any).toBe(false);
});
