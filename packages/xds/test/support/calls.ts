import { type Context, type MethodInfo, RPCError, type ServiceInfo, TransportProtocol } from "@kitex-ts/core";
import { Call, type CallSettings, type MethodTarget, type RouteDecision, sourced } from "@kitex-ts/core/spi";
import type { XDSClientSuite } from "../../src/index.ts";

/** Environment of a pod as the recordings have it. */
export const podEnvironment = {
  POD_NAMESPACE: "default",
  POD_NAME: "kitex-client-6d5f8c7b9-x2x7k",
  INSTANCE_IP: "127.0.0.1",
} as const;

/** A call to make up. */
export interface CallInit {
  readonly destination?: string;
  /** `package.Service/Method`. */
  readonly method?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly context?: Context;
  readonly rpcTimeoutMs?: number;
  readonly hostPort?: string;
}

const targets = new Map<string, MethodTarget>();

/** Targets are made once, as clients do. */
function targetOf(destination: string, path: string): MethodTarget {
  const key = `${destination} ${path}`;
  let target = targets.get(key);
  if (target === undefined) {
    const [service = "", name = ""] = path.split("/");
    const dot = service.lastIndexOf(".");
    target = {
      service: {
        serviceName: service.slice(dot + 1),
        packageName: dot < 0 ? "" : service.slice(0, dot),
        methods: [],
      } as unknown as ServiceInfo,
      method: { name } as MethodInfo,
      destination,
      caller: "",
    };
    targets.set(key, target);
  }
  return target;
}

export const defaultDestination = "kitex-server.default.svc.cluster.local:80";

export function makeCall(init: CallInit = {}): Call {
  const settings: CallSettings = {
    rpcTimeoutMs: sourced(init.rpcTimeoutMs ?? 0, init.rpcTimeoutMs === undefined ? "default" : "client option"),
    connectTimeoutMs: sourced(500, "default"),
    transportProtocol: TransportProtocol.TTHeader,
    tags: init.tags === undefined ? undefined : new Map(Object.entries(init.tags)),
    hostPort: init.hostPort,
  };
  const target = targetOf(init.destination ?? defaultDestination, init.method ?? "proxyless.GreetService/SayHello1");
  return new Call(target, settings, performance.now(), init.context);
}

/** Sends a call through the router and answers what it decided. */
export async function route(suite: XDSClientSuite, init: CallInit = {}): Promise<RouteDecision | undefined> {
  const call = makeCall(init);
  await suite.routerMiddleware(() => Promise.resolve(undefined))(undefined, call);
  return call.route;
}

/** The error of a call that must fail. */
export async function routeError(suite: XDSClientSuite, init: CallInit = {}): Promise<RPCError> {
  try {
    const decision = await route(suite, init);
    throw new Error(`the call was routed to ${decision?.cluster}`);
  } catch (error) {
    if (error instanceof RPCError) return error;
    throw error;
  }
}

/** Waits until `check` holds; for what happens on the other side of a socket. */
export async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5));
}
