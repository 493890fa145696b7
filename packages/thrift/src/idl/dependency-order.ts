/** Cycles worth telling; finding the chain of each costs time. */
const maxCycles = 50;

/**
 * Orders items so that each comes after what it depends on, without recursion. Items on a cycle, and items that depend on
 * one, are left out; the first cycles are passed to `onCycle`, each as the chain from its first item back to it.
 */
export const dependencyOrder = <T>(
  items: Iterable<T>,
  dependenciesOf: (item: T) => readonly T[],
  onCycle: (chain: readonly T[]) => void,
): T[] => {
  const state = new Map<T, "open" | "done" | "broken">();
  const order: T[] = [];
  let cycles = 0;
  for (const root of items) {
    if (state.has(root)) continue;
    const path = [{ item: root, dependencies: dependenciesOf(root), next: 0, broken: false }];
    state.set(root, "open");
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      if (visit.next < visit.dependencies.length) {
        const dependency = visit.dependencies[visit.next++];
        if (dependency === undefined) continue;
        const known = state.get(dependency);
        if (known === "open" && cycles++ < maxCycles) {
          const start = path.findIndex((each) => each.item === dependency);
          onCycle([...path.slice(start).map((each) => each.item), dependency]);
        }
        if (known === "open" || known === "broken") visit.broken = true;
        if (known !== undefined) continue;
        state.set(dependency, "open");
        path.push({ item: dependency, dependencies: dependenciesOf(dependency), next: 0, broken: false });
        continue;
      }
      path.pop();
      state.set(visit.item, visit.broken ? "broken" : "done");
      if (!visit.broken) order.push(visit.item);
      const parent = path.at(-1);
      if (parent !== undefined && visit.broken) parent.broken = true;
    }
  }
  return order;
};
