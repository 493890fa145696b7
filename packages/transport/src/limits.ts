// Defaults that clients and servers have in common, and those that packages above repeat in their options.

/** Of a message in either direction, 64 MiB. */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 64 * 1024 * 1024;
/** Of what waits on one connection for the peer to read. */
export const DEFAULT_MAX_PENDING_BYTES: number = 256 * 1024 * 1024;
/** Of a TTHeader's variable part: what its length field can say, but for the last unit. */
export const DEFAULT_MAX_HEADER_BYTES = 262_140;
/** Requests of one connection that run at the same time. */
export const DEFAULT_MAX_REQUESTS_IN_FLIGHT = 10_000;
