import { RPCError } from "@kitex-ts/core";
import { type Attempt, CallbackTimer, type PayloadCodec, type Security, timers } from "@kitex-ts/core/spi";
import type { ConnectionSettings } from "../connection/client-connection.ts";
import { type Dialer, dialSocket } from "../connection/dial.ts";
import { keepaliveLookMs } from "../connection/keepalive.ts";
import { callError, PendingCall } from "../connection/pending-call.ts";
import { RequestWriter } from "../connection/request-writer.ts";
import { FLAG_OUT_OF_ORDER } from "../ttheader/keys.ts";
import type { PayloadValidator } from "../ttheader/payload-validation.ts";
import { AddressPool, type PoolDiagnosis, type PoolHost } from "./address-pool.ts";
import { type Avoided, AvoidedAddresses } from "./avoided.ts";
import type { TransportProfile } from "./profile.ts";

/** Carries calls to the addresses that they were given. Shares its connections with all transports of an equal profile. */
export interface ClientTransport {
  /**
   * Sends `request` to `attempt.instance` and waits for the answer. Rejects with what the IDL declares, a `BizStatusError`, an
   * `ApplicationException`, or a `TransportError` of kind `get_connection` (nothing was sent), `overlimit` or `remote_or_network`. The wait ends at
   * `attempt.deadline`, or when somebody cancels `attempt.cancelSlot`.
   */
  call(attempt: Attempt, request: unknown): Promise<unknown>;
  /**
   * Where calls had better not go while there are others: to servers that are about to stop, which may close their port while new connections wait to
   * be accepted, so that nobody knows whether a request was read; and to addresses that could not be reached just now, where a call would wait for
   * the next try.
   */
  readonly avoided: Avoided;
  /** New calls are refused. Resolves when those running have ended, if nobody else uses the connections. Closing twice is fine. */
  close(): Promise<void>;
  diagnosis(): TransportDiagnosis;
}

/** What the connections of a transport do; plain data. */
export interface TransportDiagnosis {
  readonly profile: TransportProfile;
  /** Clients that share these connections. */
  readonly sharedBy: number;
  readonly addresses: readonly PoolDiagnosis[];
}

const poolKey = (address: string, security: Security | undefined): string =>
  security === undefined ? address : `${address} ${security.id}`;

/** All connections of one profile. */
class PoolGroup implements PoolHost {
  readonly profile: TransportProfile;
  readonly settings: ConnectionSettings;
  readonly dialer: Dialer;
  readonly avoided: AvoidedAddresses = new AvoidedAddresses();
  idleCount = 0;
  isClosing = false;
  references = 0;
  readonly #codecs: PayloadCodec[] = [];
  readonly #pools = new Map<string, AddressPool>();
  /** The pool of the latest call: most clients talk to few addresses, some to one. */
  #latest: AddressPool | undefined = undefined;
  readonly #sweepTimer: CallbackTimer = new CallbackTimer(() => this.#sweep());
  readonly #renewTimer: CallbackTimer = new CallbackTimer(() => this.#renew());
  readonly #keepaliveTimer: CallbackTimer = new CallbackTimer(() => this.#keepAlive());
  #onEmpty: (() => void) | undefined = undefined;

  constructor(profile: TransportProfile, dialer: Dialer) {
    this.profile = profile;
    this.dialer = dialer;
    const asksForAnyOrder = profile.connection === "auto" || profile.connection === "mux";
    this.settings = {
      codecs: this.#codecs,
      requestWriter: new RequestWriter(
        profile.protocol,
        asksForAnyOrder ? FLAG_OUT_OF_ORDER : 0,
        profile.maxMessageBytes,
        profile.payloadValidators,
      ),
      payloadValidators: profile.payloadValidators,
      maxMessageBytes: profile.maxMessageBytes,
      maxHeaderBytes: profile.maxHeaderBytes,
      maxPendingCalls: profile.maxPendingCalls,
      maxPendingBytes: profile.maxPendingBytes,
      keepaliveTimeMs: profile.keepaliveTimeMs,
      keepaliveTimeoutMs: profile.keepaliveTimeoutMs,
    };
  }

  start(call: PendingCall, defaultSecurity: Security | undefined): void {
    const {
      instance,
      call: { target },
    } = call.attempt;
    if (instance === undefined) {
      call.fail(callError(call, "no_instance", "the call has no instance to go to", { kind: "internal_exception" }));
      return;
    }
    const { payloadCodec } = target.service;
    if (!this.#codecs.includes(payloadCodec)) this.#codecs.push(payloadCodec);
    // A call that has been given up already is told so here, and ends.
    call.watch();
    if (call.isSettled) return;
    const { address } = instance;
    const security = instance.security ?? defaultSecurity;
    let pool = this.#latest;
    if (pool?.address !== address || pool.security !== security) {
      pool = this.#poolOf(address, security);
      this.#latest = pool;
    }
    pool.submit(call);
  }

  #poolOf(address: string, security: Security | undefined): AddressPool {
    const key = poolKey(address, security);
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new AddressPool(address, this, security);
      this.#pools.set(key, pool);
      if (this.#pools.size === 1) {
        this.#scheduleSweep();
        this.#scheduleKeepalive();
      }
      if (security !== undefined && !this.#renewTimer.isScheduled) this.#scheduleRenewal();
    }
    return pool;
  }

  #scheduleKeepalive(): void {
    const { connection, keepaliveTimeMs, keepaliveTimeoutMs } = this.profile;
    // Others do not ask for answers in any order, so their peers never show who they are.
    if (keepaliveTimeMs === 0 || (connection !== "auto" && connection !== "mux")) return;
    timers.add(this.#keepaliveTimer, performance.now() + keepaliveLookMs(keepaliveTimeMs, keepaliveTimeoutMs));
  }

  /** Asks silent peers whether they are there. */
  #keepAlive(): void {
    const now = performance.now();
    for (const pool of [...this.#pools.values()]) pool.keepAlive(now);
    if (this.#pools.size > 0) this.#scheduleKeepalive();
  }

  #scheduleRenewal(): void {
    let intervalMs = Infinity;
    for (const pool of this.#pools.values()) intervalMs = Math.min(intervalMs, pool.renewIntervalMs ?? Infinity);
    if (intervalMs !== Infinity) timers.add(this.#renewTimer, performance.now() + intervalMs);
  }

  /** Lets connections go whose certificates have been replaced. */
  #renew(): void {
    const now = performance.now();
    for (const pool of [...this.#pools.values()]) pool.renew(now);
    this.#scheduleRenewal();
  }

  #scheduleSweep(): void {
    timers.add(this.#sweepTimer, performance.now() + Math.max(10, this.profile.maxIdleTimeoutMs / 8));
  }

  /** Closes what has been idle too long, and forgets addresses that nobody talks to any more. */
  #sweep(): void {
    const before = performance.now() - this.profile.maxIdleTimeoutMs;
    for (const pool of [...this.#pools.values()]) {
      pool.sweep(before);
      if (pool.isEmpty) this.#forget(pool);
    }
    if (this.#pools.size > 0) this.#scheduleSweep();
  }

  #forget(pool: AddressPool): void {
    this.#pools.delete(poolKey(pool.address, pool.security));
    if (this.#latest === pool) this.#latest = undefined;
  }

  onChange(pool: AddressPool): void {
    if (!this.isClosing || !pool.isEmpty) return;
    this.#forget(pool);
    if (this.#pools.size === 0) this.#onEmpty?.();
  }

  close(): Promise<void> {
    this.isClosing = true;
    timers.remove(this.#sweepTimer);
    timers.remove(this.#renewTimer);
    timers.remove(this.#keepaliveTimer);
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      for (const pool of [...this.#pools.values()]) {
        pool.close();
        this.onChange(pool);
      }
      if (this.#pools.size === 0) resolve();
    });
  }

  diagnosis(): TransportDiagnosis {
    return {
      profile: this.profile,
      sharedBy: this.references,
      addresses: [...this.#pools.values()].map((pool) => pool.diagnosis()),
    };
  }
}

class SharedTransport implements ClientTransport {
  readonly #group: PoolGroup;
  readonly #security: Security | undefined;
  readonly #release: (group: PoolGroup) => Promise<void>;
  #closing: Promise<void> | undefined = undefined;

  constructor(group: PoolGroup, security: Security | undefined, release: (group: PoolGroup) => Promise<void>) {
    this.#group = group;
    this.#security = security;
    this.#release = release;
  }

  call(attempt: Attempt, request: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = new PendingCall(attempt, request, resolve, reject);
      if (this.#closing === undefined) this.#group.start(call, this.#security);
      else call.fail(new RPCError("internal_exception", "the transport was closed", call.context(false)));
    });
  }

  get avoided(): Avoided {
    return this.#group.avoided;
  }

  close(): Promise<void> {
    this.#closing ??= this.#release(this.#group);
    return this.#closing;
  }

  diagnosis(): TransportDiagnosis {
    return this.#group.diagnosis();
  }
}

const validatorIds = new WeakMap<PayloadValidator, number>();
let validatorCount = 0;

const validatorId = (validator: PayloadValidator): number => {
  const id = validatorIds.get(validator) ?? ++validatorCount;
  validatorIds.set(validator, id);
  return id;
};

/** Process-wide: clients with equal profiles share connections. */
const groups = new Map<string, PoolGroup>();

/**
 * A transport for `profile`. Its connections close when the last transport that shares them is closed.
 *
 * @param security secures connections to instances that bring none of their own; without either they are plaintext
 */
export const openClientTransport = (profile: TransportProfile, security?: Security): ClientTransport => {
  const plain = { ...profile, payloadValidators: profile.payloadValidators.map(validatorId) };
  const key = JSON.stringify(Object.entries(plain).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  let group = groups.get(key);
  if (group === undefined) {
    group = new PoolGroup(profile, dialSocket);
    groups.set(key, group);
  }
  group.references++;
  return new SharedTransport(group, security, (shared) => {
    shared.references--;
    if (shared.references > 0) return Promise.resolve();
    groups.delete(key);
    return shared.close();
  });
};
