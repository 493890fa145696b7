/** How many endpoints of a priority there are, and in which state. */
export interface PriorityHealth {
  readonly healthy: number;
  readonly degraded: number;
  readonly total: number;
}

/** The share of calls, in percent, that a priority's healthy and degraded endpoints get. */
export interface PriorityLoad {
  readonly healthy: number;
  readonly degraded: number;
}

/**
 * Envoy's spill-over: a priority that is less healthy than `1 / overprovisioning` gives the rest to the next one; degraded endpoints come after
 * all healthy ones. All shares are 0 when nothing is available.
 */
export function priorityLoads(
  priorities: readonly PriorityHealth[],
  overprovisioning: number,
): readonly PriorityLoad[] {
  const availability = (available: number, total: number): number =>
    total === 0 ? 0 : Math.min(100, (overprovisioning * 100 * available) / total);
  const healthy = priorities.map((priority) => availability(priority.healthy, priority.total));
  const degraded = priorities.map((priority) => availability(priority.degraded, priority.total));
  const sum = [...healthy, ...degraded].reduce((total, share) => total + share, 0);
  const normalized = Math.min(100, sum);
  let left = normalized === 0 ? 0 : 100;
  const take = (share: number): number => {
    const load = Math.min(left, (share * 100) / normalized);
    left -= load;
    return load;
  };
  const healthyLoads = healthy.map((share) => (normalized === 0 ? 0 : take(share)));
  const degradedLoads = degraded.map((share) => (normalized === 0 ? 0 : take(share)));
  return priorities.map((_, index) => ({ healthy: healthyLoads[index] ?? 0, degraded: degradedLoads[index] ?? 0 }));
}
