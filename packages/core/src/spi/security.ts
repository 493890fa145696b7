import type { X509Certificate } from "node:crypto";

/** Certificates and key in PEM. Both sides: `cert` with its chain and `key` belong together. */
export interface TLSMaterial {
  /** Whom to trust; a client without it trusts the authorities that Node brings. */
  readonly ca?: string | readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Decides about a peer whose certificate has been found valid: answers `undefined` to accept, or why not; throwing refuses, too. `chain` begins
 * with the certificate itself. Fit for SPIFFE: `certificate.subjectAltName` holds `URI:spiffe://…`.
 */
export type PeerVerifier = (certificate: X509Certificate, chain: readonly X509Certificate[]) => string | undefined;

/**
 * What one new connection of a client is secured with. Another object stands for another generation: connections opened from then on use it.
 * Where its certificates differ, connections of the older ones are drained: see `drainTimeoutMs`.
 */
export interface TLSGeneration extends TLSMaterial {
  /** Name to ask for (SNI) and to find in the certificate. Default: the host of the instance's address. */
  readonly serverName?: string | undefined;
  /** Default true. False only together with `verify`, which then says whose certificate it is. */
  readonly verifyHostname?: boolean | undefined;
  readonly verify?: PeerVerifier | undefined;
  /** Default `TLSv1.2`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  readonly alpn?: readonly string[] | undefined;
  /** Accepts every certificate. For experiments only. */
  readonly insecureSkipVerify?: boolean | undefined;
  /** Connections that replaced certificates secure are gone after so long, in milliseconds. Default 60,000; `Infinity`: they stay. */
  readonly drainTimeoutMs?: number | undefined;
}

/** How connections to an instance are secured. Envoy: a transport socket. */
export interface Security {
  /** Calls share connections only if this is equal. Rotation makes a new generation, not a new id. */
  readonly id: string;
  /** Asked for every new connection. Throws or rejects when there is nothing to use: the call fails then, it never goes in plaintext. */
  current(): TLSGeneration | Promise<TLSGeneration>;
}
