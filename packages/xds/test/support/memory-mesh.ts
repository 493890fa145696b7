import type { Any, DiscoveryRequest, DiscoveryResponse, MessageInit } from "@kitex-ts/xds-protos";
import { type TypeName, typeNameOf, typeUrls } from "../../src/ads/type-urls.ts";
import { bootstrapConfig, type Dialect } from "../../src/bootstrap/bootstrap-config.ts";
import { clientSuite, type XDSClientSuite } from "../../src/index.ts";
import { XDSResourceManager } from "../../src/manager/xds-resource-manager.ts";
import { podEnvironment } from "./calls.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryTransport, settled } from "./memory-transport.ts";
import { RecordingLogger } from "./recording-logger.ts";
import { cluster, endpoints, listener, nameTable, routeConfig, routeTo } from "./resources.ts";

export const hostName = "kitex-server.default.svc.cluster.local";
export const clusterName: string = `outbound|80||${hostName}`;

/** A manager on a stream without a socket and a clock that stands still: every step of a test is exact. */
export class MemoryMesh implements AsyncDisposable {
  readonly transport: MemoryTransport = new MemoryTransport();
  readonly clock: ManualClock = new ManualClock();
  readonly logger: RecordingLogger = new RecordingLogger();
  readonly manager: XDSResourceManager;
  readonly suite: XDSClientSuite;
  #version = 0;

  constructor(options: { readonly dialect?: Dialect; readonly fetchTimeoutMs?: number } = {}) {
    this.manager = new XDSResourceManager({
      bootstrap: bootstrapConfig(podEnvironment, { dialect: options.dialect }),
      transport: this.transport,
      fetchTimeoutMs: options.fetchTimeoutMs ?? 50,
      logger: this.logger,
      clock: this.clock,
      random: () => 0.5,
    });
    this.suite = clientSuite(this.manager);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.close();
  }

  /** Sends a response and waits for its answer. */
  async push(
    type: TypeName,
    resources: readonly Any[],
    more: MessageInit<DiscoveryResponse> = {},
  ): Promise<DiscoveryRequest | undefined> {
    const nonce = `nonce-${++this.#version}`;
    const { current } = this.transport;
    await current.respond({ typeUrl: typeUrls[type], versionInfo: `v${this.#version}`, nonce, resources, ...more });
    return current.requests.find(({ responseNonce }) => responseNonce === nonce);
  }

  /** The names last asked for of a type, on the stream that is open. */
  names(type: TypeName): readonly string[] | undefined {
    return this.transport.current.requests.filter(({ typeUrl }) => typeNameOf(typeUrl) === type).at(-1)?.resourceNames;
  }

  /** Everything a service on port 80 needs, in istiod's order. Calls in between make the client ask for routes and endpoints. */
  async pushService(addresses: readonly string[] = ["10.0.0.1"]): Promise<void> {
    await this.push("CDS", [cluster(clusterName)]);
    await this.push("LDS", [listener("10.96.0.10_80", `${hostName}:80`)]);
    await this.push("NDS", [nameTable({ [hostName]: ["10.96.0.10"] })]);
    this.watch(`${hostName}:80`);
    await settled();
    await this.push("RDS", [routeConfig(`${hostName}:80`, [routeTo(clusterName, undefined, "default")])]);
    await this.push("EDS", [endpoints(clusterName, addresses)]);
  }

  /** As the first call to a destination does. */
  watch(destination: string): void {
    this.manager.target(destination);
  }
}
