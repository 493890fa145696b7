import type { SecureContext } from "node:tls";
import type { PeerVerifier, TLSMaterial } from "@kitex-ts/core/spi";
import { secureContextOf } from "./material.ts";
import { type MaterialSource, materialSource, type TLSMaterialOptions, tlsError } from "./material-source.ts";
import { DEFAULT_DRAIN_TIMEOUT_MS } from "./rotation.ts";

/** How a server secures its port. `cert` and `key`, or their files or provider, are required; so is `ca` when clients may show certificates. */
export interface ServerTLSOptions extends TLSMaterialOptions {
  /**
   * Whether clients show a certificate: `none` (default), `request` (may; a bad one is refused), `require` (mTLS). Go: `tls.NoClientCert`,
   * `VerifyClientCertIfGiven`, `RequireAndVerifyClientCert`.
   */
  readonly clientAuth?: "none" | "request" | "require";
  /** Decides about a client's certificate that has been found valid. Needs `clientAuth` other than `none`. */
  readonly verify?: PeerVerifier;
  /** Other certificates for the names that clients ask for; `*.example.com` stands for one label. `ca` comes from the options around. */
  readonly sniContexts?: Readonly<Record<string, Omit<TLSMaterialOptions, "ca" | "caFile">>>;
  /** `tls` (default) refuses plaintext; `permissive` takes both on one port, for the time of a migration. Istio: `PERMISSIVE`. */
  readonly mode?: "tls" | "permissive";
  /** Default `TLSv1.2`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  /** Protocols to choose from when a client offers some. Default: none. */
  readonly alpn?: readonly string[];
}

/** What is served to clients that ask for one name. */
class NamedContext {
  readonly #source: MaterialSource;
  readonly #main: () => TLSMaterial | undefined;
  readonly #minVersion: ServerTLSOptions["minVersion"];
  #made:
    | { readonly own: TLSMaterial; readonly main: TLSMaterial | undefined; readonly context: SecureContext }
    | undefined;

  constructor(source: MaterialSource, main: () => TLSMaterial | undefined, minVersion: ServerTLSOptions["minVersion"]) {
    this.#source = source;
    this.#main = main;
    this.#minVersion = minVersion;
  }

  async context(): Promise<SecureContext> {
    const own = await this.#source.current();
    const main = this.#main();
    if (this.#made?.own !== own || this.#made.main !== main) {
      // Whom to trust does not depend on the name a client asks for.
      const context = secureContextOf({ ...own, ca: main?.ca }, this.#minVersion);
      this.#made = { own, main, context };
    }
    return this.#made.context;
  }
}

/** A checked {@link ServerTLSOptions}. */
export class ServerSecurity {
  readonly source: MaterialSource;
  readonly drainTimeoutMs: number;
  readonly clientAuth: "none" | "request" | "require";
  readonly verify: PeerVerifier | undefined;
  readonly mode: "tls" | "permissive";
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
  readonly alpn: readonly string[] | undefined;
  /** In use at the moment. */
  material: TLSMaterial | undefined = undefined;
  readonly #named = new Map<string, NamedContext>();
  readonly #sources: MaterialSource[] = [];
  /** As {@link hasChanged} found it. */
  #seen: readonly (TLSMaterial | undefined)[] | undefined = undefined;

  constructor(options: ServerTLSOptions) {
    const { clientAuth = "none", verify, mode = "tls", minVersion = "TLSv1.2", alpn, sniContexts = {} } = options;
    if (!["none", "request", "require"].includes(clientAuth)) {
      throw tlsError(`clientAuth is none, request or require, not ${String(clientAuth)}`);
    }
    if (!["tls", "permissive"].includes(mode)) throw tlsError(`mode is tls or permissive, not ${String(mode)}`);
    if (verify !== undefined && typeof verify !== "function") throw tlsError("verify: a function is expected");
    if (verify !== undefined && clientAuth === "none") {
      throw tlsError('verify would never be asked with clientAuth "none"; use "request" or "require"');
    }
    this.source = materialSource(options, minVersion, ({ ca, cert }) => {
      if (cert === undefined) throw new Error("a server needs cert and key");
      // Without it Node would trust the public authorities, that is, anybody.
      if (clientAuth !== "none" && ca === undefined) throw new Error(`clientAuth "${clientAuth}" needs ca`);
    });
    for (const [name, material] of Object.entries(sniContexts)) {
      const source = materialSource(material, minVersion, ({ cert }) => {
        if (cert === undefined) throw new Error(`sniContexts["${name}"] needs cert and key`);
      });
      this.#sources.push(source);
      this.#named.set(name.toLowerCase(), new NamedContext(source, () => this.material, minVersion));
    }
    this.#sources.push(this.source);
    this.drainTimeoutMs = options.drainTimeoutMs ?? DEFAULT_DRAIN_TIMEOUT_MS;
    this.clientAuth = clientAuth;
    this.verify = verify;
    this.mode = mode;
    this.minVersion = minVersion;
    this.alpn = alpn;
  }

  /** Are any certificates others than when this was asked last? What cannot be had is what it was. */
  async hasChanged(): Promise<boolean> {
    const seen = this.#seen;
    const found = await Promise.all(
      this.#sources.map(async (source, index) => {
        try {
          return await source.current();
        } catch {
          return seen?.[index];
        }
      }),
    );
    this.#seen = found;
    return seen !== undefined && found.some((material, index) => material !== seen[index]);
  }

  /** The context for the name that a client asks for; undefined for the default one. */
  contextFor(serverName: string): Promise<SecureContext> | undefined {
    const name = serverName.toLowerCase();
    const named = this.#named.get(name) ?? this.#named.get(`*${name.slice(Math.max(name.indexOf("."), 0))}`);
    return named?.context();
  }
}

/**
 * What `server.withTLS` gives to the listener.
 *
 * @throws TransportError `invalid_tls_options` when material is missing, unreadable or does not fit
 */
export const serverSecurity = (options: ServerTLSOptions): ServerSecurity => new ServerSecurity(options);
