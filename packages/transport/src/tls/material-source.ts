import { readFileSync, statSync } from "node:fs";
import { TransportError } from "@kitex-ts/core";
import { type Logger, stderrLogger, type TLSMaterial } from "@kitex-ts/core/spi";
import { secureContextOf } from "./material.ts";

/** Where certificates come from that change while the process runs. Asked for every new connection; equal values mean that nothing changed. */
export interface TLSProvider {
  current(): TLSMaterial | Promise<TLSMaterial>;
}

/** Certificates as PEM values, as files that may be replaced at any time, or from a provider. */
export interface TLSMaterialOptions {
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
  /** Files are looked at again when a connection is opened or accepted, at most once a second. One that cannot be used is reported, and what was read before stays in use. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly provider?: TLSProvider;
  /** Hears of files that cannot be used. Default: standard error. */
  readonly logger?: Logger;
  /**
   * When certificates are replaced, connections that the old ones secure go too: spread over this time, without cost to calls that end within it.
   * So a withdrawn authority or certificate is worth nothing after it. Milliseconds, default 60,000; `Infinity`: they stay as long as they like.
   */
  readonly drainTimeoutMs?: number;
}

/** The newest usable material. The same object until something changes. */
export interface MaterialSource {
  current(): TLSMaterial | Promise<TLSMaterial>;
}

const LOOK_MS = 1000;

export const tlsError = (detail: string, cause?: unknown): TransportError =>
  new TransportError("invalid_tls_options", detail, { kind: "internal_exception", cause });

/** Is it the same in every byte? */
export const isEqual = (a: TLSMaterial, b: TLSMaterial): boolean =>
  a.cert === b.cert && a.key === b.key && JSON.stringify(a.ca) === JSON.stringify(b.ca);

/** Answers the object it knows as long as a provider's values do not change; those that cannot be used are refused. */
class ProvidedMaterial implements MaterialSource {
  readonly #provider: TLSProvider;
  readonly #check: (material: TLSMaterial) => void;
  readonly #logger: Logger;
  #good: TLSMaterial | undefined = undefined;

  constructor(provider: TLSProvider, check: (material: TLSMaterial) => void, logger: Logger) {
    this.#provider = provider;
    this.#check = check;
    this.#logger = logger;
  }

  current(): TLSMaterial | Promise<TLSMaterial> {
    try {
      const given = this.#provider.current();
      if (!(given instanceof Promise)) return this.#take(given);
      return given.then(
        (material) => this.#take(material),
        (error: unknown) => this.#keep(error),
      );
    } catch (error) {
      return this.#keep(error);
    }
  }

  #take(material: TLSMaterial): TLSMaterial {
    if (this.#good !== undefined && isEqual(material, this.#good)) return this.#good;
    try {
      this.#check(material);
    } catch (error) {
      return this.#keep(error);
    }
    this.#good = material;
    return material;
  }

  #keep(error: unknown): TLSMaterial {
    if (this.#good === undefined) throw error;
    this.#logger.error({ error }, "new TLS certificates cannot be used, the old ones stay in use");
    return this.#good;
  }
}

/** Reads files anew when they have changed. Nothing is watched, so that nothing needs to be closed. */
class FileProvider implements TLSProvider {
  readonly #options: TLSMaterialOptions;
  #material: TLSMaterial | undefined = undefined;
  #failure: unknown = undefined;
  #stamp = "";
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: TLSMaterialOptions) {
    this.#options = options;
  }

  current(): TLSMaterial {
    const now = performance.now();
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      this.#look();
    }
    if (this.#material === undefined) throw this.#failure;
    return this.#material;
  }

  #look(): void {
    const { caFile, certFile, keyFile, ca, cert, key } = this.#options;
    const files = [caFile, certFile, keyFile];
    try {
      const stamp = files.map(stampOf).join(" ");
      if (stamp === this.#stamp) return;
      const [caText, certText, keyText] = files.map((file) =>
        file === undefined ? undefined : readFileSync(file, "utf8"),
      );
      this.#material = { ca: caText ?? ca, cert: certText ?? cert, key: keyText ?? key };
      this.#stamp = stamp;
    } catch (error) {
      // Files are replaced one by one: what is missing now may be there at the next look.
      if (this.#material === undefined) this.#failure = error;
      else
        (this.#options.logger ?? stderrLogger).error({ error }, "TLS files cannot be read, the old ones stay in use");
    }
  }
}

const stampOf = (file: string | undefined): string => {
  if (file === undefined) return "";
  const { mtimeMs, size, ino } = statSync(file);
  return `${mtimeMs}/${size}/${ino}`;
};

/**
 * The source of what the options name. `needs` throws for material that is not enough for the side that uses it. Values and files are checked at once.
 *
 * @throws TransportError `invalid_tls_options`
 */
export const materialSource = (
  options: TLSMaterialOptions,
  minVersion: "TLSv1.2" | "TLSv1.3" | undefined,
  needs: (material: TLSMaterial) => void,
): MaterialSource => {
  for (const part of ["ca", "cert", "key"] as const) {
    if (options[part] !== undefined && options[`${part}File`] !== undefined) {
      throw tlsError(`${part} and ${part}File: give one of them`);
    }
    if (options.provider !== undefined && (options[part] ?? options[`${part}File`]) !== undefined) {
      throw tlsError(`provider and ${part}: give one of them`);
    }
    // Present but undefined is a variable that was never set, not a wish for less security.
    for (const name of [part, `${part}File`, "provider"] as const) {
      if (name in options && options[name as keyof TLSMaterialOptions] === undefined) {
        throw tlsError(`${name} is given as undefined; leave it out or give it a value`);
      }
    }
  }
  const { drainTimeoutMs = Infinity } = options;
  if (!(drainTimeoutMs >= 1)) throw tlsError(`drainTimeoutMs: milliseconds, 1 or more, got ${String(drainTimeoutMs)}`);
  const check = (material: TLSMaterial | null): void => {
    if (typeof material !== "object" || material === null) throw new Error("the provider answered no material");
    needs(material);
    secureContextOf(material, minVersion);
  };
  const { caFile, certFile, keyFile, logger = stderrLogger } = options;
  const hasFiles = (caFile ?? certFile ?? keyFile) !== undefined;
  const { ca, cert, key } = options;
  const provider = options.provider ?? (hasFiles ? new FileProvider(options) : { current: () => ({ ca, cert, key }) });
  const source = new ProvidedMaterial(provider, check, logger);
  try {
    const first = source.current();
    // Whoever needs it first hears why it could not be had.
    if (first instanceof Promise) first.catch(() => {});
  } catch (error) {
    throw tlsError(`TLS: ${(error as Error).message}`, error);
  }
  return source;
};
