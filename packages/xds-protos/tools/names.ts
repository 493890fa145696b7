import { exportNames } from "./selection.ts";

/** The proto3 JSON name of a field: `consecutive_5xx` → `consecutive5xx`, `virtual_hosts` → `virtualHosts`. */
export const jsonName = (field: string): string => field.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const isVersion = (part: string): boolean => /^v\d+(alpha|beta)?\d*$/.test(part);

const pascalCase = (part: string): string => {
  const name = jsonName(part);
  return name.charAt(0).toUpperCase() + name.slice(1);
};

/** `envoy.extensions.filters.network.thrift_proxy.v3.RouteMatch`, 2 → `ThriftProxyRouteMatch`. */
function lastParts(fullName: string, count: number): string {
  const parts = fullName.split(".").filter((part) => !isVersion(part));
  return parts.slice(-count).map(pascalCase).join("");
}

const isCore = (fullName: string): boolean => /^(envoy\.(config|service)|google)\./.test(fullName);

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/**
 * Names the exports: the last part of the full name. Where two types clash, the only one of `envoy.config`, `envoy.service` or
 * `google` keeps it, and the others get the part before it in front (enclosing message, else package), as many as it takes.
 */
export function nameTypes(fullNames: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, group] of groupBy(fullNames, (fullName) => exportNames[fullName] ?? lastParts(fullName, 1))) {
    const core = group.filter(isCore);
    const owner = group.length === 1 ? group[0] : core.length === 1 ? core[0] : undefined;
    for (const fullName of group) names.set(fullName, fullName === owner ? name : longerName(fullName, group));
  }
  for (const [name, users] of groupBy(names, ([, name]) => name)) {
    if (users.length === 1) continue;
    const fullNames = users.map(([fullName]) => fullName).join(" and ");
    throw new Error(`${fullNames} would both be exported as ${name}: name one in exportNames of tools/selection.ts`);
  }
  return names;
}

function longerName(fullName: string, group: readonly string[]): string {
  const length = fullName.split(".").length;
  for (let count = 2; count < length; count += 1) {
    const name = lastParts(fullName, count);
    if (group.filter((other) => lastParts(other, count) === name).length === 1) return name;
  }
  throw new Error(`no unambiguous name for ${fullName}: give it one in exportNames of tools/selection.ts`);
}
