import type { TransportProtocol } from "@kitex-ts/core";
import type { PayloadCodec, ServerCall } from "@kitex-ts/core/spi";
import type { PayloadValidator } from "../ttheader/payload-validation.ts";
import type { ConnectionHost } from "./protocol-handler.ts";
import type { ReplyTarget } from "./reply.ts";

/** Where the answer of one request goes. What it says of draining and backward values is read when it is written. */
export class RequestReply implements ReplyTarget {
  readonly protocol: TransportProtocol;
  readonly sequenceId: number;
  readonly methodName: string;
  readonly codec: PayloadCodec;
  readonly flags: number;
  call: ServerCall | undefined = undefined;
  readonly #host: ConnectionHost;
  #isReset = false;

  constructor(
    protocol: TransportProtocol,
    sequenceId: number,
    methodName: string,
    codec: PayloadCodec,
    flags: number,
    host: ConnectionHost,
  ) {
    this.protocol = protocol;
    this.sequenceId = sequenceId;
    this.methodName = methodName;
    this.codec = codec;
    this.flags = flags;
    this.#host = host;
  }

  get isReset(): boolean {
    return this.#isReset || this.#host.phase.isDraining;
  }

  set isReset(value: boolean) {
    this.#isReset = value;
  }

  get validators(): readonly PayloadValidator[] {
    return this.#host.options.payloadValidators;
  }

  get backwardValues(): ReadonlyMap<string, string> | undefined {
    return this.call?.backwardValues;
  }
}
