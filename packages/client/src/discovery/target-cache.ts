import { RPCError } from "@kitex-ts/core";
import {
  type Attempt,
  CallbackTimer,
  type Instance,
  type LoadBalancer,
  type Picker,
  type Resolver,
  type Snapshot,
  type Subscription,
  type TimerWheel,
  timers,
} from "@kitex-ts/core/spi";

/** Routes come and go; a target that no call has asked for in this long is no longer watched. */
const IDLE_MS = 10 * 60_000;

/** A watched target and the picker over its newest snapshot. */
export class Target {
  readonly name: string;
  readonly #subscription: Subscription;
  readonly #defaultBalancer: LoadBalancer;
  /** Set in code: wins over what a snapshot brings. */
  readonly #balancer: LoadBalancer | undefined;
  #snapshot: Snapshot | undefined = undefined;
  #picker: Picker | undefined = undefined;
  lastUsedAt = 0;

  constructor(
    name: string,
    subscription: Subscription,
    balancer: LoadBalancer | undefined,
    defaultBalancer: LoadBalancer,
  ) {
    this.name = name;
    this.#subscription = subscription;
    this.#balancer = balancer;
    this.#defaultBalancer = defaultBalancer;
  }

  /** True once a snapshot has arrived: then `picker` needs no waiting. */
  get isKnown(): boolean {
    return this.#subscription.current !== undefined;
  }

  /** True when no news will come any more: what is known may be wrong by now. */
  get isClosed(): boolean {
    return this.#subscription.isClosed === true;
  }

  ready(attempt: Attempt): Promise<unknown> {
    return this.#subscription.ready(attempt);
  }

  /** The picker over the newest snapshot. @throws RPCError `service_discovery` when there is none, though `ready` was awaited */
  picker(): Picker {
    const snapshot = this.#subscription.current;
    if (snapshot === undefined) {
      const detail = `the resolver said that ${this.name} is ready, but its subscription has no current snapshot`;
      throw new RPCError("service_discovery", detail);
    }
    if (snapshot !== this.#snapshot || this.#picker === undefined) {
      const balancer = this.#balancer ?? snapshot.balancer ?? this.#defaultBalancer;
      this.#picker = balancer.update(snapshot, this.#picker);
      this.#snapshot = snapshot;
    }
    return this.#picker;
  }

  get instances(): readonly Instance[] {
    return this.#subscription.current?.instances ?? [];
  }

  close(): void {
    this.#subscription.close();
  }
}

/** The targets that this client's calls go to, each watched once and for as long as calls ask for it. */
export class TargetCache {
  readonly #resolver: Resolver;
  readonly #balancer: LoadBalancer | undefined;
  readonly #defaultBalancer: LoadBalancer;
  readonly #wheel: TimerWheel;
  readonly #targets = new Map<string, Target>();
  /** Of the latest call: most clients have one, or stay with one for a while. */
  #latest: Target | undefined = undefined;
  readonly #sweepTimer = new CallbackTimer(() => this.#sweep());
  /** When the timer is due, if it is set. */
  #sweepAt = 0;
  #isClosed = false;

  constructor(
    resolver: Resolver,
    balancer: LoadBalancer | undefined,
    defaultBalancer: LoadBalancer,
    wheel: TimerWheel = timers,
  ) {
    this.#resolver = resolver;
    this.#balancer = balancer;
    this.#defaultBalancer = defaultBalancer;
    this.#wheel = wheel;
  }

  get resolverName(): string {
    return this.#resolver.name;
  }

  /** @throws RPCError `internal_exception` when the client is closed, and what the resolver throws */
  get(attempt: Attempt): Target {
    const { call } = attempt;
    const name = this.#resolver.target(call);
    let target = this.#latest?.name === name ? this.#latest : this.#targets.get(name);
    if (target === undefined || target.isClosed) target = this.#open(name, call.startedAt);
    this.#latest = target;
    target.lastUsedAt = call.startedAt;
    return target;
  }

  #open(name: string, now: number): Target {
    // Nobody would close what is opened after the end.
    if (this.#isClosed) throw new RPCError("internal_exception", `the client was closed before ${name} was looked up`);
    this.#drop(name);
    const target = new Target(name, this.#resolver.open(name), this.#balancer, this.#defaultBalancer);
    this.#targets.set(name, target);
    if (this.#targets.size === 1) this.#sweepLater(now + IDLE_MS);
    return target;
  }

  #drop(name: string): void {
    const target = this.#targets.get(name);
    this.#targets.delete(name);
    if (this.#latest === target) this.#latest = undefined;
    try {
      target?.close();
    } catch {
      // A resolver may come from anybody. That it cannot end what nobody uses any more concerns no call.
    }
  }

  #sweepLater(at: number): void {
    this.#sweepAt = at;
    this.#wheel.add(this.#sweepTimer, at);
  }

  /** No longer watches what has not been asked for in a while; comes back when the next target may have been idle for as long. */
  #sweep(): void {
    let oldest = Infinity;
    for (const [name, { lastUsedAt }] of this.#targets) {
      if (lastUsedAt + IDLE_MS <= this.#sweepAt) this.#drop(name);
      else oldest = Math.min(oldest, lastUsedAt);
    }
    if (this.#targets.size > 0) this.#sweepLater(oldest + IDLE_MS);
  }

  close(): void {
    this.#isClosed = true;
    this.#wheel.remove(this.#sweepTimer);
    for (const name of [...this.#targets.keys()]) this.#drop(name);
  }
}
