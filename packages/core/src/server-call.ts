import { CancelSlot } from "./cancel.ts";
import { type BackwardValues, Context } from "./context.ts";
import { RPCError } from "./errors.ts";
import type { MetaInfo } from "./metainfo.ts";
import type { EndpointInfo, Invocation, RPCConfig, RPCInfo, RPCStats } from "./rpcinfo.ts";
import type { MethodInfo, ServiceInfo } from "./service-info.ts";
import { timers, WheelTimer } from "./time/timer-wheel.ts";
import type { TransportProtocol } from "./transport-protocol.ts";

/** What the transport knows about a request when it hands it to the server. */
export interface ServerCallInit {
  readonly service: ServiceInfo;
  readonly method: MethodInfo;
  readonly sequenceId: number;
  readonly transportProtocol: TransportProtocol;
  readonly metaInfo: MetaInfo | undefined;
  /** Monotonic milliseconds; `Infinity` when the caller sent no timeout. */
  readonly deadline: number;
  /** Milliseconds the caller is willing to wait, 0 when it did not say. */
  readonly timeoutMs: number;
  /** From the connection, never from a header: it is what access rules may rely on. */
  readonly peerAddress: string;
  /** The URI in the certificate of the peer, such as `spiffe://…`: proven by the connection. Undefined without TLS or without such a name. */
  readonly peerIdentity?: string | undefined;
  /** As the caller says of itself; not proven. */
  readonly callerService: string;
  readonly callerMethod: string;
  readonly receivedAt: number;
  readonly recvSize: number;
}

/** A call on the server: what `ctx` is in handlers and server middleware. */
export class ServerCall extends Context implements BackwardValues {
  readonly init: ServerCallInit;
  backwardValues: Map<string, string> | undefined = undefined;
  /** @internal The connection keeps its calls in a table; this is the place. */
  slot = -1;
  #cancel: CancelSlot | undefined = undefined;
  #rpcInfo: RPCInfo | undefined = undefined;

  constructor(init: ServerCallInit) {
    super(init.deadline, init.metaInfo, undefined, undefined);
    this.init = init;
  }

  override get reply(): BackwardValues {
    return this;
  }

  override get cancelSlot(): CancelSlot {
    if (this.#cancel === undefined) {
      this.#cancel = new CancelSlot();
      // Started only when somebody may listen; work that outlives a handler keeps its deadline, so nothing stops it early.
      if (this.deadline !== Infinity) timers.add(new DeadlineTimer(this.#cancel, this.init), this.deadline);
    }
    return this.#cancel;
  }

  /** @internal True when somebody may be waiting on the slot, so that cancelling is worth its price. */
  get isCancellable(): boolean {
    return this.#cancel !== undefined;
  }

  override get rpcInfo(): RPCInfo {
    this.#rpcInfo ??= new ServerRPCInfo(this.init);
    return this.#rpcInfo;
  }
}

class DeadlineTimer extends WheelTimer {
  readonly #slot: CancelSlot;
  readonly #init: ServerCallInit;

  constructor(slot: CancelSlot, init: ServerCallInit) {
    super();
    this.#slot = slot;
    this.#init = init;
  }

  onTimer(): void {
    const { service, method, timeoutMs } = this.#init;
    this.#slot.cancel(
      new RPCError(
        "rpc_timeout",
        `the caller's timeout of ${timeoutMs} ms is over, service=${service.serviceName}, method=${method.name}`,
        {
          service: service.serviceName,
          method: method.name,
        },
      ),
    );
  }
}

class ServerRPCInfo implements RPCInfo {
  readonly from: EndpointInfo;
  readonly to: EndpointInfo;
  readonly invocation: Invocation;
  readonly config: RPCConfig;
  readonly stats: RPCStats;

  constructor(init: ServerCallInit) {
    const { service, method } = init;
    const tag = (): undefined => undefined;
    this.from = {
      serviceName: init.callerService,
      method: init.callerMethod,
      address: init.peerAddress,
      identity: init.peerIdentity,
      tag,
    };
    this.to = { serviceName: service.serviceName, method: method.name, address: undefined, tag };
    this.invocation = {
      packageName: service.packageName,
      serviceName: service.serviceName,
      methodName: method.name,
      sequenceId: init.sequenceId,
    };
    this.config = { rpcTimeoutMs: init.timeoutMs, connectTimeoutMs: 0, transportProtocol: init.transportProtocol };
    this.stats = { startedAt: init.receivedAt, sendSize: 0, recvSize: init.recvSize };
  }
}
