import {
  Client,
  type ClientDuplexStream,
  credentials,
  makeClientConstructor,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { type DiscoveryRequest, type DiscoveryResponse, type MessageInit, Node, structOf } from "@kitex-ts/xds-protos";
import { ADS_SERVICE } from "../src/ads/service-definition.ts";
import { type ResourceTypeName, TYPES } from "../src/resources/generator.ts";

const ADSStub = makeClientConstructor(ADS_SERVICE, "AggregatedDiscoveryService");

/** The node of a client pod, as it arrives at a server. */
export const clientNode = (metadata: Record<string, string> = {}, name = "kitex-client-0"): Node =>
  Node.decode(
    Node.encode({
      id: `sidecar~127.0.0.1~${name}.default~default.svc.cluster.local`,
      metadata: structOf({ NAMESPACE: "default", CLUSTER_ID: "Kubernetes", ...metadata }),
    }),
  );

export const GRPC_NODE: Node = clientNode({ GENERATOR: "grpc" });

/** A client that does what the test says: no subscription and no ACK of its own. */
export class TestAdsClient implements Disposable {
  readonly #stub: InstanceType<typeof ADSStub>;
  readonly #stream: ClientDuplexStream<unknown, DiscoveryResponse>;
  readonly #received: DiscoveryResponse[] = [];
  readonly #waiting: ((response: DiscoveryResponse | undefined) => void)[] = [];
  #node: Node | undefined;
  /** Settles when the stream has ended. */
  readonly ended: Promise<{ code: status; details: string }>;

  constructor({ host, port }: { host: string; port: number }, node: Node | undefined = clientNode()) {
    this.#stub = new ADSStub(`${host}:${port}`, credentials.createInsecure());
    const call = this.#stub["streamAggregatedResources"] as unknown as () => ClientDuplexStream<
      unknown,
      DiscoveryResponse
    >;
    this.#stream = call.call(this.#stub);
    this.#node = node;
    this.#stream.on("data", (response: DiscoveryResponse) => {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#received.push(response);
      else waiter(response);
    });
    this.ended = new Promise((resolve) => {
      this.#stream.on("end", () => resolve({ code: status.OK, details: "" }));
      this.#stream.on("error", ({ code, details }: ServiceError) => resolve({ code, details }));
    });
    void this.ended.then(() => {
      for (const waiter of this.#waiting.splice(0)) waiter(undefined);
    });
  }

  /** Sends a request; the first one carries the node. */
  send(type: ResourceTypeName, names: readonly string[], more: MessageInit<DiscoveryRequest> = {}): void {
    const node = this.#node;
    this.#node = undefined;
    this.sendRaw({ typeUrl: TYPES[type], resourceNames: names, ...(node === undefined ? {} : { node }), ...more });
  }

  sendRaw(request: MessageInit<DiscoveryRequest>): void {
    this.#stream.write(request);
  }

  /** The next response, in the order of arrival. */
  async next(): Promise<DiscoveryResponse> {
    const response =
      this.#received.shift() ??
      (await new Promise<DiscoveryResponse | undefined>((resolve) => this.#waiting.push(resolve)));
    if (response === undefined) throw new Error("the stream ended");
    return response;
  }

  ack(type: ResourceTypeName, names: readonly string[], { versionInfo, nonce }: DiscoveryResponse): void {
    this.send(type, names, { versionInfo, responseNonce: nonce });
  }

  /** Subscribes, waits for the answer and acknowledges it. */
  async subscribe(type: ResourceTypeName, names: readonly string[] = []): Promise<DiscoveryResponse> {
    this.send(type, names);
    const response = await this.next();
    this.ack(type, names, response);
    return response;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  [Symbol.dispose](): void {
    this.#stream.cancel();
    this.#stub.close();
  }
}

/** Sends bytes as they are, and answers with the status that the stream ends with. */
export const callRaw = (
  { host, port }: { host: string; port: number },
  method: string,
  bytes: Buffer,
): Promise<status> => {
  const stub = new Client(`${host}:${port}`, credentials.createInsecure());
  const path = `/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}`;
  const call = stub.makeBidiStreamRequest(
    path,
    (raw: Buffer) => raw,
    (raw: Buffer) => raw,
  );
  return new Promise((resolve) => {
    call.on("error", () => undefined);
    call.on("data", () => undefined);
    call.on("status", ({ code }: { code: status }) => {
      stub.close();
      resolve(code);
    });
    call.write(bytes);
  });
};

/** The short name of a response's type. */
export const typeOf = ({ typeUrl }: DiscoveryResponse): string =>
  Object.entries(TYPES).find(([, url]) => url === typeUrl)?.[0] ?? typeUrl;
