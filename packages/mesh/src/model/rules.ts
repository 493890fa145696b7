import type { Problem } from "../errors.ts";
import type { DestinationRule, Subset, TrafficPolicy } from "./destination-rule.ts";
import { hostCovers, moreSpecific, resolveHost } from "./host.ts";
import { byAge } from "./object.ts";
import { MESH_GATEWAY, type VirtualService } from "./virtual-service.ts";

/** The DestinationRules of one host, merged. */
export interface HostPolicy {
  readonly policy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
  /** The rule that counts, for the cluster's metadata. */
  readonly rule: DestinationRule | undefined;
}

interface Candidate<Rule> {
  readonly host: string;
  readonly rule: Rule;
}

const pick = <Rule>(candidates: readonly Candidate<Rule>[], name: string): readonly Rule[] => {
  const covering = candidates.filter(({ host }) => hostCovers(host, name));
  const [best] = [...covering].sort((a, b) => moreSpecific(a.host, b.host));
  return covering.filter(({ host }) => host === best?.host).map(({ rule }) => rule);
};

/** Chooses the rules of a host the way istiod does. Both functions take full host names. */
export interface RuleBook {
  readonly virtualServiceOf: (hostname: string) => VirtualService | undefined;
  readonly policyOf: (hostname: string) => HostPolicy;
}

/** Orders the rules and warns about those that never apply. */
export const createRuleBook = (
  virtualServices: readonly VirtualService[],
  destinationRules: readonly DestinationRule[],
  domain: string,
  warnings: Problem[],
): RuleBook => {
  const routes: Candidate<VirtualService>[] = [];
  for (const rule of [...virtualServices].sort(byAge)) {
    if (rule.gateways.length > 0 && !rule.gateways.includes(MESH_GATEWAY)) {
      const message = "is bound to gateways only: it has no effect on clients in the mesh";
      warnings.push({ ...rule.position, severity: "warning", message, hint: `add "${MESH_GATEWAY}" to gateways` });
      continue;
    }
    for (const { host, position } of rule.hosts) {
      const full = resolveHost(host, rule.namespace, domain);
      const winner = routes.find((other) => other.host === full)?.rule;
      if (winner === undefined) routes.push({ host: full, rule });
      else {
        const message = `has no effect: ${full} already has the VirtualService ${winner.namespace}/${winner.name}`;
        warnings.push({
          ...position,
          severity: "warning",
          message,
          hint: "a mesh uses only the first one: merge them",
        });
      }
    }
  }

  const policies = [...destinationRules]
    .sort(byAge)
    .map((rule) => ({ host: resolveHost(rule.host, rule.namespace, domain), rule }));

  return {
    virtualServiceOf: (hostname) => pick(routes, hostname)[0],
    policyOf: (hostname) => {
      const rules = pick(policies, hostname);
      const subsets = new Map<string, Subset>();
      for (const subset of rules.flatMap((rule) => rule.subsets)) {
        if (!subsets.has(subset.name)) subsets.set(subset.name, subset);
      }
      return {
        policy: rules.find(({ policy }) => policy !== undefined)?.policy,
        subsets: [...subsets.values()],
        rule: rules[0],
      };
    },
  };
};
