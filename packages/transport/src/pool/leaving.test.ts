import { afterEach, expect, it, vi } from "vitest";
import { LeavingAddresses } from "./leaving.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("an address is leaving for two seconds after it said so last", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const leaving = new LeavingAddresses();
  expect([leaving.any, leaving.has("a")]).toEqual([false, false]);
  leaving.add("a");
  vi.advanceTimersByTime(1500);
  leaving.add("b");
  expect([leaving.any, leaving.has("a"), leaving.has("b")]).toEqual([true, true, true]);
  vi.advanceTimersByTime(1000);
  expect([leaving.any, leaving.has("a"), leaving.has("b")]).toEqual([true, false, true]);
  leaving.add("a");
  vi.advanceTimersByTime(1999);
  expect([leaving.any, leaving.has("a"), leaving.has("b")]).toEqual([true, true, false]);
  vi.advanceTimersByTime(1);
  expect([leaving.any, leaving.has("a")]).toEqual([false, false]);
});
