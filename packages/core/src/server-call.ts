import { CancelSlot } from "./cancel.ts";
import { type BackwardValues, Context } from "./context.ts";
import { RPCError } from "./errors.ts";
import type { MetaInfo } from "./metainfo.ts";
import type { EndpointInfo, Invocation, RPCConfig, RPCInfo, RPCStats } from "./rpcinfo.ts";
import type { MethodInfo, ServiceInfo } from "./service-info.ts";
import { CallbackTimer } from "./time/callback-timer.ts";
import { timers } from "./time/timer-wheel.ts";
import type { TransportProtocol } from "./transport-protocol.ts";

/** What the caller says in the header of its request. Not proven. */
export interface CallerInfo {
  readonly callerService: string;
  readonly callerMethod: string;
  /** Milliseconds the caller is willing to wait, 0 when it did not say. */
  readonly timeoutMs: number;
  /** As the handler is to see it. */
  readonly metaInfo: MetaInfo | undefined;
}

/** Who is at the other end of a connection: from the connection, never from a header, so that access rules may rely on it. */
export interface Peer {
  /** `host:port`, or the path of a unix socket. */
  readonly peerAddress: string;
  /** The URI in the certificate of the peer, such as `spiffe://…`. Undefined without TLS or without such a name. */
  readonly peerIdentity: string | undefined;
}

/** A call on the server: what `ctx` is in handlers and server middleware. */
export class ServerCall extends Context implements BackwardValues {
  readonly service: ServiceInfo;
  readonly method: MethodInfo;
  readonly sequenceId: number;
  readonly transportProtocol: TransportProtocol;
  readonly caller: CallerInfo;
  readonly peer: Peer;
  readonly receivedAt: number;
  readonly recvSize: number;
  backwardValues: Map<string, string> | undefined = undefined;
  /** @internal The connection keeps its calls in a table; this is the place. */
  slot = -1;
  #cancel: CancelSlot | undefined = undefined;
  #timer: CallbackTimer | undefined = undefined;
  #rpcInfo: RPCInfo | undefined = undefined;

  /** @param receivedAt monotonic milliseconds: from then on the caller's timeout runs */
  constructor(
    service: ServiceInfo,
    method: MethodInfo,
    sequenceId: number,
    transportProtocol: TransportProtocol,
    caller: CallerInfo,
    peer: Peer,
    receivedAt: number,
    recvSize: number,
  ) {
    super(caller.timeoutMs > 0 ? receivedAt + caller.timeoutMs : Infinity, caller.metaInfo, undefined, undefined);
    this.service = service;
    this.method = method;
    this.sequenceId = sequenceId;
    this.transportProtocol = transportProtocol;
    this.caller = caller;
    this.peer = peer;
    this.receivedAt = receivedAt;
    this.recvSize = recvSize;
  }

  override get methodName(): string {
    return this.method.name;
  }

  override get reply(): BackwardValues {
    return this;
  }

  override get cancelSlot(): CancelSlot {
    this.#cancel ??= new CancelSlot();
    // Runs only when somebody may listen. Work that outlives a handler keeps its deadline, so asking again starts it again.
    if (this.deadline !== Infinity && this.#cancel.cancelReason === undefined) this.#startTimer(this.#cancel);
    return this.#cancel;
  }

  #startTimer(slot: CancelSlot): void {
    this.#timer ??= new CallbackTimer(() => slot.cancel(timeoutOf(this)));
    if (this.#timer.isScheduled) return;
    if (performance.now() < this.deadline) timers.add(this.#timer, this.deadline);
    else this.#timer.onTimer();
  }

  /**
   * @internal The handler has ended. What nobody listens to is not kept until its deadline, which is as far away as the caller says: calls that were
   * answered long ago would fill the memory.
   */
  rest(): void {
    const slot = this.#cancel;
    if (slot === undefined || this.#timer === undefined) return;
    if (slot.cancelReason !== undefined || !slot.isAwaited) timers.remove(this.#timer);
  }

  /** @internal True when somebody may be waiting on the slot, so that cancelling is worth its price. */
  get isCancellable(): boolean {
    return this.#cancel !== undefined;
  }

  override get rpcInfo(): RPCInfo {
    this.#rpcInfo ??= new ServerRPCInfo(this);
    return this.#rpcInfo;
  }
}

const timeoutOf = ({ service: { serviceName }, method: { name }, caller }: ServerCall): RPCError =>
  new RPCError(
    "rpc_timeout",
    `the caller's timeout of ${caller.timeoutMs} ms is over, service=${serviceName}, method=${name}`,
    { service: serviceName, method: name },
  );

class ServerRPCInfo implements RPCInfo {
  readonly from: EndpointInfo;
  readonly to: EndpointInfo;
  readonly invocation: Invocation;
  readonly config: RPCConfig;
  readonly stats: RPCStats;

  constructor(call: ServerCall) {
    const { service, method, caller, peer } = call;
    const tag = (): undefined => undefined;
    this.from = {
      serviceName: caller.callerService,
      method: caller.callerMethod,
      address: peer.peerAddress,
      identity: peer.peerIdentity,
      tag,
    };
    this.to = { serviceName: service.serviceName, method: method.name, address: undefined, tag };
    this.invocation = {
      packageName: service.packageName,
      serviceName: service.serviceName,
      methodName: method.name,
      sequenceId: call.sequenceId,
    };
    this.config = { rpcTimeoutMs: caller.timeoutMs, connectTimeoutMs: 0, transportProtocol: call.transportProtocol };
    this.stats = { startedAt: call.receivedAt, sendSize: 0, recvSize: call.recvSize };
  }
}
