export {
  DEFAULT_MAX_HEADER_BYTES,
  DEFAULT_MAX_MESSAGE_BYTES,
  DEFAULT_MAX_PENDING_BYTES,
  DEFAULT_MAX_REQUESTS_IN_FLIGHT,
} from "./limits.ts";

// Client side

export type { PoolDiagnosis } from "./pool/address-pool.ts";
export type { Avoided } from "./pool/avoided.ts";
export {
  type ClientTransport,
  openClientTransport,
  type TransportDiagnosis,
} from "./pool/client-transport.ts";
export { type ConnectionUse, defaultProfile, type TransportProfile, transportProfile } from "./pool/profile.ts";

// Server side
export type { ListenerOptions, MethodEntry, ServerEntry } from "./server/entry.ts";
export { createListener, type Listener } from "./server/listener.ts";
// TLS, both sides
export { type ClientTLSOptions, clientSecurity } from "./tls/client-security.ts";
export type { TLSMaterialOptions, TLSProvider } from "./tls/material-source.ts";
export { type ServerSecurity, type ServerTLSOptions, serverSecurity } from "./tls/server-security.ts";
// Both sides
export { crc32cValidator, type PayloadValidator } from "./ttheader/payload-validation.ts";
