/** What a router decided for a call. A router sets it; the layers that act on it read it. Envoy: `RouteAction`. */
export interface RouteDecision {
  /** The cluster to call: what the resolver looks up. */
  readonly cluster: string;
  /** Bounds the whole call, retries included; 0 or undefined: the route has no opinion. */
  readonly timeoutMs?: number | undefined;
  /** Name of the matched route, for people. */
  readonly routeName?: string | undefined;
}
