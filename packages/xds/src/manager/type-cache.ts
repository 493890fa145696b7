import { hash } from "node:crypto";
import { messageOf } from "@kitex-ts/core/internal";
import type { TimerSource } from "@kitex-ts/core/spi";
import { type Any, type Duration, millisecondsOf, Resource, unpackAny } from "@kitex-ts/xds-protos";
import type { TypedResponse } from "../ads/ads-client.ts";
import { type TypeName, typeUrls } from "../ads/type-urls.ts";
import type { Decoded } from "../resource/decoded.ts";
import { absent, type Lookup, pending } from "./lookup.ts";

/** Somebody whose work depends on resources. */
export interface ResourceWatcher {
  /** Watchers of lower rank are told first: clusters before the targets that route to them. */
  readonly rank: number;
  onResourceChange(): void;
}

/** How a type behaves. */
export interface TypeTraits<T> {
  readonly type: TypeName;
  readonly decode: (bytes: Uint8Array) => Decoded<T>;
  /** A response holds everything wanted, so what is missing in it is gone. Only listeners and clusters are like that. */
  readonly isFullState: boolean;
  /** Everything is asked for, whether somebody watches it or not. */
  readonly isWildcard: boolean;
}

/** What a cache tells its owner. */
export interface TypeCacheHooks {
  /** `names` are others now. */
  onNamesChange(): void;
  /** Parts of a good resource were left out. */
  onRefused(name: string, reasons: readonly string[]): void;
  notify(watchers: Iterable<ResourceWatcher>): void;
}

/** A control plane that does not know a name stays silent; after this long, silence is an answer. Envoy and gRPC wait as long. */
const silenceMs = 15_000;
/** How long a resource that nobody needs any more stays, in case somebody comes back. */
const lingerMs = 60_000;
/** A timer set for longer fires at once; these are 24.8 days. */
const longestDelayMs = 0x7fff_ffff;
/** Decoding yields to calls after this long. */
const sliceMs = 4;

class Entry<T> {
  readonly name: string;
  state: "requested" | "received" | "rejected" | "absent" | "timed out" = "requested";
  /** The last good one; a rejected update does not touch it. */
  resource: T | undefined = undefined;
  error: string | undefined = undefined;
  /** Of the bytes of the last good one. */
  digest = "";
  readonly watchers = new Set<ResourceWatcher>();
  /** What was last reported as not usable in it. */
  refused = "";
  silenceTimer: unknown = undefined;
  lingerTimer: unknown = undefined;
  expiryTimer: unknown = undefined;

  constructor(name: string) {
    this.name = name;
  }
}

interface Accepted<T> {
  readonly name: string;
  /** undefined: the same bytes as before. */
  readonly resource: T | undefined;
  readonly digest: string;
  readonly refused: readonly string[];
  /** For how long it holds; undefined: until it is replaced. */
  readonly ttl: Duration | undefined;
}

interface Sorted<T> {
  readonly accepted: Map<string, Accepted<T>>;
  readonly rejected: Map<string, string>;
  /** One line per bad resource, for the refusal. */
  readonly problems: string[];
}

/** The resources of one type: what was asked for, what came, what is kept. Not shared between control planes. */
export class TypeCache<T> {
  readonly traits: TypeTraits<T>;
  readonly #clock: TimerSource;
  readonly #hooks: TypeCacheHooks;
  readonly #entries = new Map<string, Entry<T>>();
  #hasResponse = false;
  /** The type was asked for on the stream that is open now. */
  #isRequested = false;

  constructor(traits: TypeTraits<T>, clock: TimerSource, hooks: TypeCacheHooks) {
    this.traits = traits;
    this.#clock = clock;
    this.#hooks = hooks;
  }

  /** Names to subscribe to, sorted. */
  get names(): readonly string[] {
    return [...this.#entries.keys()].sort();
  }

  /** Names of which there is a good resource. */
  get knownNames(): readonly string[] {
    return [...this.#entries.values()].filter(({ resource }) => resource !== undefined).map(({ name }) => name);
  }

  read(name: string): Lookup<T> {
    const entry = this.#entries.get(name);
    if (entry?.resource !== undefined) return { state: "ready", value: entry.resource };
    if (entry?.state === "rejected") return { state: "rejected", error: entry.error ?? "" };
    if (entry?.state === "absent" || entry?.state === "timed out") return absent;
    return this.traits.isWildcard && this.#hasResponse ? absent : pending;
  }

  watch(name: string, watcher: ResourceWatcher): void {
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = new Entry<T>(name);
      this.#entries.set(name, entry);
      if (!this.traits.isWildcard) this.#hooks.onNamesChange();
      else if (this.#hasResponse) entry.state = "absent";
      else if (this.#isRequested) this.#awaitSilence(entry);
    }
    this.#stop(entry, "lingerTimer");
    entry.watchers.add(watcher);
  }

  unwatch(name: string, watcher: ResourceWatcher): void {
    const entry = this.#entries.get(name);
    if (entry === undefined || !entry.watchers.delete(watcher) || entry.watchers.size > 0) return;
    // What comes anyway costs nothing to keep; a name that led nowhere is not worth keeping.
    if (this.traits.isWildcard) {
      if (entry.resource === undefined) this.#drop(entry);
    } else {
      entry.lingerTimer = this.#clock.setTimeout(() => this.#drop(entry), lingerMs);
    }
  }

  #drop(entry: Entry<T>): void {
    this.#stopAll(entry);
    this.#entries.delete(entry.name);
    if (!this.traits.isWildcard) this.#hooks.onNamesChange();
  }

  #stopAll(entry: Entry<T>): void {
    this.#stop(entry, "lingerTimer");
    this.#stop(entry, "silenceTimer");
    this.#stop(entry, "expiryTimer");
  }

  #stop(entry: Entry<T>, timer: "lingerTimer" | "silenceTimer" | "expiryTimer"): void {
    if (entry[timer] !== undefined) this.#clock.clearTimeout(entry[timer]);
    entry[timer] = undefined;
  }

  /** The names are on a live stream: from now on silence counts. */
  requested(names: readonly string[]): void {
    this.#isRequested = true;
    for (const name of this.traits.isWildcard ? this.#entries.keys() : names) {
      const entry = this.#entries.get(name);
      if (entry !== undefined) this.#awaitSilence(entry);
    }
  }

  #awaitSilence(entry: Entry<T>): void {
    if (entry.state !== "requested" || entry.silenceTimer !== undefined) return;
    entry.silenceTimer = this.#clock.setTimeout(() => {
      entry.silenceTimer = undefined;
      entry.state = "timed out";
      this.#hooks.notify(entry.watchers);
    }, silenceMs);
  }

  /** Nobody can answer any more: silence is no answer. */
  disconnected(): void {
    this.#isRequested = false;
    for (const entry of this.#entries.values()) this.#stop(entry, "silenceTimer");
  }

  close(): void {
    for (const entry of this.#entries.values()) this.#stopAll(entry);
    this.#entries.clear();
  }

  /**
   * Takes a response in: all good resources, whatever is wrong with others. Nothing is visible before all of it is decoded.
   * Answers the problems, and adds whom to tell.
   */
  async apply(response: TypedResponse, affected: Set<ResourceWatcher>): Promise<readonly string[]> {
    const sorted = await this.#sort(response.resources);
    for (const { resourceName, errorDetail } of response.errors) {
      if (resourceName !== undefined)
        sorted.rejected.set(resourceName.name, errorDetail?.message ?? "the control plane refuses it");
    }
    const isFirst = !this.#hasResponse;
    this.#hasResponse = true;
    for (const accepted of sorted.accepted.values()) this.#accept(accepted, affected);
    for (const [name, error] of sorted.rejected) this.#reject(name, error, affected);
    if (this.traits.isFullState) this.#removeMissing(sorted, affected);
    // With everything asked for, the first answer settles what is not in it.
    if (isFirst && this.traits.isWildcard) this.#settle(affected);
    return sorted.problems;
  }

  async #sort(resources: readonly Any[]): Promise<Sorted<T>> {
    const sorted: Sorted<T> = { accepted: new Map(), rejected: new Map(), problems: [] };
    const known = new Map<string, string>();
    for (const { name, digest, resource } of this.#entries.values())
      if (resource !== undefined) known.set(digest, name);
    let sliceEnd = this.#clock.now() + sliceMs;
    for (const packed of resources) {
      this.#sortOne(packed, known, sorted);
      if (this.#clock.now() < sliceEnd) continue;
      await nextTurn();
      sliceEnd = this.#clock.now() + sliceMs;
    }
    return sorted;
  }

  #sortOne(packed: Any, known: ReadonlyMap<string, string>, sorted: Sorted<T>): void {
    const reject = (name: string | undefined, error: string): void => {
      sorted.problems.push(`${this.traits.type} ${name ?? "resource without a readable name"}: ${error}`);
      if (name !== undefined) sorted.rejected.set(name, error);
    };
    let any: Any | undefined = packed;
    let wrapper: Resource | undefined;
    try {
      wrapper = unpackAny(Resource, packed);
    } catch (error) {
      reject(undefined, messageOf(error));
      return;
    }
    const wrapperName = wrapper?.name;
    const ttl = wrapper?.ttl;
    if (wrapper !== undefined) any = wrapper.resource;
    if (any === undefined) {
      // A wrapper without a resource says that it still holds.
      if (wrapperName !== undefined) {
        sorted.accepted.set(wrapperName, { name: wrapperName, resource: undefined, digest: "", refused: [], ttl });
      }
      return;
    }
    if (any.typeUrl !== typeUrls[this.traits.type]) {
      reject(wrapperName, `a resource of type ${any.typeUrl}`);
      return;
    }
    const digest = hash("sha256", any.value, "base64");
    const knownName = known.get(digest);
    if (knownName !== undefined) {
      sorted.accepted.set(knownName, { name: knownName, resource: undefined, digest, refused: [], ttl });
      return;
    }
    const decoded = this.traits.decode(any.value);
    if (!decoded.isOk) {
      reject(decoded.name ?? wrapperName, decoded.error);
      return;
    }
    const { name, resource, refused } = decoded;
    sorted.accepted.set(name, { name, resource, digest, refused, ttl });
  }

  /** The entry a response's resource belongs to; undefined when nobody asked for it. */
  #entryFor(name: string): Entry<T> | undefined {
    const entry = this.#entries.get(name);
    if (entry !== undefined || !this.traits.isWildcard) return entry;
    const created = new Entry<T>(name);
    this.#entries.set(name, created);
    return created;
  }

  #accept({ name, resource, digest, refused, ttl }: Accepted<T>, affected: Set<ResourceWatcher>): void {
    // What nobody asked for, and news of what is not there.
    const entry = resource === undefined ? this.#entries.get(name) : this.#entryFor(name);
    if (entry === undefined || (resource === undefined && entry.resource === undefined)) return;
    this.#stop(entry, "silenceTimer");
    this.#stop(entry, "expiryTimer");
    if (ttl !== undefined) this.#awaitExpiry(entry, this.#clock.now() + millisecondsOf(ttl));
    const isChange = resource !== undefined || entry.state !== "received";
    entry.state = "received";
    entry.error = undefined;
    if (resource !== undefined) {
      entry.resource = resource;
      entry.digest = digest;
      const text = refused.join("; ");
      if (text !== "" && text !== entry.refused) this.#hooks.onRefused(name, refused);
      entry.refused = text;
    }
    if (isChange) for (const watcher of entry.watchers) affected.add(watcher);
  }

  #awaitExpiry(entry: Entry<T>, at: number): void {
    const leftMs = at - this.#clock.now();
    entry.expiryTimer =
      leftMs > longestDelayMs
        ? this.#clock.setTimeout(() => this.#awaitExpiry(entry, at), longestDelayMs)
        : this.#clock.setTimeout(() => this.#expire(entry), Math.max(0, leftMs));
  }

  /** The control plane has not confirmed it in time. */
  #expire(entry: Entry<T>): void {
    entry.expiryTimer = undefined;
    this.#forget(entry);
    this.#hooks.notify(entry.watchers);
  }

  #forget(entry: Entry<T>): void {
    this.#stop(entry, "expiryTimer");
    entry.state = "absent";
    entry.resource = undefined;
    entry.digest = "";
  }

  #reject(name: string, error: string, affected: Set<ResourceWatcher>): void {
    const entry = this.#entryFor(name);
    if (entry === undefined) return;
    this.#stop(entry, "silenceTimer");
    entry.state = "rejected";
    entry.error = error;
    // With a good one at hand nothing changes for those who use it.
    if (entry.resource === undefined) for (const watcher of entry.watchers) affected.add(watcher);
  }

  #removeMissing({ accepted, rejected }: Sorted<T>, affected: Set<ResourceWatcher>): void {
    for (const entry of [...this.#entries.values()]) {
      if (accepted.has(entry.name) || rejected.has(entry.name)) continue;
      // A name that was just added may be missing because the response was under way already.
      if (entry.state === "requested") continue;
      const wasThere = entry.resource !== undefined;
      this.#forget(entry);
      if (wasThere) for (const watcher of entry.watchers) affected.add(watcher);
      if (this.traits.isWildcard && entry.watchers.size === 0) this.#drop(entry);
    }
  }

  #settle(affected: Set<ResourceWatcher>): void {
    for (const entry of this.#entries.values()) {
      if (entry.state !== "requested") continue;
      this.#stop(entry, "silenceTimer");
      entry.state = "absent";
      for (const watcher of entry.watchers) affected.add(watcher);
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
