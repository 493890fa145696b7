import { MeshConfigError, type Problem } from "./errors.ts";
import { didYouMean } from "./yaml/did-you-mean.ts";

/** How a mesh behaves. */
export interface MeshOptions {
  /** Cluster domain in full host names. Default: `cluster.local`. */
  readonly domain?: string;
  /** Changes within this time are sent together, in milliseconds. Default: 20. */
  readonly debounceMs?: number;
  /** How often watched files are looked at where the system does not tell of changes, in milliseconds. Default: 400. */
  readonly pollIntervalMs?: number;
}

/** Options with their defaults. */
export type ResolvedMeshOptions = Readonly<Required<MeshOptions>>;

const DEFAULTS: ResolvedMeshOptions = Object.freeze({ domain: "cluster.local", debounceMs: 20, pollIntervalMs: 400 });

const check = (name: string, value: unknown): string | undefined => {
  if (!(name in DEFAULTS)) {
    const meant = didYouMean(name, Object.keys(DEFAULTS));
    return `unknown option ${name}${meant === undefined ? "" : `: did you mean ${meant}?`}`;
  }
  if (name === "domain") {
    const isDomain = typeof value === "string" && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(value);
    return isDomain ? undefined : "domain must be a DNS name such as cluster.local";
  }
  const isTime = typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= 60_000;
  return isTime ? undefined : `${name} must be a number of milliseconds from 0 to 60000`;
};

/**
 * Checks and freezes options.
 *
 * @throws MeshConfigError naming every option that is unknown or has a value that cannot be.
 */
export const resolveOptions = (options: MeshOptions = {}): ResolvedMeshOptions => {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const problems = given.flatMap(([name, value]): Problem[] => {
    const message = check(name, value);
    return message === undefined ? [] : [{ severity: "error", file: "createMesh()", message }];
  });
  if (problems.length > 0) throw new MeshConfigError(problems);
  return Object.freeze({ ...DEFAULTS, ...Object.fromEntries(given) });
};
