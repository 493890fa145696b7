import type { Server } from "node:net";

/** Who opens a new connection is told with its first answer to go. When nobody has come for so long, those there are have been told. */
const QUIET_MS = 100;
/** How long the port stays open for those who go on coming: they know no other server, or were not asked in a way they understand. */
const LONGEST_MS = 1000;
const LOOK_MS = 10;
/** The first turn may have begun with some of its events behind it; the second has asked the kernel. */
const EMPTY_TURNS = 2;

/**
 * Closes a listening socket when nobody stands before it.
 *
 * The kernel completes connections that the process has not accepted yet, and resets them when the socket closes: their callers, who may have
 * sent a request by then, cannot know that nobody has read it. Neither can a process look into that queue, nor close the socket only if it is
 * empty. So it is closed when a turn of the event loop has accepted nobody; and, where clients open connections all the time, not before these have
 * stopped coming.
 */
export class Departure {
  readonly #server: Server;
  #arrivals = 0;
  #arrivedAt = -Infinity;
  #leftAt = -Infinity;

  constructor(server: Server) {
    this.#server = server;
  }

  /** A connection was accepted. */
  onArrival(): void {
    this.#arrivals++;
    this.#arrivedAt = performance.now();
  }

  /** A connection has gone whose client can be told to go elsewhere with its next call. */
  onLeft(): void {
    this.#leftAt = performance.now();
  }

  /** Do clients that can be told open connections all the time? Most with pools, and all with multiplexed connections, do not. */
  get isBusy(): boolean {
    return performance.now() - this.#leftAt < QUIET_MS;
  }

  /** Waits, no longer than half of `timeoutMs`, until nobody comes any more. */
  async quiet(timeoutMs: number): Promise<void> {
    const until = performance.now() + Math.min(LONGEST_MS, timeoutMs / 2);
    for (let now = performance.now(); this.#server.listening && now < until; now = performance.now()) {
      if (now - this.#arrivedAt >= QUIET_MS) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Accepts who stands before the port, and closes it. Whoever comes faster than that does not hold it open for long. */
  async close(): Promise<void> {
    const until = performance.now() + QUIET_MS;
    for (let empty = 0; empty < EMPTY_TURNS && performance.now() < until; ) {
      const before = this.#arrivals;
      await new Promise((resolve) => setImmediate(resolve));
      empty = this.#arrivals === before ? empty + 1 : 0;
    }
    if (this.#server.listening) this.#server.close();
  }
}
