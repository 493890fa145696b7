import type { Attempt, Instance, LoadBalancer, Picker, Snapshot } from "@kitex-ts/core/spi";

/** Equal weights: a plain rotation. */
class RoundRobinPicker implements Picker {
  readonly #instances: readonly Instance[];
  #position: number;

  constructor(instances: readonly Instance[], position: number) {
    this.#instances = instances;
    this.#position = position;
  }

  pick(attempt: Attempt): Instance | undefined {
    const { length } = this.#instances;
    for (let tries = 0; tries < length; tries++) {
      this.#position = (this.#position + 1) % length;
      const instance = this.#instances[this.#position] as Instance;
      if (!attempt.tried.includes(instance)) return instance;
    }
    return undefined;
  }
}

/** Smooth weighted round robin: over any stretch of picks each instance gets its share, without bursts. */
class WeightedPicker implements Picker {
  readonly #instances: readonly Instance[];
  readonly #current: number[];

  constructor(instances: readonly Instance[]) {
    this.#instances = instances;
    this.#current = instances.map(() => 0);
  }

  pick(attempt: Attempt): Instance | undefined {
    const current = this.#current;
    let best = -1;
    let total = 0;
    for (let index = 0; index < this.#instances.length; index++) {
      const instance = this.#instances[index] as Instance;
      if (attempt.tried.includes(instance)) continue;
      total += instance.weight;
      const value = (current[index] as number) + instance.weight;
      current[index] = value;
      if (best === -1 || value > (current[best] as number)) best = index;
    }
    if (best === -1) return undefined;
    current[best] = (current[best] as number) - total;
    return this.#instances[best];
  }
}

/** The default balancer. Instances of weight 0 get no calls unless all have weight 0. Kitex: `loadbalance.NewWeightedRoundRobinBalancer`. */
export const weightedRoundRobin = (): LoadBalancer => ({
  name: "weighted_round_robin",
  update: (snapshot: Snapshot): Picker => {
    const weighted = snapshot.instances.filter((instance) => instance.weight > 0);
    const instances = weighted.length > 0 ? weighted : snapshot.instances;
    const weight = instances[0]?.weight;
    // A random start: many clients that come up together must not all begin with the first instance.
    return instances.every((instance) => instance.weight === weight)
      ? new RoundRobinPicker(instances, Math.floor(Math.random() * Math.max(1, instances.length)))
      : new WeightedPicker(instances);
  },
});
