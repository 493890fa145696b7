import type { ServerDuplexStream, ServerErrorResponse } from "@grpc/grpc-js";
import type { DiscoveryResponse, MessageInit } from "@kitex-ts/xds-protos";
import { StreamHistory } from "./received-request.ts";

/** A stream of a client, as a test may use it. */
export interface ScriptedStream {
  /** 1 for the first that the control plane has seen. */
  readonly number: number;
  /** Names of this type that the client asked for last; undefined while it has not asked. */
  subscribedNames(typeUrl: string): readonly string[] | undefined;
  /** Sends a response as it is given. */
  send(response: MessageInit<DiscoveryResponse>): void;
  /** Sends bytes where a response belongs: recorded ones, or broken ones. */
  sendBytes(bytes: Uint8Array): void;
  /** Ends the stream with status OK, as a control plane does that sheds load. */
  close(): void;
  /** Ends the stream with an error: a `status` of `@grpc/grpc-js`, such as 14 for UNAVAILABLE. */
  fail(code: number, details: string): void;
}

/** @internal */
export class ServedStream implements ScriptedStream {
  readonly number: number;
  readonly history: StreamHistory = new StreamHistory();
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #encode: (response: MessageInit<DiscoveryResponse>) => Uint8Array;

  constructor(
    number: number,
    call: ServerDuplexStream<Buffer, Buffer>,
    encode: (response: MessageInit<DiscoveryResponse>) => Uint8Array,
  ) {
    this.number = number;
    this.#call = call;
    this.#encode = encode;
  }

  subscribedNames(typeUrl: string): readonly string[] | undefined {
    return this.history.names(typeUrl);
  }

  send(response: MessageInit<DiscoveryResponse>): void {
    this.sendBytes(this.#encode(response));
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#call.writable) this.#call.write(Buffer.from(bytes));
  }

  close(): void {
    this.#call.end();
  }

  fail(code: number, details: string): void {
    const error: ServerErrorResponse = Object.assign(new Error(details), { code, details });
    this.#call.emit("error", error);
  }
}
