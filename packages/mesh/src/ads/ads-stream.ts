import { randomUUID } from "node:crypto";
import type { DiscoveryRequest, DiscoveryResponse, MessageInit } from "@kitex-ts/xds-protos";
import type { EventHub, MeshClient } from "../events.ts";
import { changeBetween } from "../model/change.ts";
import { type ClientNode, parseNode, viewOf } from "../resources/client-view.ts";
import { type ResourceTypeName, TYPES } from "../resources/generator.ts";
import type { Resource } from "../resources/resource.ts";
import { planPush } from "./push-plan.ts";
import { type Snapshot, viewKey } from "./snapshot.ts";
import { interpretRequest, type Subscription } from "./subscription.ts";

/** The sending side of a stream. */
export interface ResponseSink {
  readonly peer: string;
  /** False when the client reads too slowly: nothing more should be sent until it has caught up. */
  send(response: MessageInit<DiscoveryResponse>): boolean;
  /** Ends the stream with INVALID_ARGUMENT. */
  refuse(message: string): void;
}

interface ConnectedClient extends MeshClient {
  readonly node: ClientNode;
}

const MAX_NAMES = 50_000;

const TYPE_OF_URL: ReadonlyMap<string, ResourceTypeName> = new Map(
  (Object.entries(TYPES) as [ResourceTypeName, string][]).map(([type, url]) => [url, type]),
);

/** One ADS stream: who it is, what it subscribed to, and what state it was sent. */
export class ADSStream {
  readonly #sink: ResponseSink;
  readonly #events: EventHub;
  readonly #subscriptions = new Map<ResourceTypeName, Subscription>();
  #client: ConnectedClient | undefined;
  #snapshot: Snapshot;
  /** What it is to be brought to, while it is too slow to be sent anything. */
  #pending: Snapshot | undefined;
  #writable = true;

  constructor(sink: ResponseSink, events: EventHub, snapshot: Snapshot) {
    this.#sink = sink;
    this.#events = events;
    this.#snapshot = snapshot;
  }

  get client(): MeshClient | undefined {
    return this.#client;
  }

  /** Whether it was sent the given state and has answered everything. */
  isSynced(snapshot: Snapshot): boolean {
    return this.#snapshot === snapshot && [...this.#subscriptions.values()].every(({ answered }) => answered);
  }

  /** Takes a request of the client. */
  receive(request: DiscoveryRequest): void {
    const client = this.#client ?? this.#identify(request);
    if (client === undefined) return;
    const type = TYPE_OF_URL.get(request.typeUrl);
    // istiod stays silent about types that it does not serve.
    if (type === undefined) return;
    if (request.resourceNames.length > MAX_NAMES) {
      this.#sink.refuse(`more than ${MAX_NAMES} resource names in one request`);
      return;
    }
    const effect = interpretRequest(type, request, this.#subscriptions.get(type));
    if (effect.kind === "stale") return;
    if (effect.kind === "unsubscribe") {
      this.#subscriptions.delete(type);
      return;
    }
    if (effect.subscription !== undefined) this.#subscriptions.set(type, effect.subscription);
    if (effect.kind === "nack") {
      const message = request.errorDetail?.message ?? "";
      this.#events.emit("nack", { client, type, version: this.#snapshot.version, message });
    } else if (effect.kind === "respond") this.#respond(client, type, effect.subscription.names);
    else if (effect.kind === "added") {
      // Only what is new, except in the grpc dialect, where all names are answered again.
      this.#respond(client, type, client.dialect === "grpc" ? effect.subscription.names : effect.added);
    }
  }

  /** Brings the client to a new state. */
  update(snapshot: Snapshot): void {
    if (!this.#writable) {
      this.#pending = snapshot;
      return;
    }
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    const client = this.#client;
    if (client === undefined) return;
    const view = viewOf(client.node, snapshot.model);
    const change = changeBetween(before.model, snapshot.model);
    const seesOther = viewKey(view) !== viewKey(viewOf(client.node, before.model));
    const plan = planPush(seesOther ? { ...change, policies: true } : change, client.dialect);
    for (const type of plan.types) {
      const names = this.#subscriptions.get(type)?.names;
      if (names === undefined) continue;
      const wanted = type === "eds" ? new Set([...names].filter(plan.wantsEndpoints)) : names;
      if (type !== "eds" || wanted.size > 0) this.#respond(client, type, wanted);
    }
  }

  /** The client has read what was sent. */
  drained(): void {
    this.#writable = true;
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.update(pending);
  }

  #identify(request: DiscoveryRequest): ConnectedClient | undefined {
    const node = parseNode(request.node);
    if (typeof node === "string") {
      this.#sink.refuse(node);
      return undefined;
    }
    const { dialect } = viewOf(node, this.#snapshot.model);
    const client = { node, nodeId: node.id, pod: node.pod, dialect, peer: this.#sink.peer };
    this.#client = client;
    this.#events.emit("connect", { client });
    return client;
  }

  #respond(client: ConnectedClient, type: ResourceTypeName, names: ReadonlySet<string>): void {
    const { version, model } = this.#snapshot;
    const generator = this.#snapshot.generatorFor(viewOf(client.node, model));
    const resources: readonly Resource[] = generator.generate(type, names);
    const nonce = `${version.slice(0, version.indexOf("/"))}/${randomUUID()}`;
    const subscription = this.#subscriptions.get(type);
    if (subscription === undefined) return;
    this.#subscriptions.set(type, { ...subscription, nonceSent: nonce, answered: false });
    const typeUrl = TYPES[type];
    this.#writable = this.#sink.send({
      versionInfo: version,
      typeUrl,
      nonce,
      resources: resources.map(({ bytes }) => ({ typeUrl, value: bytes })),
    });
    this.#events.emit("push", { client, type, version, resources: resources.map(({ name }) => name) });
  }
}
