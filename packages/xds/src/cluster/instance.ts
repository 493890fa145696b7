import type { Instance, Tags } from "@kitex-ts/core/spi";

/** What outlives a single list of endpoints: an endpoint that stays keeps its counters. */
export class HostState {
  /** Attempts under way from this process, of all clients. */
  activeRequests = 0;
}

const noTags: Tags = new Map();

/** One endpoint of a cluster. The object stays the same as long as nothing about the endpoint changes. */
export class ClusterInstance implements Instance {
  readonly address: string;
  readonly weight: number;
  readonly tags: Tags = noTags;
  readonly host: HostState;

  constructor(address: string, weight: number, host: HostState) {
    this.address = address;
    this.weight = weight;
    this.host = host;
  }
}
