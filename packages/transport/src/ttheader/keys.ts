/** Integer keys of a TTHeader that we write or read; the rest belongs to service meshes. Kitex: `ttheader/metakey.go`. */
export const IntKey = {
  transportType: 1,
  fromService: 3,
  toService: 6,
  toMethod: 9,
  rpcTimeout: 12,
  connectTimeout: 17,
  fromMethod: 20,
  messageType: 22,
} as const;

/** String keys that carry no metainfo. */
export const StringKey = {
  /** Name of the service in the IDL. */
  idlService: "isn",
  /** The sender will drop this connection: no new calls on it. */
  connectionReset: "crrst",
  /** CRC-32C of the payload. */
  checksum: "crc32c",
  bizStatus: "biz-status",
  bizMessage: "biz-message",
  bizExtra: "biz-extra",
} as const;

export const TRANSIENT_PREFIX = "RPC_TRANSIT_";
export const PERSISTENT_PREFIX = "RPC_PERSIST_";
export const UPSTREAM_PREFIX = "RPC_TRANSIT_UPSTREAM_";

/** The transient key whose value travels in a block of its own. */
export const ACL_TOKEN_KEY = "gdpr-token";

/** "I take answers in any order": set by multiplexing clients, mirrored by our server. Kitex: `HeaderFlagSupportOutOfOrder`. */
export const FLAG_OUT_OF_ORDER = 0x0001;
