import type { RouteConfigResource, VirtualHostResource } from "../resource/route-config.ts";

type Specificity = "exact" | "suffix" | "prefix" | "any";

const specificities: readonly Specificity[] = ["exact", "suffix", "prefix", "any"];

const specificityOf = (domain: string): Specificity =>
  domain === "*" ? "any" : domain.startsWith("*") ? "suffix" : domain.endsWith("*") ? "prefix" : "exact";

/** A wildcard stands for at least one character. */
function matchesDomain(domain: string, specificity: Specificity, authority: string): boolean {
  switch (specificity) {
    case "any":
      return true;
    case "exact":
      return domain === authority;
    case "suffix":
      return authority.length >= domain.length && authority.endsWith(domain.slice(1));
    case "prefix":
      return authority.length >= domain.length && authority.startsWith(domain.slice(0, -1));
  }
}

const withoutPort = (authority: string): string => authority.replace(/:\d+$/, "");

/**
 * The virtual host for a call that may be addressed in several ways: exact domains first, then suffix and prefix wildcards, the longest first,
 * then `*`. Authorities are tried in order within each of these, so that `*` never wins over a domain that means one of them.
 */
export function matchVirtualHost(
  config: RouteConfigResource,
  authorities: readonly string[],
): { readonly virtualHost: VirtualHostResource; readonly isCatchAll: boolean } | undefined {
  const given = config.ignorePort ? [...new Set(authorities.map(withoutPort))] : authorities;
  for (const specificity of specificities) {
    for (const authority of given) {
      let best: { readonly virtualHost: VirtualHostResource; readonly length: number } | undefined;
      for (const virtualHost of config.virtualHosts) {
        for (const domain of virtualHost.domains) {
          if (specificityOf(domain) !== specificity || !matchesDomain(domain, specificity, authority)) continue;
          if (best === undefined || domain.length > best.length) best = { virtualHost, length: domain.length };
        }
      }
      if (best !== undefined) return { virtualHost: best.virtualHost, isCatchAll: specificity === "any" };
    }
  }
  return undefined;
}
