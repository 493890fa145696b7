import { CancelSlot, type Expiring } from "./cancel.ts";
import { Context } from "./context.ts";
import { RPCError } from "./errors.ts";
import type { CallSettings } from "./policy.ts";
import type { RouteDecision } from "./route.ts";
import type { EndpointInfo, Invocation, RPCConfig, RPCInfo, RPCStats } from "./rpcinfo.ts";
import type { MethodInfo, ServiceInfo } from "./service-info.ts";
import type { Instance } from "./spi/discovery.ts";

/** What all calls of one method of one client have in common; made once by `createClient`. */
export interface MethodTarget {
  readonly service: ServiceInfo;
  readonly method: MethodInfo;
  /** Discovery name of the callee. */
  readonly destination: string;
  /** The caller's own name, empty when not set. Kitex: `client.WithClientBasicInfo`. */
  readonly caller: string;
}

/**
 * A call on the client: one per RPC, whatever the number of attempts. Per-call layers (router, deadline, retry) see it; user code sees an
 * {@link Attempt}.
 */
export class Call extends Context {
  readonly target: MethodTarget;
  readonly settings: CallSettings;
  readonly startedAt: number;
  /** The context the caller passed with `callopt.withContext`: its metainfo travels on, its deadline and cancellation bound this call. */
  readonly parent: Context | undefined;
  /** The signal the caller passed with `callopt.withSignal`. */
  readonly callerSignal: AbortSignal | undefined;
  /** Set by a router. */
  route: RouteDecision | undefined = undefined;
  /** When the call as a whole is given up: the parent's deadline, or earlier by a route's timeout. */
  declare deadline: number;
  readonly #cancel = new CancelSlot();

  constructor(
    target: MethodTarget,
    settings: CallSettings,
    startedAt: number,
    parent?: Context,
    callerSignal?: AbortSignal,
  ) {
    super(parent === undefined ? Infinity : parent.deadline, parent?.metaInfo, parent?.backward, parent?.cells);
    this.target = target;
    this.settings = settings;
    this.parent = parent;
    this.callerSignal = callerSignal;
    this.startedAt = startedAt;
  }

  override get cancelSlot(): CancelSlot {
    return this.#cancel;
  }

  override get methodName(): string {
    return this.target.method.name;
  }

  override get rpcInfo(): RPCInfo {
    return new ClientRPCInfo(this, undefined);
  }

  /** Until when routing and the first look-up of a target may wait: the parent's deadline or the RPC timeout, whichever is earlier. */
  get waitDeadline(): number {
    const timeoutMs = this.settings.rpcTimeoutMs.value;
    return timeoutMs > 0 ? Math.min(this.deadline, this.startedAt + timeoutMs) : this.deadline;
  }

  /** A tag of this call: set by call option, else by client option. */
  tag(key: string): string | undefined {
    return this.settings.tags?.get(key);
  }
}

/** Which of several limits it is that ends an attempt; the error says so. */
export type AttemptLimit = "rpc timeout" | "route timeout" | "deadline of the caller's context";

/** One try of a call: what `ctx` is in client middleware. */
export class Attempt extends Context implements Expiring {
  readonly call: Call;
  /** 1 for the first. */
  readonly number: number;
  /** Where this attempt goes; set by the balancer or `callopt.withHostPort`. */
  instance: Instance | undefined = undefined;
  /** Instances not to choose again: used by earlier attempts of the call, or found unreachable by this one. */
  tried: readonly Instance[];
  /** Milliseconds this attempt may take, 0 without a limit; what TTHeader tells the server. */
  readonly timeoutMs: number;
  readonly limit: AttemptLimit;
  sequenceId = 0;
  sendSize = 0;
  recvSize = 0;
  readonly #cancel: CancelSlot;
  #rpcInfo: RPCInfo | undefined = undefined;

  constructor(
    call: Call,
    number: number,
    tried: readonly Instance[],
    deadline: number,
    limit: AttemptLimit,
    timeoutMs: number,
    cancel: CancelSlot,
  ) {
    super(deadline, call.metaInfo, call.backward, call.cells);
    this.call = call;
    this.number = number;
    this.tried = tried;
    this.limit = limit;
    this.timeoutMs = timeoutMs;
    this.#cancel = cancel;
    cancel.limitTo(this);
  }

  override get cancelSlot(): CancelSlot {
    return this.#cancel;
  }

  override get methodName(): string {
    return this.call.target.method.name;
  }

  override get rpcInfo(): RPCInfo {
    this.#rpcInfo ??= new ClientRPCInfo(this.call, this);
    return this.#rpcInfo;
  }

  /** Gives the attempt up because its deadline has passed; all who wait on its behalf are told the same reason. */
  expire(): void {
    if (this.#cancel.cancelReason === undefined) this.#cancel.cancel(this.#timeoutError());
  }

  #timeoutError(): RPCError {
    const { target, startedAt, route } = this.call;
    const limits: Readonly<Record<AttemptLimit, string>> = {
      "rpc timeout": `timeout=${this.timeoutMs}ms`,
      "route timeout": `route timeout=${route?.timeoutMs ?? 0}ms, route=${route?.routeName ?? ""}`,
      "deadline of the caller's context": `the caller's context allowed ${Math.round(this.deadline - startedAt)}ms`,
    };
    const remote = this.instance === undefined ? "" : `, remote=${this.instance.address}`;
    return new RPCError(
      this.limit === "deadline of the caller's context" ? "timeout_by_business" : "rpc_timeout",
      `${limits[this.limit]}, to=${target.destination}, method=${target.method.name}${remote}`,
      { service: target.destination, method: target.method.name, address: this.instance?.address },
    );
  }

  /** Marks an instance as not to be chosen again in this attempt. */
  exclude(instance: Instance): void {
    this.tried = [...this.tried, instance];
  }

  /** @internal Takes over what middleware changed in a context derived from this one: metainfo set there is sent, an earlier deadline counts. */
  adopt(ctx: Context): void {
    const own = this as { -readonly [Key in "metaInfo" | "backward" | "deadline" | "limit" | "timeoutMs"]: this[Key] };
    own.metaInfo = ctx.metaInfo;
    own.backward = ctx.backward;
    if (ctx.deadline < this.deadline) {
      own.deadline = ctx.deadline;
      own.limit = "deadline of the caller's context";
      own.timeoutMs = Math.max(1, Math.ceil(ctx.deadline - performance.now()));
      this.#cancel.limitTo(this);
    }
  }
}

/** The attempt a client-side context belongs to; undefined for contexts of handlers and of no call. */
export const attemptOf = (ctx: Context): Attempt | undefined => {
  const { root } = ctx;
  return root instanceof Attempt ? root : undefined;
};

/** RPCInfo as a view: nothing is copied, and calls whose middleware never looks pay nothing. */
class ClientRPCInfo implements RPCInfo {
  readonly #call: Call;
  readonly #attempt: Attempt | undefined;

  constructor(call: Call, attempt: Attempt | undefined) {
    this.#call = call;
    this.#attempt = attempt;
  }

  get from(): EndpointInfo {
    const { caller } = this.#call.target;
    const method = this.#call.parent?.methodName ?? "";
    return { serviceName: caller, method, address: undefined, tag: () => undefined };
  }

  get to(): EndpointInfo {
    const instance = this.#attempt?.instance;
    return {
      serviceName: this.#call.target.destination,
      method: this.#call.target.method.name,
      address: instance?.address,
      // A tag of the instance hides one of the call, as in Kitex.
      tag: (key) => instance?.tags.get(key) ?? this.#call.tag(key),
    };
  }

  get invocation(): Invocation {
    const { service, method } = this.#call.target;
    return {
      packageName: service.packageName,
      serviceName: service.serviceName,
      methodName: method.name,
      sequenceId: this.#attempt?.sequenceId ?? 0,
    };
  }

  get config(): RPCConfig {
    const { settings } = this.#call;
    return {
      rpcTimeoutMs: settings.rpcTimeoutMs.value,
      connectTimeoutMs: settings.connectTimeoutMs.value,
      transportProtocol: settings.transportProtocol,
    };
  }

  get stats(): RPCStats {
    return {
      startedAt: this.#call.startedAt,
      sendSize: this.#attempt?.sendSize ?? 0,
      recvSize: this.#attempt?.recvSize ?? 0,
    };
  }
}
