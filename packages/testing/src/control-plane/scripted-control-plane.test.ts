import { Client, type ClientDuplexStream, credentials, type ServiceError } from "@grpc/grpc-js";
import {
  Cluster,
  ClusterLoadAssignment,
  DiscoveryRequest,
  DiscoveryResponse,
  type MessageInit,
  unpackAny,
} from "@kitex-ts/xds-protos";
import { afterEach, describe, expect, it } from "vitest";
import { type ScriptedControlPlane, startScriptedControlPlane } from "./scripted-control-plane.ts";

const path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
const clients: Client[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A client that says what the test says. */
class ADSStream {
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;
  readonly #iterator: AsyncIterator<Buffer>;
  readonly ended: Promise<{ readonly code: number; readonly details: string }>;

  constructor(plane: ScriptedControlPlane) {
    const client = new Client(plane.address, credentials.createInsecure());
    clients.push(client);
    const same = (bytes: Buffer): Buffer => bytes;
    this.#stream = client.makeBidiStreamRequest(path, same, same);
    this.ended = new Promise((resolve) => {
      this.#stream.on("status", resolve);
    });
    this.#stream.on("error", (_error: ServiceError) => {});
    this.#iterator = this.#stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  send(request: MessageInit<DiscoveryRequest>): void {
    this.#stream.write(Buffer.from(DiscoveryRequest.encode(request)));
  }

  sendBytes(bytes: Buffer): void {
    this.#stream.write(bytes);
  }

  async next(): Promise<DiscoveryResponse> {
    return DiscoveryResponse.decode((await this.#iterator.next()).value as Buffer);
  }
}

const clusterNames = (response: DiscoveryResponse): (string | undefined)[] =>
  response.resources.map((any) => unpackAny(Cluster, any)?.name);

describe("startScriptedControlPlane()", () => {
  it("answers a subscription with what is set, and pushes what is set later", async () => {
    await using plane = await startScriptedControlPlane();
    const first = plane.setResources(Cluster, [{ name: "a" }, { name: "b" }]);
    const ads = new ADSStream(plane);
    ads.send({ typeUrl: Cluster.typeUrl });
    const response = await ads.next();
    expect(clusterNames(response)).toEqual(["a", "b"]);
    expect(response.versionInfo).toBe(first);

    ads.send({ typeUrl: Cluster.typeUrl, versionInfo: first, responseNonce: response.nonce });
    expect((await plane.ack(first)).request.versionInfo).toBe(first);

    const second = plane.setResources(Cluster, [{ name: "c" }]);
    const pushed = await ads.next();
    expect(clusterNames(pushed)).toEqual(["c"]);
    const errorDetail = { code: 3, message: "no" };
    ads.send({ typeUrl: Cluster.typeUrl, versionInfo: first, responseNonce: pushed.nonce, errorDetail });
    expect((await plane.nack(second)).request.errorDetail?.message).toBe("no");
    expect((await plane.answer(pushed.nonce)).errorDetail?.message).toBe("no");
    expect(plane.requests.map(({ isSubscription, isAck, isNack }) => [isSubscription, isAck, isNack])).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
  });

  it("sends named resources to those who name them, and answers when they name more", async () => {
    await using plane = await startScriptedControlPlane();
    plane.setResources(ClusterLoadAssignment, [{ clusterName: "a" }, { clusterName: "b" }]);
    const ads = new ADSStream(plane);
    const { typeUrl } = ClusterLoadAssignment;
    ads.send({ typeUrl, resourceNames: ["b"] });
    const names = async (): Promise<unknown[]> =>
      (await ads.next()).resources.map((any) => unpackAny(ClusterLoadAssignment, any)?.clusterName);
    expect(await names()).toEqual(["b"]);
    ads.send({ typeUrl, resourceNames: ["b", "a"] });
    expect(await names()).toEqual(["a", "b"]);
    expect(plane.streams[0]?.subscribedNames(typeUrl)).toEqual(["b", "a"]);
  });

  it("answers late while on hold", async () => {
    await using plane = await startScriptedControlPlane();
    plane.setResources(Cluster, [{ name: "a" }]);
    plane.hold();
    const ads = new ADSStream(plane);
    ads.send({ typeUrl: Cluster.typeUrl });
    const { stream } = await plane.request(({ isSubscription }) => isSubscription);
    plane.setResources(Cluster, [{ name: "b" }]);
    stream.send({ typeUrl: "marker" });
    plane.release();
    expect((await ads.next()).typeUrl).toBe("marker");
    expect(clusterNames(await ads.next())).toEqual(["b"]);
  });

  it("lets a script do the rest", async () => {
    await using plane = await startScriptedControlPlane();
    const opened: number[] = [];
    plane.onStream = (stream) => opened.push(stream.number);
    plane.script = ({ stream, request }) => stream.sendBytes(DiscoveryResponse.encode({ typeUrl: request.typeUrl }));
    const ads = new ADSStream(plane);
    ads.send({ typeUrl: "any" });
    expect((await ads.next()).typeUrl).toBe("any");
    expect(opened).toEqual([1]);
  });

  it("closes streams, fails them, and comes back on the same port", async () => {
    await using plane = await startScriptedControlPlane();
    plane.script = ({ stream, request }) =>
      request.typeUrl === "close" ? stream.close() : stream.fail(14, "acted out");
    const closed = new ADSStream(plane);
    closed.send({ typeUrl: "close" });
    expect(await closed.ended).toMatchObject({ code: 0 });
    const failed = new ADSStream(plane);
    failed.send({ typeUrl: "fail" });
    expect(await failed.ended).toMatchObject({ code: 14, details: "acted out" });

    const { address } = plane;
    const cut = new ADSStream(plane);
    plane.script = () => {};
    cut.send({ typeUrl: "cut" });
    await plane.request(({ request }) => request.typeUrl === "cut");
    await plane.stop();
    await plane.stop();
    expect((await cut.ended).code).not.toBe(0);
    await plane.listen();
    expect(plane.address).toBe(address);
    const again = new ADSStream(plane);
    again.send({ typeUrl: "again" });
    await plane.request(({ request }) => request.typeUrl === "again");
    expect(plane.streamCount).toBe(4);
  });

  it("refuses bytes that are no request", async () => {
    await using plane = await startScriptedControlPlane();
    const ads = new ADSStream(plane);
    ads.sendBytes(Buffer.from("ffffffff", "hex"));
    expect(await ads.ended).toMatchObject({ code: 3 });
  });

  it("says what came instead of what was waited for", async () => {
    await using plane = await startScriptedControlPlane();
    const ads = new ADSStream(plane);
    ads.send({ typeUrl: "x.Other", resourceNames: ["n"] });
    await plane.request(({ request }) => request.typeUrl === "x.Other");
    await expect(plane.request(() => false, 5)).rejects.toThrow("in 5 ms; there were: Other request for [n]");
  });
});
