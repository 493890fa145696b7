import {
  type Attempt,
  type LoadBalancer,
  type Picker,
  type Resolver,
  type Snapshot,
  TimerWheel,
} from "@kitex-ts/core/spi";
import { describe, expect, it } from "vitest";
import { TargetCache } from "./target-cache.ts";

/** A resolver whose calls name their target, and whose snapshots the test sets. */
class ScriptedResolver implements Resolver {
  readonly name = "scripted";
  readonly snapshots = new Map<string, Snapshot>();
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  /** Targets of which no news will come. */
  readonly dead = new Set<string>();

  target(call: unknown): string {
    return (call as { readonly to: string }).to;
  }

  open(target: string): ReturnType<Resolver["open"]> {
    this.opened.push(target);
    const { snapshots, closed, dead } = this;
    dead.delete(target);
    return {
      get isClosed() {
        return dead.has(target);
      },
      get current() {
        return snapshots.get(target);
      },
      ready: () => Promise.reject(new Error("not needed")),
      close: () => void closed.push(target),
    };
  }
}

/** Time that a test sets, with the one timer that a wheel has. */
class TestTime {
  now = 0;
  #callback: (() => void) | undefined = undefined;
  readonly wheel: TimerWheel = new TimerWheel({
    now: () => this.now,
    setTimeout: (callback) => {
      this.#callback = callback;
      return callback;
    },
    clearTimeout: () => {
      this.#callback = undefined;
    },
  });

  goTo(now: number): void {
    this.now = now;
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.();
  }
}

/** A balancer that remembers what it was given. */
const balancer = (name: string) => {
  const updates: { readonly version: string; readonly previous: Picker | undefined }[] = [];
  const made: LoadBalancer = {
    name,
    update: ({ version }, previous) => {
      updates.push({ version, previous });
      return { pick: () => undefined };
    },
  };
  return { ...made, updates };
};

const attemptTo = (to: string, startedAt = 0): Attempt => ({ call: { to, startedAt } }) as unknown as Attempt;
const snapshot = (version: string, own?: LoadBalancer): Snapshot => ({ version, instances: [], balancer: own });
const MINUTE = 60_000;

describe("TargetCache", () => {
  it("watches each target once", () => {
    const resolver = new ScriptedResolver();
    const cache = new TargetCache(resolver, undefined, balancer("default"));
    const first = cache.get(attemptTo("a"));
    expect(cache.get(attemptTo("a"))).toBe(first);
    expect(cache.get(attemptTo("b"))).not.toBe(first);
    expect(resolver.opened).toEqual(["a", "b"]);
    expect(first.isKnown).toBe(false);
  });

  it("no longer watches what nobody has asked for in ten minutes, though no call comes", () => {
    const resolver = new ScriptedResolver();
    const time = new TestTime();
    const cache = new TargetCache(resolver, undefined, balancer("default"), time.wheel);
    cache.get(attemptTo("old", 0));
    cache.get(attemptTo("used", 0));
    cache.get(attemptTo("used", 9 * MINUTE));
    time.goTo(10 * MINUTE - 1);
    expect(resolver.closed).toEqual([]);
    time.goTo(10 * MINUTE);
    expect(resolver.closed).toEqual(["old"]);
    time.goTo(19 * MINUTE);
    expect(resolver.closed).toEqual(["old", "used"]);
    expect(time.wheel.size).toBe(0);
    cache.get(attemptTo("old", 20 * MINUTE));
    expect(resolver.opened).toEqual(["old", "used", "old"]);
    expect(time.wheel.size).toBe(1);
  });

  it("has one timer, and none once it is closed", () => {
    const resolver = new ScriptedResolver();
    const time = new TestTime();
    const cache = new TargetCache(resolver, undefined, balancer("default"), time.wheel);
    cache.get(attemptTo("a"));
    cache.get(attemptTo("b"));
    expect(time.wheel.size).toBe(1);
    cache.close();
    expect(time.wheel.size).toBe(0);
    expect(resolver.closed).toEqual(["a", "b"]);
    expect(() => cache.get(attemptTo("a"))).toThrow("the client was closed before a was looked up");
    expect(resolver.opened).toEqual(["a", "b"]);
  });

  it("opens a target anew when its subscription says that nothing more will come", () => {
    const resolver = new ScriptedResolver();
    const cache = new TargetCache(resolver, undefined, balancer("default"));
    const first = cache.get(attemptTo("a"));
    resolver.dead.add("a");
    const second = cache.get(attemptTo("a"));
    expect(second).not.toBe(first);
    expect(cache.get(attemptTo("a"))).toBe(second);
    expect(resolver.opened).toEqual(["a", "a"]);
    expect(resolver.closed).toEqual(["a"]);
    cache.close();
  });

  it("makes a picker per snapshot, and hands the one before on", () => {
    const resolver = new ScriptedResolver();
    const standard = balancer("default");
    const target = new TargetCache(resolver, undefined, standard).get(attemptTo("a"));
    resolver.snapshots.set("a", snapshot("1"));
    const first = target.picker();
    expect(target.picker()).toBe(first);
    resolver.snapshots.set("a", snapshot("2"));
    expect(target.picker()).not.toBe(first);
    expect(standard.updates).toEqual([
      { version: "1", previous: undefined },
      { version: "2", previous: first },
    ]);
  });

  it("takes the balancer set in code, else the snapshot's, else the default", () => {
    const resolver = new ScriptedResolver();
    const [inCode, ofSnapshot, standard] = [balancer("code"), balancer("snapshot"), balancer("default")];
    resolver.snapshots.set("with", snapshot("1", ofSnapshot));
    resolver.snapshots.set("without", snapshot("1"));
    const used = (set: LoadBalancer | undefined, to: string): string => {
      const counts = (): number[] => [inCode, ofSnapshot, standard].map(({ updates }) => updates.length);
      const before = counts();
      new TargetCache(resolver, set, standard).get(attemptTo(to)).picker();
      const index = counts().findIndex((count, at) => count !== before[at]);
      return ["code", "snapshot", "default"][index] ?? "none";
    };
    expect(used(inCode, "with")).toBe("code");
    expect(used(undefined, "with")).toBe("snapshot");
    expect(used(undefined, "without")).toBe("default");
  });

  it("does not pretend to have a snapshot", () => {
    const target = new TargetCache(new ScriptedResolver(), undefined, balancer("default")).get(attemptTo("a"));
    expect(() => target.picker()).toThrow("a is ready, but its subscription has no current snapshot");
  });
});
