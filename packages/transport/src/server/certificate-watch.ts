import { CallbackTimer, timers } from "@kitex-ts/core/spi";
import { lookIntervalMs } from "../tls/rotation.ts";
import type { ServerSecurity } from "../tls/server-security.ts";

/** A connection that TLS secures, as {@link CertificateWatch} sees it. */
export interface SecuredConnection {
  readonly isClosed: boolean;
  /** Tells the peer to go, where the protocol can. */
  beginDrain(): void;
  /** Closes if nothing has come since the last time this was asked, and nothing runs. */
  closeIfQuiet(now: number): void;
  /** Ends it at once. */
  cutOff(): void;
}

/** When a connection is told to go, and when it is cut off. */
interface Departure {
  readonly turnAt: number;
  readonly endAt: number;
  isTold: boolean;
}

/**
 * Sees when a listener's certificates are replaced, and sends away the connections that the old ones secure. Each is told at a random moment in the
 * first half of the drain timeout, so that not all of them come back at once: a handshake costs a hundred times what a call does.
 */
export class CertificateWatch {
  readonly #security: ServerSecurity;
  readonly #connections: () => Iterable<SecuredConnection>;
  readonly #departures = new Map<SecuredConnection, Departure>();
  readonly #timer: CallbackTimer = new CallbackTimer(() => void this.#look());
  #isOn = false;

  constructor(security: ServerSecurity, connections: () => Iterable<SecuredConnection>) {
    this.#security = security;
    this.#connections = connections;
  }

  start(): void {
    if (this.#security.drainTimeoutMs === Infinity || this.#isOn) return;
    this.#isOn = true;
    void this.#look();
  }

  stop(): void {
    this.#isOn = false;
    timers.remove(this.#timer);
    this.#departures.clear();
  }

  async #look(): Promise<void> {
    const { drainTimeoutMs } = this.#security;
    const hasChanged = await this.#security.hasChanged();
    if (!this.#isOn) return;
    const now = performance.now();
    if (hasChanged) {
      for (const connection of this.#connections()) {
        if (this.#departures.has(connection)) continue;
        const turnAt = now + (Math.random() * drainTimeoutMs) / 2;
        this.#departures.set(connection, { turnAt, endAt: now + drainTimeoutMs, isTold: false });
      }
    }
    for (const [connection, departure] of this.#departures) this.#proceed(connection, departure, now);
    timers.add(this.#timer, now + lookIntervalMs(drainTimeoutMs));
  }

  #proceed(connection: SecuredConnection, departure: Departure, now: number): void {
    if (connection.isClosed) this.#departures.delete(connection);
    else if (now >= departure.endAt) connection.cutOff();
    else if (departure.isTold) connection.closeIfQuiet(now);
    else if (now >= departure.turnAt) {
      departure.isTold = true;
      connection.beginDrain();
    }
  }
}
