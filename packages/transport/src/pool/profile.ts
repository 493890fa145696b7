import { TransportProtocol } from "@kitex-ts/core";
import { DEFAULT_MAX_HEADER_BYTES, DEFAULT_MAX_MESSAGE_BYTES, DEFAULT_MAX_PENDING_BYTES } from "../limits.ts";
import type { PayloadValidator } from "../ttheader/payload-validation.ts";

/**
 * How connections to a peer are used.
 *
 * - `auto`: one for all calls when the peer answers in any order (a kitex-ts server), else as `long`. Framed and PurePayload cannot.
 * - `mux`: one for all calls, whatever the peer says: for Go servers with `WithMuxTransport`. TTHeader only.
 * - `long`: one call at a time on each; kept for the next call. `short`: one call, then it is closed.
 */
export type ConnectionUse = "auto" | "mux" | "long" | "short";

/** Everything that decides whether two clients can share connections. Bytes and counts; times in milliseconds. */
export interface TransportProfile {
  /** Default TTHeader. */
  readonly protocol: TransportProtocol;
  /** Default `auto`. */
  readonly connection: ConnectionUse;
  /** Idle connections kept for one address, 10. Kitex: `IdleConfig.MaxIdlePerAddress`. */
  readonly maxIdlePerAddress: number;
  /** Idle connections kept for all addresses together, 100. Kitex: `IdleConfig.MaxIdleGlobal`. */
  readonly maxIdleGlobal: number;
  /** An idle connection is closed after this time, 60,000. Kitex: `IdleConfig.MaxIdleTimeout`. */
  readonly maxIdleTimeoutMs: number;
  /** So many idle connections of an address stay open all the same, 0. Kitex: `IdleConfig.MinIdlePerAddress`. */
  readonly minIdlePerAddress: number;
  /** Busy and idle connections to one address, 1,024; further calls wait for one. Kitex has no limit. */
  readonly maxConnectionsPerAddress: number;
  /** Limit of a message in either direction, 64 MiB. */
  readonly maxMessageBytes: number;
  /** Limit of a received TTHeader's variable part, 262,140. */
  readonly maxHeaderBytes: number;
  /** Calls in flight on one connection, and calls waiting for a connection to one address, 65,536 each. */
  readonly maxPendingCalls: number;
  /** Bytes that wait on one connection for the peer to read, 256 MiB; beyond it calls fail with `overlimit`. */
  readonly maxPendingBytes: number;
  /**
   * A kitex-ts peer from which nothing has come for so long is asked with a heartbeat whether it is there, 10,000; 0 for never. Others, Go's among
   * them, are never asked, nor is anybody over `long` and `short` connections. gRPC: keepalive time.
   */
  readonly keepaliveTimeMs: number;
  /** How long it has for an answer, 10,000; then the connection is given up. gRPC: keepalive timeout. */
  readonly keepaliveTimeoutMs: number;
  /** Run over requests and answers with a TTHeader; none by default. */
  readonly payloadValidators: readonly PayloadValidator[];
}

export const defaultProfile: TransportProfile = Object.freeze({
  protocol: TransportProtocol.TTHeader,
  connection: "auto",
  maxIdlePerAddress: 10,
  maxIdleGlobal: 100,
  maxIdleTimeoutMs: 60_000,
  minIdlePerAddress: 0,
  maxConnectionsPerAddress: 1024,
  maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES,
  maxHeaderBytes: DEFAULT_MAX_HEADER_BYTES,
  maxPendingCalls: 65_536,
  maxPendingBytes: DEFAULT_MAX_PENDING_BYTES,
  keepaliveTimeMs: 10_000,
  keepaliveTimeoutMs: 10_000,
  payloadValidators: [],
});

const uses: readonly string[] = ["auto", "mux", "long", "short"];

/**
 * A whole profile from the parts that differ from {@link defaultProfile}; `undefined` stands for the default.
 *
 * @throws RangeError or TypeError naming the field that cannot be
 */
export const transportProfile = (
  partial: { readonly [K in keyof TransportProfile]?: TransportProfile[K] | undefined },
): TransportProfile => {
  const profile: Record<string, unknown> = { ...defaultProfile };
  for (const [name, value] of Object.entries(partial)) {
    if (!(name in defaultProfile)) {
      throw new TypeError(`transport profile: unknown field ${name}; one of ${Object.keys(defaultProfile).join(", ")}`);
    }
    if (value === undefined) continue;
    const standard = defaultProfile[name as keyof TransportProfile];
    if (typeof standard === "number") checkCount(name, value);
    profile[name] = value;
  }
  const result = profile as unknown as TransportProfile;
  if (!(result.protocol in TransportProtocol)) throw new TypeError(`transport profile: protocol ${result.protocol}`);
  if (!uses.includes(result.connection)) {
    throw new TypeError(`transport profile: connection is one of ${uses.join(", ")}, not ${String(result.connection)}`);
  }
  if (result.connection === "mux" && !result.protocol.startsWith("TTHeader")) {
    throw new TypeError(`transport profile: ${result.protocol} cannot be multiplexed; use TTHeader or TTHeaderFramed`);
  }
  return Object.freeze(result);
};

const mayBeZero: readonly string[] = ["maxIdlePerAddress", "maxIdleGlobal", "minIdlePerAddress", "keepaliveTimeMs"];

const checkCount = (name: string, value: unknown): void => {
  const least = mayBeZero.includes(name) ? 0 : 1;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > 0x7fff_ffff) {
    throw new RangeError(`transport profile: ${name} must be an integer from ${least}, got ${String(value)}`);
  }
};
