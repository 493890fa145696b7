import { RPCError } from "@kitex-ts/core";
import { toRPCError } from "@kitex-ts/core/internal";
import type { Call, CallMiddleware, MethodTarget, RouteDecision } from "@kitex-ts/core/spi";
import { currentManager } from "../manager/default-manager.ts";
import type { TargetSnapshot } from "../manager/target-snapshot.ts";
import type { TargetWatch } from "../manager/target-watch.ts";
import type { XDSResourceManager } from "../manager/xds-resource-manager.ts";
import { type CompiledRoute, chooseTarget, firstMatch, type RouteTarget } from "../route/compiled-routes.ts";
import { CallRequest, type RouterMetaExtractor } from "../route/route-request.ts";

/** How calls are routed. */
export interface XDSRouterOptions {
  /** Which values of a call routes may match as headers, beside its tags; without one, all of its metainfo. */
  readonly metaExtractor?: RouterMetaExtractor | undefined;
}

/** What is worked out once per method and snapshot. */
interface MethodRoutes {
  readonly path: string;
  snapshot: TargetSnapshot | undefined;
  candidates: readonly CompiledRoute[];
}

/**
 * Routes each call as the mesh says, once, outside retry: by virtual host, path, tags and metainfo to a cluster, with the route's timeout.
 * Synchronous once the destination is known; the first calls wait for it. Fails with `route` when no route takes the call, and with
 * `service_discovery` when the destination is unknown or nobody can be called. Calls that name an address (`callopt.withHostPort`) and calls
 * that have a route already pass. Kitex: `xdssuite.NewXDSRouterMiddleware`.
 *
 * @param manager the process default at the time of a call when left out
 */
export function createXDSRouterMiddleware(
  manager?: XDSResourceManager,
  options: XDSRouterOptions = {},
): CallMiddleware {
  const router = new XDSRouter(manager, options);
  return (next) => (request, call) => {
    if (call.route !== undefined || call.settings.hostPort !== undefined) return next(request, call);
    const waiting = router.route(call);
    return waiting === undefined ? next(request, call) : waiting.then(() => next(request, call));
  };
}

class XDSRouter {
  readonly #manager: XDSResourceManager | undefined;
  readonly #extract: RouterMetaExtractor | undefined;
  readonly #methods = new WeakMap<MethodTarget, MethodRoutes>();

  constructor(manager: XDSResourceManager | undefined, { metaExtractor }: XDSRouterOptions) {
    this.#manager = manager;
    this.#extract = metaExtractor;
  }

  /** Sets the call's route, at once when that is possible. A failure is always a rejected promise. */
  route(call: Call): Promise<void> | undefined {
    try {
      const target = (this.#manager ?? currentManager()).target(call.target.destination);
      const snapshot = target.current;
      if (snapshot !== undefined) {
        call.route = this.#decide(call, snapshot, target);
        return undefined;
      }
      return target.ready(call.waitDeadline, call.cancelSlot).then((ready) => {
        call.route = this.#decide(call, ready, target);
      });
    } catch (error) {
      return Promise.reject(toRPCError(error, "route"));
    }
  }

  #decide(call: Call, snapshot: TargetSnapshot, watch: TargetWatch): RouteDecision {
    const method = this.#methodRoutes(call.target, snapshot);
    const first = method.candidates[0];
    const route =
      first?.isUnconditional === true
        ? first
        : firstMatch(method.candidates, this.#request(call, method.path, snapshot), Math.random);
    if (route === undefined) throw this.#noRoute(call, method.path, snapshot);
    const target = chooseTarget(route, Math.random);
    if (target === undefined) {
      const { action } = route.resource;
      throw error(
        "route",
        call,
        `route ${route.label} for ${method.path} ${action.kind === "fail" ? action.reason : ""}`,
      );
    }
    const problem = problemOf(target);
    if (problem === undefined) return target.decision;
    throw error("service_discovery", call, watch.note === undefined ? problem : `${problem} (${watch.note})`);
  }

  #methodRoutes(target: MethodTarget, snapshot: TargetSnapshot): MethodRoutes {
    let method = this.#methods.get(target);
    if (method === undefined) {
      method = { path: pathOf(target), snapshot: undefined, candidates: [] };
      this.#methods.set(target, method);
    }
    if (method.snapshot !== snapshot) {
      method.snapshot = snapshot;
      method.candidates = snapshot.routes.candidates(method.path);
    }
    return method;
  }

  #request(call: Call, path: string, snapshot: TargetSnapshot): CallRequest {
    return new CallRequest(call, path, snapshot.authority, this.#extract);
  }

  #noRoute(call: Call, path: string, snapshot: TargetSnapshot): RPCError {
    const { routes } = snapshot;
    const explanation = routes.explain(path, this.#request(call, path, snapshot));
    return error("route", call, `no route of virtual host ${routes.virtualHost.name} takes ${path}: ${explanation}`);
  }
}

/** Why nobody behind a route can be called; undefined when somebody can. */
function problemOf({ cluster: { name, state } }: RouteTarget): string | undefined {
  switch (state.kind) {
    case "ready":
      return state.problem === undefined ? undefined : `cluster ${name}: ${state.problem}`;
    case "failed":
      return state.reason;
    case "pending":
      return `the control plane has not sent ${state.waitingFor}`;
  }
}

/** The HTTP path that stands for a method in routes. */
const pathOf = ({ service, method }: MethodTarget): string =>
  `/${service.packageName === "" ? "" : `${service.packageName}.`}${service.serviceName}/${method.name}`;

const error = (kind: "route" | "service_discovery", call: Call, detail: string): RPCError =>
  new RPCError(kind, `${call.target.destination}: ${detail}`, {
    service: call.target.destination,
    method: call.target.method.name,
  });
