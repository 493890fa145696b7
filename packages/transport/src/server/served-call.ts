import type { TransportProtocol } from "@kitex-ts/core";
import { type PayloadCodec, ServerCall } from "@kitex-ts/core/spi";
import type { PayloadValidator } from "../ttheader/payload-validation.ts";
import type { RequestInfo } from "../ttheader/request-info.ts";
import type { MethodEntry } from "./entry.ts";
import type { ConnectionHost } from "./protocol-handler.ts";
import type { ReplyTarget } from "./reply.ts";

/** A call that runs, and where its answer goes: one object for both, as it is made for every request. */
export class ServedCall extends ServerCall implements ReplyTarget {
  readonly entry: MethodEntry;
  readonly flags: number;
  readonly #host: ConnectionHost;

  constructor(
    entry: MethodEntry,
    sequenceId: number,
    protocol: TransportProtocol,
    flags: number,
    info: RequestInfo,
    host: ConnectionHost,
    receivedAt: number,
    recvSize: number,
  ) {
    super(entry.service, entry.method, sequenceId, protocol, info, host, receivedAt, recvSize);
    this.entry = entry;
    this.flags = flags;
    this.#host = host;
  }

  get codec(): PayloadCodec {
    return this.service.payloadCodec;
  }

  get isReset(): boolean {
    return asksToGo(this.#host, this.flags);
  }

  get validators(): readonly PayloadValidator[] {
    return this.#host.options.payloadValidators;
  }
}

const asksToGo = ({ phase: { farewell } }: ConnectionHost, flags: number): boolean =>
  farewell !== "none" && (farewell === "all" || flags === 0);

/** Where the answer to a request goes that is not run. */
export const refusalTarget = (
  transportProtocol: TransportProtocol,
  sequenceId: number,
  methodName: string,
  codec: PayloadCodec,
  flags: number,
  host: ConnectionHost,
): ReplyTarget => ({
  transportProtocol,
  sequenceId,
  methodName,
  codec,
  flags,
  isReset: asksToGo(host, flags),
  backwardValues: undefined,
  validators: host.options.payloadValidators,
});
