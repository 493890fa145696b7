import * as grpc from "@grpc/grpc-js";
import { DiscoveryRequest, DiscoveryResponse, type MessageInit } from "@kitex-ts/xds-protos";

/** A stream as the server sees it. */
export interface ScriptedStream {
  /** 1 for the first. */
  readonly number: number;
  send(response: MessageInit<DiscoveryResponse>): void;
  sendBytes(bytes: Uint8Array): void;
  /** Ends the stream with an error status. */
  fail(code: grpc.status, details: string): void;
}

/** A request and the stream it came on. */
export interface ReceivedRequest {
  readonly stream: ScriptedStream;
  readonly request: DiscoveryRequest;
  readonly authorization: string | undefined;
}

type Script = (received: ReceivedRequest) => void;

const method: grpc.MethodDefinition<Buffer, Buffer> = {
  path: "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources",
  requestStream: true,
  responseStream: true,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
};

/** A control plane on a real socket that does what a test says, and remembers what it was asked. */
export class ScriptedControlPlane implements AsyncDisposable {
  readonly requests: ReceivedRequest[] = [];
  /** Called for every request. */
  script: Script = () => {};
  /** Called for every stream, before its first request. */
  onStream: (stream: ScriptedStream) => void = () => {};
  #server: grpc.Server | undefined;
  #port = 0;
  #streams = 0;
  #open = new Set<grpc.ServerDuplexStream<Buffer, Buffer>>();
  #waiting: {
    readonly matches: (received: ReceivedRequest) => boolean;
    readonly resolve: (r: ReceivedRequest) => void;
  }[] = [];

  static async start(credentials?: grpc.ServerCredentials): Promise<ScriptedControlPlane> {
    const plane = new ScriptedControlPlane();
    await plane.listen(credentials);
    return plane;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get streamCount(): number {
    return this.#streams;
  }

  /** Listens again on the same port after `stop`. */
  async listen(credentials: grpc.ServerCredentials = grpc.ServerCredentials.createInsecure()): Promise<void> {
    const server = new grpc.Server();
    server.addService(
      { stream: method },
      { stream: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => this.#serve(call) },
    );
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.#port}`, credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#server = server;
  }

  /** Cuts all connections and stops listening. */
  async stop(): Promise<void> {
    this.#server?.forceShutdown();
    this.#server = undefined;
    await Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** The first request, past or future, that matches. */
  request(matches: (received: ReceivedRequest) => boolean): Promise<ReceivedRequest> {
    const past = this.requests.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  /** The answer to the response with this nonce. */
  async answer(nonce: string): Promise<DiscoveryRequest> {
    return (await this.request(({ request }) => request.responseNonce === nonce)).request;
  }

  #serve(call: grpc.ServerDuplexStream<Buffer, Buffer>): void {
    this.#open.add(call);
    const stream: ScriptedStream = {
      number: ++this.#streams,
      send: (response) => call.write(Buffer.from(DiscoveryResponse.encode(response))),
      sendBytes: (bytes) => call.write(Buffer.from(bytes)),
      fail: (code, details) => call.emit("error", Object.assign(new Error(details), { code, details })),
    };
    const authorization = call.metadata.get("authorization")[0]?.toString();
    this.onStream(stream);
    call.on("data", (bytes: Buffer) => {
      const received = { stream, request: DiscoveryRequest.decode(bytes), authorization };
      this.requests.push(received);
      this.#waiting = this.#waiting.filter(({ matches, resolve }) => {
        if (!matches(received)) return true;
        resolve(received);
        return false;
      });
      this.script(received);
    });
    call.on("error", () => {});
    call.on("end", () => call.end());
    call.on("close", () => this.#open.delete(call));
  }
}
