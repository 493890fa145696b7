import type { MeshModel, MeshService } from "./mesh-model.ts";

/** What differs between two states, as far as it decides what has to be sent. */
export interface ModelChange {
  /** A Service came, went, or has other ports or another address. */
  readonly services: boolean;
  /** DestinationRules or the identities behind a Service. */
  readonly policies: boolean;
  /** VirtualServices. */
  readonly routes: boolean;
  /** Full names of Services with other endpoints. */
  readonly endpoints: ReadonlySet<string>;
}

/** Positions in files are no content: a rule that only moved down a line is the same. */
const fingerprint = (value: unknown): string =>
  JSON.stringify([value], (key, part: unknown) => (key === "position" ? undefined : part));

interface Fingerprints {
  readonly service: string;
  readonly policy: string;
  readonly routes: string;
  readonly endpoints: string;
}

const fingerprintsOf = (service: MeshService): Fingerprints => ({
  service: fingerprint([service.virtualIP, service.ports]),
  policy: fingerprint([service.destinationRule, service.policy, service.subsets, service.identities]),
  routes: fingerprint(service.virtualService),
  endpoints: fingerprint(service.endpoints),
});

const known = new WeakMap<MeshModel, ReadonlyMap<string, Fingerprints>>();

const fingerprints = (model: MeshModel): ReadonlyMap<string, Fingerprints> => {
  const made =
    known.get(model) ?? new Map([...model.services].map(([name, service]) => [name, fingerprintsOf(service)]));
  known.set(model, made);
  return made;
};

/** Compares two states. */
export const changeBetween = (before: MeshModel, after: MeshModel): ModelChange => {
  const [old, now] = [fingerprints(before), fingerprints(after)];
  const names = new Set([...old.keys(), ...now.keys()]);
  const differing = (part: keyof Fingerprints) =>
    [...names].filter((name) => old.get(name)?.[part] !== now.get(name)?.[part]);
  return {
    services: differing("service").length > 0,
    policies: differing("policy").length > 0,
    routes: differing("routes").length > 0,
    endpoints: new Set(differing("endpoints")),
  };
};
