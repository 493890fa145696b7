import type { Context } from "@kitex-ts/core";
import { toRPCError } from "@kitex-ts/core/internal";
import type { Call, MetaPairs } from "@kitex-ts/core/spi";

/**
 * Names the values of a call that routes may match as headers, beside its tags. Empty and undefined values are none. Without one, all metainfo
 * of the call counts, transient and persistent. Kitex: `WithRouterMetaExtractor`.
 */
export type RouterMetaExtractor = (ctx: Context) => Readonly<Record<string, string | undefined>>;

/** What routes see of a call. Envoy's pseudo headers are there: an RPC is a POST of `/package.Service/Method`. */
export interface RouteRequest {
  /** The value of a header, given in lower case; undefined when there is none. */
  header(name: string): string | undefined;
}

/** A view of a call: nothing is copied, and routes without header conditions never look. */
export class CallRequest implements RouteRequest {
  readonly #call: Call;
  readonly #path: string;
  readonly #authority: string;
  readonly #extract: RouterMetaExtractor | undefined;
  #extracted: Readonly<Record<string, string | undefined>> | undefined = undefined;

  constructor(call: Call, path: string, authority: string, extract: RouterMetaExtractor | undefined) {
    this.#call = call;
    this.#path = path;
    this.#authority = authority;
    this.#extract = extract;
  }

  header(name: string): string | undefined {
    if (name.startsWith(":")) return this.#pseudoHeader(name);
    return this.#tag(name) ?? this.#meta(name) ?? (name === "content-type" ? "application/x-thrift" : undefined);
  }

  #pseudoHeader(name: string): string | undefined {
    switch (name) {
      case ":path":
        return this.#path;
      case ":method":
        return "POST";
      case ":authority":
        return this.#authority;
      case ":scheme":
        return "http";
      default:
        return undefined;
    }
  }

  #tag(name: string): string | undefined {
    return find(this.#call.settings.tags, name);
  }

  #meta(name: string): string | undefined {
    if (this.#extract !== undefined) {
      this.#extracted ??= extracted(this.#extract, this.#call);
      const own = Object.hasOwn(this.#extracted, name) ? this.#extracted[name] : undefined;
      return own || findIn(Object.entries(this.#extracted), name);
    }
    const info = this.#call.metaInfo;
    if (info === undefined) return undefined;
    const { transient, stale, persistent } = info;
    // The names under which metainfo travels over HTTP.
    if (name.startsWith("rpc-transit-")) {
      const key = name.slice("rpc-transit-".length);
      return find(transient, key) ?? find(stale, key);
    }
    if (name.startsWith("rpc-persist-")) return find(persistent, name.slice("rpc-persist-".length));
    return find(transient, name) ?? find(stale, name) ?? find(persistent, name);
  }
}

/** User code: what it throws is the call's failure. */
function extracted(extract: RouterMetaExtractor, call: Call): Readonly<Record<string, string | undefined>> {
  try {
    return extract(call);
  } catch (error) {
    throw toRPCError(error, "route", { service: call.target.destination, method: call.target.method.name });
  }
}

const find = (values: ReadonlyMap<string, string> | MetaPairs | undefined, name: string): string | undefined =>
  values === undefined ? undefined : (values.get(name) ?? findIn(values, name));

function findIn(values: Iterable<readonly [string, string | undefined]>, name: string): string | undefined {
  for (const [key, value] of values) if (value && isNamed(key, name)) return value;
  return undefined;
}

/** Header names have no case. Metainfo keys are upper snake case by convention: `USER_ID` is also `user-id`. */
function isNamed(key: string, name: string): boolean {
  const lower = key.toLowerCase();
  return lower === name || lower.replaceAll("_", "-") === name;
}
