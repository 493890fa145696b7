import type { Attempt } from "../call.ts";
import type { Instance, Snapshot } from "./discovery.ts";

/** How an attempt ended, for pickers that learn from it. */
export interface Outcome {
  readonly error: unknown;
  readonly latencyMs: number;
}

/** Chooses among the instances of one snapshot. A picker is a momentary thing: every change of the snapshot makes a new one. Kitex: `loadbalance.Picker`. */
export interface Picker {
  /** Synchronous. Skips instances that the attempt has tried when another is left; undefined when there is none to pick. */
  pick(attempt: Attempt): Instance | undefined;
  /** Called once for every successful `pick`, when the attempt is over. */
  done?(attempt: Attempt, outcome: Outcome): void;
}

/** Makes pickers. `previous` lets round-robin positions and the like survive a change of instances. Kitex: `loadbalance.Loadbalancer`. */
export interface LoadBalancer {
  readonly name: string;
  update(snapshot: Snapshot, previous: Picker | undefined): Picker;
}
