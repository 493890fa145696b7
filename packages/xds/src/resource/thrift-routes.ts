import type { ThriftProxy, ThriftProxyRoute, ThriftProxyRouteAction } from "@kitex-ts/xds-protos";
import { Refusal, reasonOf } from "./decoded.ts";
import { decodeHeaderMatch } from "./header-match.ts";
import { forwardTo, type RouteActionResource, type RouteResource } from "./route-config.ts";

/** The routes of a Thrift proxy, in the form all routes have. Envoy: `thrift_proxy.v3.RouteConfiguration`, as an EnvoyFilter puts it in place. */
export function thriftRoutesOf(message: ThriftProxy, refused: string[]): readonly RouteResource[] {
  if (message.routeConfig === undefined) throw new Refusal("a Thrift proxy without routes of its own");
  const routes: RouteResource[] = [];
  message.routeConfig.routes.forEach((route, index) => {
    try {
      routes.push(routeOf(route, `thrift #${index}`));
    } catch (error) {
      refused.push(`thrift route #${index}: ${reasonOf(error)}`);
    }
  });
  return routes;
}

function routeOf({ match, route }: ThriftProxyRoute, name: string): RouteResource {
  if (match === undefined) throw new Refusal("it has no match");
  if (match.methodName === undefined && match.serviceName === undefined) {
    throw new Refusal("a condition of an unknown kind");
  }
  return {
    name,
    path: {
      kind: "rpc",
      service: match.serviceName || undefined,
      method: match.methodName || undefined,
      isInverted: match.invert,
    },
    headers: match.headers.map(decodeHeaderMatch),
    fraction: undefined,
    action: actionOf(route),
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
