import { RPCError } from "@kitex-ts/core";
import type { Attempt, LoadBalancer, Picker, Resolver, Snapshot, Subscription } from "@kitex-ts/core/spi";

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

  get instanceCount(): number {
    return this.#subscription.current?.instances.length ?? 0;
  }

  close(): void {
    this.#subscription.close();
  }
}

/** The targets that this client's calls go to, each watched once. */
export class TargetCache {
  readonly #resolver: Resolver;
  readonly #balancer: LoadBalancer | undefined;
  readonly #defaultBalancer: LoadBalancer;
  readonly #targets = new Map<string, Target>();

  constructor(resolver: Resolver, balancer: LoadBalancer | undefined, defaultBalancer: LoadBalancer) {
    this.#resolver = resolver;
    this.#balancer = balancer;
    this.#defaultBalancer = defaultBalancer;
  }

  get resolverName(): string {
    return this.#resolver.name;
  }

  get(attempt: Attempt): Target {
    const { call } = attempt;
    const name = this.#resolver.target(call);
    let target = this.#targets.get(name);
    if (target === undefined) {
      this.#sweep(call.startedAt);
      target = new Target(name, this.#resolver.open(name), this.#balancer, this.#defaultBalancer);
      this.#targets.set(name, target);
    }
    target.lastUsedAt = call.startedAt;
    return target;
  }

  #sweep(now: number): void {
    for (const [name, target] of this.#targets) {
      if (now - target.lastUsedAt < IDLE_MS) continue;
      this.#targets.delete(name);
      target.close();
    }
  }

  close(): void {
    for (const target of this.#targets.values()) target.close();
    this.#targets.clear();
  }
}
