import { RPCError } from "@kitex-ts/core";
import { type Instance, parseAddress, type Resolver, type Snapshot, type Subscription } from "@kitex-ts/core/spi";

const noTags: ReadonlyMap<string, string> = new Map();

/** Kitex' default weight of an instance. */
const DEFAULT_WEIGHT = 10;

/** An instance without tags, for addresses that are given rather than discovered. */
export const instanceAt = (address: string): Instance => ({ address, weight: DEFAULT_WEIGHT, tags: noTags });

class StaticSubscription implements Subscription {
  readonly current: Snapshot;

  constructor(current: Snapshot) {
    this.current = current;
  }

  ready(): Promise<Snapshot> {
    return Promise.resolve(this.current);
  }

  close(): void {
    // Nothing is watched.
  }
}

/** Addresses that never change. */
export const staticResolver = (hostPorts: readonly string[]): Resolver => {
  for (const hostPort of hostPorts) checkAddress(hostPort);
  const subscription = new StaticSubscription({ version: "static", instances: hostPorts.map(instanceAt) });
  return { name: `static(${hostPorts.join(", ")})`, target: () => "static", open: () => subscription };
};

/** @throws RPCError `service_discovery` when `address` is nothing to connect to: neither `host:port`, `[v6]:port` nor `unix:/path` */
export const checkAddress = (address: string): void => {
  const parsed = parseAddress(address);
  if (parsed !== undefined && ("path" in parsed || (parsed.host !== "" && parsed.port > 0))) return;
  throw new RPCError(
    "service_discovery",
    `"${address}" is no address; write host:port or unix:/path, or give the client a resolver (client.withResolver, client.withXDSSuite)`,
  );
};
