import type { Security, TLSGeneration, TLSMaterial } from "@kitex-ts/core/spi";
import { isEqual } from "./material-source.ts";

/** As long as meshes give connections that they replace; far below the hours that certificates overlap. */
export const DEFAULT_DRAIN_TIMEOUT_MS = 60_000;
/** Certificates are looked at so often while connections stand that they secure. */
const LOOK_MS = 1000;

/** How often to look, so that a short drain timeout can be kept. */
export const lookIntervalMs = (drainTimeoutMs: number): number => Math.max(10, Math.min(LOOK_MS, drainTimeoutMs / 8));

// The life of a client's connection whose certificates have been replaced, `timeout` being the drain timeout:
//
//   0 … timeout/4     its turn comes, at random: a rotation must not make all connections of a process at the same moment
//   turn              "replace": it goes when another has taken its place, at once if it has nothing to do
//   timeout/2         "drain": it goes, whether there is another or not
//   timeout           "close": with whatever still runs on it

/** What is to become of a connection. */
export type Fate = "keep" | "replace" | "drain" | "close";

/** Knows which connections to one peer are secured by certificates that have been replaced. */
export class Rotation {
  readonly #security: Security;
  #latest: TLSGeneration | undefined = undefined;
  /** When their turn comes. */
  readonly #turns = new WeakMap<object, number>();

  constructor(security: Security) {
    this.#security = security;
    this.look();
  }

  get drainTimeoutMs(): number {
    return this.#latest?.drainTimeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS;
  }

  /** Asks for the newest certificates. Without an answer the known ones remain the newest. */
  look(): void {
    try {
      const current = this.#security.current();
      if (current instanceof Promise) current.then(this.#take, () => {});
      else this.#take(current);
    } catch {
      // Those who need them to connect report it.
    }
  }

  readonly #take = (generation: TLSGeneration): void => {
    // Others may make a new object for the same certificates each time.
    if (this.#latest === undefined || !isEqual(this.#latest, generation)) this.#latest = generation;
  };

  /** Have the certificates been replaced that secure a connection? */
  isReplaced(material: TLSMaterial | undefined): boolean {
    return material !== undefined && this.#latest !== undefined && !isEqual(material, this.#latest);
  }

  fateOf(connection: object, material: TLSMaterial | undefined, now: number): Fate {
    const timeoutMs = this.drainTimeoutMs;
    if (timeoutMs === Infinity || !this.isReplaced(material)) return "keep";
    let turn = this.#turns.get(connection);
    if (turn === undefined) {
      turn = now + (Math.random() * timeoutMs) / 4;
      this.#turns.set(connection, turn);
    }
    const age = now - turn;
    if (age < 0) return "keep";
    if (age < timeoutMs / 4) return "replace";
    return age < (timeoutMs * 3) / 4 ? "drain" : "close";
  }
}
