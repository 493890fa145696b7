/**
 * The full name of a host in a rule of the given namespace. As in Istio only a name without any dot is expanded:
 * `kitex-server.default` stays what it is (and then names no Service).
 */
export const resolveHost = (host: string, namespace: string, domain: string): string =>
  host.includes(".") || host === "*" ? host : `${host}.${namespace}.svc.${domain}`;

/** Whether a host of a rule, possibly with a leading wildcard, covers a full name. */
export const hostCovers = (host: string, name: string): boolean =>
  host === name || host === "*" || (host.startsWith("*") && name.endsWith(host.slice(1)));

/** Which of two hosts that both cover a name is the better one: exact before wildcard, long before short. */
export const moreSpecific = (a: string, b: string): number =>
  Number(a.startsWith("*")) - Number(b.startsWith("*")) || b.length - a.length;
