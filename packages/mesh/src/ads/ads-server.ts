import { isIPv6 } from "node:net";
import { Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import type { DiscoveryRequest, DiscoveryResponse, MessageInit } from "@kitex-ts/xds-protos";
import { MeshError } from "../errors.ts";
import type { EventHub, MeshClient } from "../events.ts";
import { ADSStream } from "./ads-stream.ts";
import { ADS_SERVICE } from "./service-definition.ts";
import type { Snapshot } from "./snapshot.ts";

/** Where a mesh listens. */
export interface MeshAddress {
  readonly host: string;
  readonly port: number;
}

type Call = ServerDuplexStream<DiscoveryRequest, MessageInit<DiscoveryResponse>>;

/** A half-open connection is noticed after 40 s. */
const SERVER_OPTIONS = {
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.max_receive_message_length": 16 * 1024 * 1024,
};

/** Serves ADS in plaintext, as istiod does on port 15010. */
export class ADSServer {
  readonly #events: EventHub;
  readonly #debounceMs: number;
  readonly #streams = new Set<ADSStream>();
  readonly #server: Server = new Server(SERVER_OPTIONS);
  #snapshot: Snapshot;
  #timer: NodeJS.Timeout | undefined;

  constructor(events: EventHub, debounceMs: number, snapshot: Snapshot) {
    this.#events = events;
    this.#debounceMs = debounceMs;
    this.#snapshot = snapshot;
    this.#server.addService(ADS_SERVICE, { streamAggregatedResources: (call: Call) => this.#accept(call) });
  }

  get clients(): readonly MeshClient[] {
    return [...this.#streams].flatMap(({ client }) => client ?? []);
  }

  /** Clients that have not answered the newest state yet. */
  get laggards(): readonly MeshClient[] {
    const late = [...this.#streams].filter((stream) => this.#timer !== undefined || !stream.isSynced(this.#snapshot));
    return late.flatMap(({ client }) => client ?? []);
  }

  /** @throws MeshError `listen` */
  listen(host: string, port: number): Promise<MeshAddress> {
    const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(target, ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve({ host, port: bound });
        else reject(new MeshError("listen", `cannot listen on ${target}: ${error.message}`, { cause: error }));
      });
    });
  }

  /** Sends a new state to all clients, together with what follows within the debounce time. */
  update(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const stream of this.#streams) this.#guard(stream, () => stream.update(this.#snapshot));
    }, this.#debounceMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#server.forceShutdown();
  }

  #accept(call: Call): void {
    const stream: ADSStream = new ADSStream(
      {
        peer: call.getPeer(),
        send: (response) => {
          const isWritable = call.write(response);
          // Whoever does not read answers is not asked for more questions.
          if (!isWritable) call.pause();
          return isWritable;
        },
        refuse: (details) => call.emit("error", { code: status.INVALID_ARGUMENT, details }),
      },
      this.#events,
      this.#snapshot,
    );
    this.#streams.add(stream);
    let isOpen = true;
    const leave = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#streams.delete(stream);
      if (stream.client !== undefined) this.#events.emit("disconnect", { client: stream.client });
    };
    call.on("data", (request: DiscoveryRequest) => {
      if (isOpen) this.#guard(stream, () => stream.receive(request));
    });
    call.on("drain", () => {
      call.resume();
      this.#guard(stream, () => stream.drained());
    });
    call.on("error", leave);
    call.on("cancelled", leave);
    call.on("end", () => {
      leave();
      call.end();
    });
  }

  #guard(stream: ADSStream, action: () => void): void {
    try {
      action();
    } catch (error) {
      const message = `cannot serve ${stream.client?.nodeId ?? "a client"}: ${error instanceof Error ? error.message : String(error)}`;
      this.#events.emit("error", { error: new MeshError("internal", message, { cause: error }) });
    }
  }
}
