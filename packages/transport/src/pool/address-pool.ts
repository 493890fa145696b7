import type { Socket } from "node:net";
import { TransportError } from "@kitex-ts/core";
import { CallbackTimer, type Security, type TLSGeneration, timers } from "@kitex-ts/core/spi";
import { ClientConnection, type ConnectionOwner, type ConnectionSettings } from "../connection/client-connection.ts";
import { Dial, type Dialer, type DialObserver, type ReceiveBuffer } from "../connection/dial.ts";
import { type CallHolder, callError, type PendingCall } from "../connection/pending-call.ts";
import { lookIntervalMs, Rotation } from "../tls/rotation.ts";
import { generationOf, secureDialer } from "../tls/secure-dialer.ts";
import type { AvoidedAddresses } from "./avoided.ts";
import { Backoff } from "./backoff.ts";
import type { TransportProfile } from "./profile.ts";

/** Dials at once to a peer of which it is not known yet whether one connection will do. */
const FIRST_PROBES = 4;
/** When none of them has been answered in this time, twice as many: the first calls may be slow ones. */
const PROBE_MS = 25;
/** Calls that were given up in the queue are taken out when there are more of them than of others, and of this. */
const KEPT_SETTLED = 64;
/** For a connection that is to replace another: nobody waits for it. */
const REPLACE_DIAL_MS = 5000;
/** How often a call that never reached a socket is given another connection. */
const MAX_TRIES = 3;

/** What the pools of one profile share. */
export interface PoolHost {
  readonly profile: TransportProfile;
  readonly settings: ConnectionSettings;
  readonly dialer: Dialer;
  /** Idle connections of all addresses. */
  idleCount: number;
  readonly isClosing: boolean;
  readonly avoided: AvoidedAddresses;
  /** The pool may have become empty. */
  onChange(pool: AddressPool): void;
}

export interface PoolDiagnosis {
  readonly address: string;
  /** Id of what secures the connections; left out for plaintext. */
  readonly security?: string;
  /** What the peer has shown: does it answer in any order? */
  readonly peer: "unknown" | "in any order" | "in order";
  readonly connections: number;
  readonly idle: number;
  readonly dialing: number;
  readonly callsInFlight: number;
  readonly callsWaiting: number;
}

/**
 * The connections to one address.
 *
 *   call ─ shared connection? ── yes ─► send
 *          │ no
 *          idle connection? ──── yes ─► send, one call at a time
 *          │ no
 *          wait, and dial unless enough are being dialed
 *
 *   first answer "in any order"  → the connection becomes the shared one, all who wait go there, the others are closed when idle
 *   first answer without         → a long pool: as many connections as calls, up to the limit
 */
export class AddressPool implements ConnectionOwner, DialObserver, CallHolder {
  readonly address: string;
  readonly security: Security | undefined;
  readonly #host: PoolHost;
  readonly #dialer: Dialer;
  readonly #backoff = new Backoff();
  /** With what secures each. */
  readonly #connections = new Map<ClientConnection, TLSGeneration | undefined>();
  readonly #rotation: Rotation | undefined;
  readonly #dials = new Set<Dial>();
  /** Last in, first out: those that are not needed stay unused and time out. */
  readonly #idle: ClientConnection[] = [];
  #shared: ClientConnection | undefined = undefined;
  #peer: PoolDiagnosis["peer"] = "unknown";
  /** In order of arrival. Calls that were given up stay until their turn comes, as settled. */
  #waiting: PendingCall[] = [];
  #waitingHead = 0;
  #waitingCount = 0;
  #probes = FIRST_PROBES;
  readonly #probeTimer = new CallbackTimer(() => this.#onProbesUnanswered());
  #backoffTimer: NodeJS.Timeout | undefined = undefined;

  constructor(address: string, host: PoolHost, security?: Security) {
    this.address = address;
    this.security = security;
    this.#host = host;
    this.#dialer = security === undefined ? host.dialer : secureDialer(security);
    this.#rotation = security === undefined ? undefined : new Rotation(security);
  }

  get isEmpty(): boolean {
    return this.#connections.size === 0 && this.#dials.size === 0 && this.#waitingCount === 0;
  }

  submit(call: PendingCall): void {
    const shared = this.#shared;
    if (shared?.isUsable === true) {
      shared.send(call);
      return;
    }
    const idle = this.#takeIdle(call.attempt.call.startedAt);
    if (idle === undefined) this.#enqueue(call);
    else if (!idle.send(call)) this.onIdle(idle);
  }

  #takeIdle(now: number): ClientConnection | undefined {
    const { maxIdleTimeoutMs, minIdlePerAddress } = this.#host.profile;
    // Whoever sets the limit below that of a peer counts on its being kept.
    const oldest = minIdlePerAddress > 0 ? -Infinity : now - maxIdleTimeoutMs;
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      this.#host.idleCount--;
      if (connection.isUsable && connection.idleSince >= oldest) return connection;
      connection.drain();
    }
    return undefined;
  }

  #enqueue(call: PendingCall): void {
    const { maxPendingCalls } = this.#host.profile;
    if (this.#waitingCount >= maxPendingCalls) {
      const detail = `${maxPendingCalls} calls wait for a connection to ${this.address}`;
      call.fail(callError(call, "too_many_calls", detail, { kind: "overlimit", requestWritten: false }));
      return;
    }
    call.holder = this;
    this.#waiting.push(call);
    this.#waitingCount++;
    this.#dialAsNeeded(call);
  }

  /** A call that waits here was given up. */
  release(): void {
    this.#waitingCount--;
    if (this.#waitingCount > 0) {
      // One that waits long, at the head, must not keep all those that were given up behind it.
      if (this.#waiting.length - this.#waitingHead > 2 * this.#waitingCount + KEPT_SETTLED) this.#forgetSettled();
      return;
    }
    this.#waiting = [];
    this.#waitingHead = 0;
    if (this.#host.isClosing) this.#abandonDials();
    this.#host.onChange(this);
  }

  #forgetSettled(): void {
    this.#waiting = this.#waiting.slice(this.#waitingHead).filter((call) => !call.isSettled);
    this.#waitingHead = 0;
  }

  #nextWaiting(): PendingCall | undefined {
    while (this.#waitingHead < this.#waiting.length) {
      const call = this.#waiting[this.#waitingHead++] as PendingCall;
      if (call.isSettled) continue;
      this.#waitingCount--;
      call.holder = undefined;
      return call;
    }
    this.#waiting = [];
    this.#waitingHead = 0;
    return undefined;
  }

  /** Gives those who wait to `connection`, as many as it takes. */
  #serve(connection: ClientConnection): void {
    while (connection.isUsable) {
      const call = this.#nextWaiting();
      if (call === undefined) break;
      if (connection.send(call) && !connection.isShared) return;
      // Also one that nobody answers was a call.
      if (this.#host.profile.connection === "short") break;
    }
    if (!connection.isShared) this.#putAside(connection);
    else if (connection.callsInFlight === 0) connection.park(performance.now());
  }

  /** How many more connections to dial for those who wait. */
  #missing(): number {
    const { connection, maxConnectionsPerAddress } = this.#host.profile;
    const dials = this.#dials.size;
    const forWaiting = this.#waitingCount - dials;
    if (connection === "mux" || (connection === "auto" && this.#peer === "in any order")) {
      return Math.min(forWaiting, 1 - dials);
    }
    const isProbing = connection === "auto" && this.#peer === "unknown" && this.#mayMultiplex;
    const limit = isProbing ? Math.min(this.#probes, maxConnectionsPerAddress) : maxConnectionsPerAddress;
    return Math.min(forWaiting, limit - this.#usableCount() - dials);
  }

  get #mayMultiplex(): boolean {
    return this.#host.profile.protocol.startsWith("TTHeader");
  }

  #dialAsNeeded(call: PendingCall | undefined): void {
    let needed = this.#missing();
    if (needed <= 0) {
      this.#watchProbes();
      return;
    }
    const pauseMs = this.#backoff.remainingMs();
    if (pauseMs > 0) {
      // A plain timer, because it must keep the process alive: a call waits for it.
      this.#backoffTimer ??= setTimeout(() => {
        this.#backoffTimer = undefined;
        this.#dialAsNeeded(undefined);
      }, pauseMs);
      return;
    }
    const waiting = call ?? this.#waiting[this.#waitingHead];
    const timeoutMs = waiting?.attempt.call.settings.connectTimeoutMs.value ?? 0;
    // After a failure one dial has to succeed before there are several.
    if (this.#backoff.hasFailed) {
      needed = 1 - this.#dials.size;
      if (needed > 0) this.#avoid(timeoutMs);
    }
    for (; needed > 0; needed--) this.#dials.add(new Dial(this.address, timeoutMs, this.#dialer, this));
    this.#watchProbes();
  }

  /** While it is not known to be back, calls that could go elsewhere do not wait here, neither for the pause nor for the dial that tries it. */
  #avoid(ms: number): void {
    if (ms > 0) this.#host.avoided.add(this.address, ms);
  }

  /** Connections on their way out do not count: those they served need another. */
  #usableCount(): number {
    let count = 0;
    for (const connection of this.#connections.keys()) if (connection.isUsable) count++;
    return count;
  }

  #watchProbes(): void {
    const isProbing = this.#peer === "unknown" && this.#mayMultiplex && this.#host.profile.connection === "auto";
    if (isProbing && this.#waitingCount > 0 && !this.#probeTimer.isScheduled) {
      timers.add(this.#probeTimer, performance.now() + PROBE_MS);
    }
  }

  #onProbesUnanswered(): void {
    if (this.#peer !== "unknown" || this.#waitingCount === 0) return;
    this.#probes = Math.min(this.#probes * 2, this.#host.profile.maxConnectionsPerAddress);
    this.#dialAsNeeded(undefined);
  }

  onConnected(dial: Dial, socket: Socket, receiveBuffer: ReceiveBuffer): void {
    this.#dials.delete(dial);
    if (this.#backoff.hasFailed) this.#host.avoided.delete(this.address);
    this.#backoff.onSuccess();
    const connection = new ClientConnection(socket, receiveBuffer, this.address, this.#host.settings, this);
    this.#connections.set(connection, generationOf(socket));
    const { connection: use } = this.#host.profile;
    if (this.#shared?.isUsable === true && !this.#isReplaced(this.#shared)) {
      connection.drain();
      return;
    }
    // A peer that has shown once that it takes calls in any order is trusted; should it answer in order now, nothing breaks.
    if (use === "mux" || (use === "auto" && this.#peer === "in any order")) this.#share(connection);
    else this.#serve(connection);
    this.#dialAsNeeded(undefined);
  }

  onDialFailed(dial: Dial, error: TransportError): void {
    this.#dials.delete(dial);
    this.#backoff.onFailure();
    this.#avoid(this.#backoff.remainingMs());
    if (this.#usableCount() + this.#dials.size > 0) {
      const first = this.#nextWaiting();
      if (first !== undefined) first.fail(unreachable(first, error));
      this.#dialAsNeeded(undefined);
    } else {
      for (let call = this.#nextWaiting(); call !== undefined; call = this.#nextWaiting()) {
        call.fail(unreachable(call, error));
      }
    }
    this.#host.onChange(this);
  }

  #share(connection: ClientConnection): void {
    const outdated = this.#shared;
    this.#shared = connection;
    connection.isShared = true;
    outdated?.drain();
    this.#serve(connection);
    if (this.#host.isClosing) connection.drain();
    // Those that were opened meanwhile are not needed any more.
    for (let idle = this.#takeIdle(0); idle !== undefined; idle = this.#takeIdle(0)) idle.drain();
  }

  onProof(connection: ClientConnection, inAnyOrder: boolean): void {
    if (this.#host.profile.connection !== "auto") return;
    this.#peer = inAnyOrder ? "in any order" : "in order";
    this.#probes = FIRST_PROBES;
    if (inAnyOrder) {
      if (connection === this.#shared || !connection.isUsable) return;
      if (this.#shared === undefined) this.#share(connection);
      else connection.drain();
      return;
    }
    if (connection === this.#shared) {
      // Another server has taken the place of one that could: its calls in flight will be answered one by one, new ones go elsewhere.
      this.#shared = undefined;
      connection.drain();
    }
    this.#dialAsNeeded(undefined);
  }

  onIdle(connection: ClientConnection): void {
    if (this.#host.profile.connection === "short") connection.drain();
    else this.#serve(connection);
  }

  #putAside(connection: ClientConnection): void {
    const host = this.#host;
    const { connection: use, maxIdlePerAddress, maxIdleGlobal } = host.profile;
    const isSurplus =
      host.isClosing ||
      use === "short" ||
      this.#shared !== undefined ||
      this.#idle.length >= maxIdlePerAddress ||
      host.idleCount >= maxIdleGlobal;
    if (isSurplus || !connection.isUsable) {
      connection.drain();
      return;
    }
    connection.park(performance.now());
    this.#idle.push(connection);
    host.idleCount++;
  }

  onDraining(connection: ClientConnection): void {
    if (this.#shared === connection) this.#shared = undefined;
    this.#dialAsNeeded(undefined);
  }

  onPeerLeaving(): void {
    this.#host.avoided.add(this.address);
  }

  onClosed(connection: ClientConnection, unwritten: readonly PendingCall[]): void {
    this.#connections.delete(connection);
    if (this.#shared === connection) this.#shared = undefined;
    const index = this.#idle.indexOf(connection);
    if (index >= 0) {
      this.#idle.splice(index, 1);
      this.#host.idleCount--;
    }
    for (const call of unwritten) {
      if (call.tries < MAX_TRIES) this.submit(call);
      else {
        const detail = `connections to ${this.address} break before the request can be sent`;
        call.fail(callError(call, "connection_closed", detail, { requestWritten: false }));
      }
    }
    this.#dialAsNeeded(undefined);
    this.#host.onChange(this);
  }

  /** Closes what has been idle since before `before`, the longest idle first, but leaves the least number. */
  sweep(before: number): void {
    const { minIdlePerAddress } = this.#host.profile;
    const expired = this.#idle.filter((connection) => connection.idleSince < before);
    const spare = Math.max(0, this.#idle.length - minIdlePerAddress);
    for (const connection of expired.slice(0, spare)) connection.drain();
    const shared = this.#shared;
    if (shared !== undefined && shared.callsInFlight === 0 && shared.idleSince < before && minIdlePerAddress === 0) {
      shared.drain();
    }
  }

  /** Asks silent peers whether they are there. */
  keepAlive(now: number): void {
    for (const connection of [...this.#connections.keys()]) connection.keepAlive(now);
  }

  /** How often to call {@link renew}; undefined when there is nothing to renew. */
  get renewIntervalMs(): number | undefined {
    return this.#rotation === undefined ? undefined : lookIntervalMs(this.#rotation.drainTimeoutMs);
  }

  /** Lets connections go whose certificates have been replaced. */
  renew(now: number): void {
    const rotation = this.#rotation;
    if (rotation === undefined || this.#connections.size === 0) return;
    rotation.look();
    for (const [connection, material] of [...this.#connections]) {
      const fate = rotation.fateOf(connection, material, now);
      if (fate === "replace") this.#replace(connection);
      else if (fate === "drain") connection.drain();
      else if (fate === "close") connection.cutOff(outdated(this.address, rotation.drainTimeoutMs));
    }
  }

  /** Calls on their way to the shared connection are not to wait for another: it goes when that is there. */
  #replace(connection: ClientConnection): void {
    if (connection !== this.#shared) connection.drain();
    else if (this.#dials.size === 0 && this.#backoff.remainingMs() === 0) {
      this.#dials.add(new Dial(this.address, REPLACE_DIAL_MS, this.#dialer, this));
    }
  }

  #isReplaced(connection: ClientConnection): boolean {
    return this.#rotation?.isReplaced(this.#connections.get(connection)) === true;
  }

  /** No client is left: idle connections close now, busy ones when their calls have ended. */
  close(): void {
    timers.remove(this.#probeTimer);
    for (const connection of [...this.#connections.keys()]) {
      if (this.#waitingCount === 0 || connection.callsInFlight === 0) connection.drain();
    }
    if (this.#waitingCount === 0) this.#abandonDials();
  }

  #abandonDials(): void {
    for (const dial of this.#dials) dial.abandon();
    this.#dials.clear();
  }

  diagnosis(): PoolDiagnosis {
    let callsInFlight = 0;
    for (const connection of this.#connections.keys()) callsInFlight += connection.callsInFlight;
    return {
      address: this.address,
      ...(this.security === undefined ? {} : { security: this.security.id }),
      peer: this.#peer,
      connections: this.#connections.size,
      idle: this.#idle.length + (this.#shared !== undefined && this.#shared.callsInFlight === 0 ? 1 : 0),
      dialing: this.#dials.size,
      callsInFlight,
      callsWaiting: this.#waitingCount,
    };
  }
}

const outdated = (address: string, timeoutMs: number): TransportError =>
  new TransportError(
    "certificates_replaced",
    `the certificates of the connection to ${address} were replaced, and its calls have not ended within drainTimeoutMs (${timeoutMs})`,
  );

/** A failed dial, as one of those who waited for it sees it. */
const unreachable = (call: PendingCall, error: TransportError): TransportError =>
  callError(call, error.code, error.detail, {
    kind: "get_connection",
    requestWritten: false,
    cause: error,
  });
