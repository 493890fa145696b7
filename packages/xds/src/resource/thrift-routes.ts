import type { ThriftProxy, ThriftProxyRouteAction, ThriftProxyRouteMatch } from "@kitex-ts/xds-protos";
import { CheckableConditions } from "./checkable-conditions.ts";
import { Refusal } from "./decoded.ts";
import { decodeHeaderMatch } from "./header-match.ts";
import { anyPath, type PathMatch } from "./path-match.ts";
import { failUnchecked, forwardTo, type RouteActionResource, type RouteResource } from "./route-config.ts";

/** The routes of a Thrift proxy, in the form all routes have. Envoy: `thrift_proxy.v3.RouteConfiguration`, as an EnvoyFilter puts it in place. */
export function thriftRoutesOf(message: ThriftProxy, refused: string[]): readonly RouteResource[] {
  if (message.routeConfig === undefined) throw new Refusal("a Thrift proxy without routes of its own");
  return message.routeConfig.routes.map(({ match, route }, index) => {
    const name = `thrift #${index}`;
    const conditions = new CheckableConditions();
    const path = match && conditions.check(() => pathOf(match));
    if (match === undefined) conditions.add("it has no match");
    const headers = conditions.checkAll(match?.headers ?? [], decodeHeaderMatch);
    const { unchecked } = conditions;
    if (unchecked !== undefined) refused.push(`thrift route #${index} fails its calls: ${unchecked}`);
    return {
      name,
      path: path ?? anyPath,
      headers,
      fraction: undefined,
      action: unchecked === undefined ? actionOf(route) : failUnchecked(unchecked),
    };
  });
}

function pathOf(match: ThriftProxyRouteMatch): PathMatch {
  if (match.methodName === undefined && match.serviceName === undefined) {
    throw new Refusal("a condition of an unknown kind");
  }
  return {
    kind: "rpc",
    service: match.serviceName || undefined,
    method: match.methodName || undefined,
    isInverted: match.invert,
  };
}

function actionOf(action: ThriftProxyRouteAction | undefined): RouteActionResource {
  if (action?.cluster !== undefined && action.cluster !== "")
    return forwardTo([{ cluster: action.cluster, weight: 1 }], 0);
  if (action?.weightedClusters !== undefined) {
    return forwardTo(
      action.weightedClusters.clusters.map(({ name, weight }) => ({ cluster: name, weight: weight?.value ?? 0 })),
      0,
    );
  }
  return { kind: "fail", reason: "chooses the cluster in a way that is not supported" };
}
