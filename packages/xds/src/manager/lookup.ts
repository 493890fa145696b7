/** What the store knows about one resource. */
export type Lookup<T> =
  | { readonly state: "ready"; readonly value: T }
  /** Asked for, not answered yet. */
  | { readonly state: "pending" }
  /** The control plane does not have it, or has not answered within the time a resource is waited for. */
  | { readonly state: "absent" }
  /** The first one that came cannot be used. */
  | { readonly state: "rejected"; readonly error: string };

export const pending: Lookup<never> = { state: "pending" };
export const absent: Lookup<never> = { state: "absent" };
