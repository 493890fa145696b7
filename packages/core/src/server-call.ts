import { CancelSlot, type Expiring, type Waiter } from "./cancel.ts";
import { type BackwardValues, Context } from "./context.ts";
import { RPCError } from "./errors.ts";
import type { MetaInfo } from "./metainfo.ts";
import type { EndpointInfo, Invocation, RPCConfig, RPCInfo, RPCStats } from "./rpcinfo.ts";
import type { MethodInfo, ServiceInfo } from "./service-info.ts";
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
export class ServerCall extends Context implements BackwardValues, Expiring {
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
  #rpcInfo: RPCInfo | undefined = undefined;
  #hasEnded = false;

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
    if (this.#cancel === undefined) {
      this.#cancel = new CancelSlot();
      this.#cancel.limitTo(this);
    }
    return this.#cancel;
  }

  override get signal(): AbortSignal {
    const slot = this.cancelSlot;
    if (performance.now() >= this.deadline) this.expire();
    // Nobody gives a signal back, so that whoever has it counts as waiting, while the handler runs.
    else if (!slot.hasSignal && !this.#hasEnded) slot.addWaiter(holders);
    return slot.signal;
  }

  /**
   * @internal The handler has ended. Its signal is no reason to keep the call until its deadline, which is as far away as the caller says: calls
   * that were answered long ago would fill the memory. Calls that it made and that still run keep the deadline themselves.
   */
  end(): void {
    this.#hasEnded = true;
    this.#cancel?.removeWaiter(holders);
  }

  /** @internal Tells all who wait that the caller does not any more. */
  expire(): void {
    const slot = this.cancelSlot;
    if (slot.cancelReason === undefined) slot.cancel(timeoutOf(this));
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

/** Stands for those who hold the signal, which tells them itself. */
const holders: Waiter = { onCancel: () => {} };

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
