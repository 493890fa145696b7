import type { MethodDefinition, Server, ServerCredentials, ServerDuplexStream } from "@grpc/grpc-js";
import type { DiscoveryRequest, MessageInit, MessageType } from "@kitex-ts/xds-protos";
import type { ReceivedRequest } from "./received-request.ts";
import { type ScriptedResource, ScriptedResources } from "./scripted-resources.ts";
import { type ScriptedStream, ServedStream } from "./scripted-stream.ts";

// Loaded by the first control plane: tests that need none do not pay for gRPC and the messages.
type Grpc = typeof import("@grpc/grpc-js");
type Protos = typeof import("@kitex-ts/xds-protos");

const ads: MethodDefinition<Buffer, Buffer> = {
  path: "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources",
  requestStream: true,
  responseStream: true,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
};

interface Expectation {
  readonly matches: (received: ReceivedRequest) => boolean;
  readonly resolve: (received: ReceivedRequest) => void;
}

/** How long `request` and its relatives wait unless told otherwise. */
const WAIT_MS = 5000;

/**
 * A control plane on a real loopback socket, speaking ADS (state of the world), that does what a test says and remembers what it was asked.
 *
 * Two ways to script it, side by side: `setResources` keeps resources and answers subscriptions by itself; `script` gets every request and
 * sends what it likes.
 */
export class ScriptedControlPlane implements AsyncDisposable {
  /** All requests, in order of arrival. */
  readonly requests: ReceivedRequest[] = [];
  /** Called for every request, after resources that were set have answered it. */
  script: (received: ReceivedRequest) => void = () => {};
  /** Called for every stream, before its first request. */
  onStream: (stream: ScriptedStream) => void = () => {};
  readonly #grpc: Grpc;
  readonly #protos: Protos;
  readonly #resources = new Map<string, ScriptedResources>();
  readonly #streams = new Set<ServedStream>();
  /** Kept back while on hold: who waits for which type. */
  readonly #heldBack = new Map<ServedStream, Set<string>>();
  #expectations: Expectation[] = [];
  #server: Server | undefined;
  #port = 0;
  #streamCount = 0;
  #version = 0;
  #nonce = 0;
  #isOnHold = false;

  /** @internal */
  constructor(grpc: Grpc, protos: Protos) {
    this.#grpc = grpc;
    this.#protos = protos;
  }

  /** `127.0.0.1:port`; the same after `stop` and `listen`. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Streams that were opened so far. */
  get streamCount(): number {
    return this.#streamCount;
  }

  /** Streams that are open now. */
  get streams(): readonly ScriptedStream[] {
    return [...this.#streams];
  }

  // --- Scripting

  /**
   * From here on, subscriptions to this type are answered with `resources`: all of them, or those that the client names. Streams that have
   * subscribed get them at once. Answers the version, for {@link ack} and {@link nack}.
   */
  setResources<T extends object>(type: MessageType<T>, resources: readonly MessageInit<T>[]): string {
    const version = String(++this.#version);
    const encoded = resources.map((resource): ScriptedResource => {
      const { name, clusterName } = resource as { readonly name?: string; readonly clusterName?: string };
      return { name: name ?? clusterName, any: { typeUrl: type.typeUrl, value: type.encode(resource) } };
    });
    this.#resources.set(type.typeUrl, new ScriptedResources(version, encoded));
    for (const stream of this.#streams) {
      if (stream.history.names(type.typeUrl) !== undefined) this.#answer(stream, type.typeUrl);
    }
    return version;
  }

  /** Keeps answers with set resources back until {@link release}: a slow control plane. */
  hold(): void {
    this.#isOnHold = true;
  }

  /** Sends what was kept back, and ends the hold. */
  release(): void {
    this.#isOnHold = false;
    const waiting = [...this.#heldBack];
    this.#heldBack.clear();
    for (const [stream, types] of waiting) for (const typeUrl of types) this.#answer(stream, typeUrl);
  }

  #answer(stream: ServedStream, typeUrl: string): void {
    const resources = this.#resources.get(typeUrl);
    if (resources === undefined || !this.#streams.has(stream)) return;
    if (this.#isOnHold) {
      const types = this.#heldBack.get(stream) ?? new Set();
      this.#heldBack.set(stream, types.add(typeUrl));
      return;
    }
    const { version } = resources;
    stream.send({
      versionInfo: version,
      nonce: `${version}/${++this.#nonce}`,
      typeUrl,
      resources: resources.named(stream.history.names(typeUrl) ?? []),
    });
  }

  // --- Waiting

  /** The first request, past or future, that matches. Rejects after `timeoutMs` with what came instead. */
  request(matches: (received: ReceivedRequest) => boolean, timeoutMs: number = WAIT_MS): Promise<ReceivedRequest> {
    const past = this.requests.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#expectations = this.#expectations.filter((other) => other !== expectation);
        reject(new Error(`no such request in ${timeoutMs} ms; there were: ${this.#summary()}`));
      }, timeoutMs);
      const expectation: Expectation = {
        matches,
        resolve: (received) => {
          clearTimeout(timer);
          resolve(received);
        },
      };
      this.#expectations.push(expectation);
    });
  }

  #summary(): string {
    const lines = this.requests.map(({ request, isAck, isNack }) => {
      const what = isNack ? `NACK of ${request.responseNonce}` : isAck ? `ACK of ${request.responseNonce}` : "request";
      return `${request.typeUrl.split(".").at(-1)} ${what} for [${request.resourceNames.join(", ")}]`;
    });
    return lines.length === 0 ? "none" : lines.join("; ");
  }

  /** The client's answer to the response with this nonce, ACK or NACK. */
  async answer(nonce: string): Promise<DiscoveryRequest> {
    return (await this.request(({ request }) => request.responseNonce === nonce)).request;
  }

  /** The first ACK of a version that {@link setResources} has answered. */
  ack(version: string): Promise<ReceivedRequest> {
    return this.request(({ request, isAck }) => isAck && request.responseNonce.startsWith(`${version}/`));
  }

  /** The first NACK of a version that {@link setResources} has answered. */
  nack(version: string): Promise<ReceivedRequest> {
    return this.request(({ request, isNack }) => isNack && request.responseNonce.startsWith(`${version}/`));
  }

  // --- Life

  /** Listens, on the same port as before when it has been stopped. Default: without TLS. */
  async listen(credentials: ServerCredentials = this.#grpc.ServerCredentials.createInsecure()): Promise<void> {
    if (this.#server !== undefined) return;
    const server = new this.#grpc.Server();
    server.addService({ stream: ads }, { stream: (call: ServerDuplexStream<Buffer, Buffer>) => this.#serve(call) });
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(this.address, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
    });
    this.#server = server;
  }

  /** Cuts all connections and stops listening. Stopping twice is fine. */
  stop(): Promise<void> {
    this.#server?.forceShutdown();
    this.#server = undefined;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #serve(call: ServerDuplexStream<Buffer, Buffer>): void {
    const protos = this.#protos;
    const stream = new ServedStream(++this.#streamCount, call, (response) => protos.DiscoveryResponse.encode(response));
    this.#streams.add(stream);
    const authorization = call.metadata.get("authorization")[0]?.toString();
    this.onStream(stream);
    call.on("data", (bytes: Buffer) => {
      let request: DiscoveryRequest;
      try {
        request = protos.DiscoveryRequest.decode(bytes);
      } catch (error) {
        stream.fail(this.#grpc.status.INVALID_ARGUMENT, (error as Error).message);
        return;
      }
      this.#receive({ stream, request, authorization, ...stream.history.classify(request) }, stream);
    });
    // A client that has gone is no news.
    call.on("error", () => {});
    call.on("end", () => call.end());
    call.on("close", () => {
      this.#streams.delete(stream);
      this.#heldBack.delete(stream);
    });
  }

  #receive(received: ReceivedRequest, stream: ServedStream): void {
    this.requests.push(received);
    if (received.isSubscription) this.#answer(stream, received.request.typeUrl);
    this.script(received);
    this.#expectations = this.#expectations.filter(({ matches, resolve }) => {
      if (!matches(received)) return true;
      resolve(received);
      return false;
    });
  }
}

/**
 * Starts a control plane on a free loopback port, for tests of what follows a mesh's configuration.
 *
 * @param credentials of `@grpc/grpc-js`; default: without TLS.
 * @example
 * await using plane = await startScriptedControlPlane();
 * const version = plane.setResources(Cluster, [{ name: "outbound|80||kitex-server.default.svc.cluster.local" }]);
 * // … point the client under test at plane.address …
 * await plane.ack(version);
 */
export const startScriptedControlPlane = async (credentials?: ServerCredentials): Promise<ScriptedControlPlane> => {
  const [grpc, protos] = await Promise.all([import("@grpc/grpc-js"), import("@kitex-ts/xds-protos")]);
  const plane = new ScriptedControlPlane(grpc, protos);
  await plane.listen(credentials);
  return plane;
};
