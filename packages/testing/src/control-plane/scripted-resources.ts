import type { Any } from "@kitex-ts/xds-protos";

/** A resource to send, and the name that subscriptions know it by; undefined for those without one. */
export interface ScriptedResource {
  readonly name: string | undefined;
  readonly any: Any;
}

/** The resources of one type, as a test has set them. */
export class ScriptedResources {
  readonly version: string;
  readonly #resources: readonly ScriptedResource[];

  constructor(version: string, resources: readonly ScriptedResource[]) {
    this.version = version;
    this.#resources = resources;
  }

  /** Those that a subscription to `names` gets; no name and `*` ask for all. */
  named(names: readonly string[]): readonly Any[] {
    const isWildcard = names.length === 0 || names.includes("*");
    return this.#resources
      .filter(({ name }) => isWildcard || name === undefined || names.includes(name))
      .map(({ any }) => any);
  }
}
