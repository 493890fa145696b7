import { messageOf } from "@kitex-ts/core/internal";
import type { Logger, TimerSource } from "@kitex-ts/core/spi";
import { type Any, DiscoveryResponse, type MessageInit, type Node, type ResourceError } from "@kitex-ts/xds-protos";
import { Backoff } from "./backoff.ts";
import type { ConnectionStatus } from "./connection-status.ts";
import type { ADSStream, ADSTransport } from "./transport.ts";
import { summary, TypeSubscription, type Wanted } from "./type-subscription.ts";
import { subscriptionOrder, type TypeName, typeNameOf } from "./type-urls.ts";

/** A response of one type, resources still packed. */
export interface TypedResponse {
  readonly type: TypeName;
  readonly version: string;
  readonly resources: readonly Any[];
  readonly errors: readonly ResourceError[];
}

/** Who uses the client's responses. */
export interface ADSHandler {
  /** Takes a response in; answers what is wrong with it, one line per bad resource, nothing when it is accepted. */
  onResponse(response: TypedResponse): Promise<readonly string[]>;
  /** These names were asked for on a live stream. */
  onRequested(type: TypeName, names: readonly string[]): void;
  onStatus(status: ConnectionStatus): void;
}

export interface ADSClientOptions {
  readonly transport: ADSTransport;
  readonly node: MessageInit<Node>;
  readonly handler: ADSHandler;
  readonly clock: TimerSource;
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * One stream of aggregated discovery, state of the world, to one control plane: subscriptions, nonces, versions, reconnecting. It knows type
 * URLs and opaque bytes; what a resource means is its handler's business.
 *
 * ```
 *            start                first response
 * (nothing) ──────► connecting ─────────────────► connected
 *                    ▲      │ stream ends            │ stream ends
 *                    │      ▼                        ▼
 *                    └─ unreachable (back-off) ◄─────┘         close: closed, from anywhere
 * ```
 */
export class ADSClient {
  readonly #options: ADSClientOptions;
  readonly #backoff: Backoff;
  readonly #subscriptions = new Map<TypeName, TypeSubscription>(
    subscriptionOrder.map((type) => [type, new TypeSubscription(type)]),
  );
  readonly #unknownTypes = new Set<string>();
  /** Of each type, why its newest response was refused; control planes repeat themselves, the log need not. */
  readonly #refusals = new Map<TypeName, string>();
  #status: ConnectionStatus;
  #stream: ADSStream | undefined = undefined;
  #hasSentNode = false;
  #hasResponse = false;
  #isFlushScheduled = false;
  /** Responses not looked at yet. Reading pauses while one is being worked on, so that this stays short. */
  #pending: { readonly stream: ADSStream; readonly response: DiscoveryResponse }[] = [];
  #isWorking = false;
  #retryTimer: unknown = undefined;

  constructor(options: ADSClientOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    this.#status = {
      state: "connecting",
      address: options.transport.address,
      since: new Date(),
      lastError: undefined,
    };
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** Connects, and connects again whenever the stream ends, until `close`. */
  start(): void {
    if (this.#stream === undefined && this.#status.state !== "closed") this.#connect();
  }

  /** What is wanted of a type from now on. Changes made in one turn of the event loop travel in one request. */
  subscribe(type: TypeName, wanted: Wanted): void {
    this.#subscription(type).want(wanted);
    this.#scheduleFlush();
  }

  close(): void {
    if (this.#status.state === "closed") return;
    this.#setStatus("closed", this.#status.lastError);
    if (this.#retryTimer !== undefined) this.#options.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#pending = [];
    this.#stream?.close();
    this.#stream = undefined;
  }

  #subscription(type: TypeName): TypeSubscription {
    return this.#subscriptions.get(type) as TypeSubscription;
  }

  #setStatus(state: ConnectionStatus["state"], lastError: string | undefined): void {
    // "unreachable since" means since the last response, not since the last of many attempts.
    const isSameOutage = state === "unreachable" && this.#status.state === "unreachable";
    this.#status = {
      state,
      address: this.#status.address,
      since: isSameOutage ? this.#status.since : new Date(),
      lastError,
    };
    this.#options.handler.onStatus(this.#status);
  }

  #connect(): void {
    this.#retryTimer = undefined;
    this.#hasSentNode = false;
    this.#hasResponse = false;
    for (const subscription of this.#subscriptions.values()) subscription.resetStream();
    const stream = this.#options.transport.open({
      onMessage: (bytes) => this.#onMessage(stream, bytes),
      onEnd: (reason) => this.#onEnd(stream, reason),
    });
    this.#stream = stream;
    this.#flush();
  }

  #onEnd(stream: ADSStream, reason: string): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    const delayMs = this.#hasResponse ? this.#backoff.afterSuccess() : this.#backoff.afterFailure();
    this.#setStatus("unreachable", reason);
    // Ending streams are ordinary (istiod closes each after half an hour); only one that brought nothing is worth a line.
    if (!this.#hasResponse) {
      this.#options.logger.warn(
        { controlPlane: this.#status.address, reason, retryMs: Math.round(delayMs) },
        "xds: no connection to the control plane",
      );
    }
    this.#retryTimer = this.#options.clock.setTimeout(() => this.#connect(), delayMs);
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => {
      this.#isFlushScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    for (const subscription of this.#subscriptions.values()) {
      if (!subscription.isDue) continue;
      stream.send(subscription.request(this.#hasSentNode ? undefined : this.#options.node));
      this.#hasSentNode = true;
      this.#options.handler.onRequested(subscription.type, subscription.names);
    }
  }

  #onMessage(stream: ADSStream, bytes: Uint8Array): void {
    if (this.#stream !== stream) return;
    let response: DiscoveryResponse;
    try {
      response = DiscoveryResponse.decode(bytes);
    } catch (error) {
      // Without a nonce it cannot be refused: begin again.
      stream.close();
      this.#onEnd(stream, `a response that is no DiscoveryResponse: ${(error as Error).message}`);
      return;
    }
    this.#pending.push({ stream, response });
    if (this.#isWorking) stream.pause();
    else void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      await this.#take(next.stream, next.response);
      if (this.#pending.length === 0) this.#stream?.resume();
    }
    this.#isWorking = false;
  }

  async #take(stream: ADSStream, response: DiscoveryResponse): Promise<void> {
    const type = typeNameOf(response.typeUrl);
    if (type === undefined) {
      if (!this.#unknownTypes.has(response.typeUrl)) {
        this.#unknownTypes.add(response.typeUrl);
        this.#options.logger.warn({ typeUrl: response.typeUrl }, "xds: a response of an unknown type is ignored");
      }
      return;
    }
    const subscription = this.#subscription(type);
    if (this.#stream === stream) {
      subscription.received(response.nonce);
      this.#hasResponse = true;
      if (this.#status.state !== "connected") this.#setStatus("connected", this.#status.lastError);
    }
    const problems = subscription.isWanted
      ? await this.#handle({
          type,
          version: response.versionInfo,
          resources: response.resources,
          errors: response.resourceErrors,
        })
      : [];
    // The stream may have ended meanwhile; its nonce means nothing to another.
    if (this.#stream !== stream) return;
    stream.send(subscription.answer(response.versionInfo, problems));
    this.#options.handler.onRequested(type, subscription.names);
  }

  async #handle(response: TypedResponse): Promise<readonly string[]> {
    try {
      const problems = await this.#options.handler.onResponse(response);
      this.#report(response, summary(problems));
      return problems;
    } catch (error) {
      this.#options.logger.error({ type: response.type, error }, "xds: a response could not be applied");
      return [messageOf(error)];
    }
  }

  /** Calls go on with what was good before and hear nothing of a refusal. */
  #report({ type, version }: TypedResponse, reasons: string): void {
    const isNews = reasons !== (this.#refusals.get(type) ?? "");
    this.#refusals.set(type, reasons);
    if (!isNews || reasons === "") return;
    this.#options.logger.warn(
      { controlPlane: this.#status.address, type, version, reasons },
      "xds: the control plane was told that resources are refused; what was good before stays",
    );
  }
}
