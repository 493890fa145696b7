import { DiscoveryRequest, DiscoveryResponse, type MessageInit } from "@kitex-ts/xds-protos";
import type { ADSStream, ADSStreamEvents, ADSTransport } from "../../src/ads/transport.ts";

/** A stream without a socket: what the client sends is a list, what it receives is what the test gives it. */
export class MemoryStream implements ADSStream {
  readonly requests: DiscoveryRequest[] = [];
  isClosed = false;
  isPaused = false;
  readonly #events: ADSStreamEvents;

  constructor(events: ADSStreamEvents) {
    this.#events = events;
  }

  send(bytes: Uint8Array): void {
    this.requests.push(DiscoveryRequest.decode(bytes));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): void {
    this.isClosed = true;
  }

  /** The control plane sends a response; resolves when the client has answered it. */
  async respond(response: MessageInit<DiscoveryResponse>): Promise<void> {
    this.respondBytes(DiscoveryResponse.encode(response));
    await settled();
  }

  respondBytes(bytes: Uint8Array): void {
    this.#events.onMessage(bytes);
  }

  /** The control plane ends the stream. */
  end(reason: string): void {
    this.#events.onEnd(reason);
  }

  /** Requests for a type, by its URL. */
  of(type: { readonly typeUrl: string }): readonly DiscoveryRequest[] {
    return this.requests.filter(({ typeUrl }) => typeUrl === type.typeUrl);
  }
}

/** Opens streams without a network. */
export class MemoryTransport implements ADSTransport {
  readonly address = "control-plane:15010";
  readonly streams: MemoryStream[] = [];

  open(events: ADSStreamEvents): ADSStream {
    const stream = new MemoryStream(events);
    this.streams.push(stream);
    return stream;
  }

  get current(): MemoryStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error("no stream was opened");
    return stream;
  }
}

/** Lets everything run that is ready to. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
