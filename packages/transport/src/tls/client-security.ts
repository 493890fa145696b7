import { type Security, stderrLogger, type TLSGeneration, type TLSMaterial } from "@kitex-ts/core/spi";
import { type MaterialSource, materialSource, type TLSMaterialOptions, tlsError } from "./material-source.ts";

/** How a client secures its connections. `cert` and `key` only for servers that ask for them (mTLS). */
export interface ClientTLSOptions extends TLSMaterialOptions {
  /** Name to ask for (SNI) and to find in the server's certificate. Default: the host of the address. */
  readonly serverName?: string;
  /** Default true. False needs `verify`, which then says whose certificate it is: SPIFFE certificates hold no host name. */
  readonly verifyHostname?: boolean;
  /** Decides about a certificate that has been found valid. */
  readonly verify?: TLSGeneration["verify"];
  /** Default `TLSv1.2`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Protocols to offer. Default: none, as Kitex has none. */
  readonly alpn?: readonly string[];
  /** Accepts every certificate, and says so in the log. For experiments only. */
  readonly insecureSkipVerify?: boolean;
}

let count = 0;

class ClientSecurity implements Security {
  readonly id: string = `tls-${++count}`;
  readonly #source: MaterialSource;
  readonly #settings: Omit<TLSGeneration, keyof TLSMaterial>;
  #material: TLSMaterial | undefined = undefined;
  #generation: TLSGeneration = {};

  constructor(source: MaterialSource, settings: Omit<TLSGeneration, keyof TLSMaterial>) {
    this.#source = source;
    this.#settings = settings;
  }

  current(): TLSGeneration | Promise<TLSGeneration> {
    const material = this.#source.current();
    return material instanceof Promise
      ? material.then((late) => this.#generationOf(late))
      : this.#generationOf(material);
  }

  #generationOf(material: TLSMaterial): TLSGeneration {
    if (material !== this.#material) {
      this.#material = material;
      this.#generation = Object.freeze({ ...this.#settings, ...material });
    }
    return this.#generation;
  }
}

/**
 * What `client.withTLS` gives to the transport. Clients that share it share connections.
 *
 * @throws TransportError `invalid_tls_options` when material is missing, unreadable or does not fit
 */
export const clientSecurity = (options: ClientTLSOptions): Security => {
  const { serverName, verifyHostname, verify, minVersion, alpn, insecureSkipVerify, drainTimeoutMs } = options;
  const { logger = stderrLogger } = options;
  if (verifyHostname === false && verify === undefined && insecureSkipVerify !== true) {
    throw tlsError("verifyHostname: false needs verify: without both, any certificate of the authority would do");
  }
  if (verify !== undefined && typeof verify !== "function") throw tlsError("verify: a function is expected");
  if (serverName === "") throw tlsError("serverName is empty");
  const source = materialSource(options, minVersion, () => {});
  if (insecureSkipVerify === true) {
    logger.warn(
      {},
      "insecureSkipVerify: certificates of servers are not checked, anybody can read and change what is sent",
    );
  }
  return new ClientSecurity(source, {
    serverName,
    verifyHostname,
    verify,
    minVersion,
    alpn,
    insecureSkipVerify,
    drainTimeoutMs,
  });
};
