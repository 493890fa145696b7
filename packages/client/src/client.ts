import { performance } from "node:perf_hooks";
import {
  type CallOption,
  chain,
  type Endpoint,
  type MethodInfo,
  type OptionEntry,
  RPCError,
  type ServiceInfo,
} from "@kitex-ts/core";
import { applyOptions, checkService, checkString } from "@kitex-ts/core/internal";
import { Call, type CallEndpoint, type CallSettings, type MethodTarget } from "@kitex-ts/core/spi";
import { type ClientTransport, openClientTransport, transportProfile } from "@kitex-ts/transport";
import { checkAddress, staticResolver } from "./discovery/static-resolver.ts";
import { TargetCache } from "./discovery/target-cache.ts";
import { weightedRoundRobin } from "./load-balance/weighted-round-robin.ts";
import { attemptOnce } from "./middleware/attempt.ts";
import { attemptFor } from "./middleware/attempt-for.ts";
import { withCancellation } from "./middleware/cancellation.ts";
import { resolveAndBalance } from "./middleware/resolve.ts";
import type { ClientOption } from "./option.ts";
import { type ClientSettings, defaultSettings } from "./settings.ts";
import { overridesOf, settingsWith } from "./settings-of-call.ts";

// The life of a call, client side, top to bottom:
//
//   generated method      greet.sayHello(request, ...callOptions)                     methodOf
//   └ Call                one per RPC: settings, deadline, metainfo                   start
//     per call            cancellation · router · (limits of the call)                chainOf
//     └ Attempt           one per try: its limit, its instance                        attemptOnce
//       per attempt       user middleware · resolve and balance                       chainOf
//       per instance      instance middleware
//       └ transport       encode, write, wait for the reply, decode                   ClientTransport.call

/** What belongs to one client and ends with it. */
class ClientRuntime {
  readonly service: ServiceInfo;
  readonly destination: string;
  readonly settings: ClientSettings;
  readonly optionNames: readonly string[];
  readonly #callSettings: CallSettings;
  readonly #targets: TargetCache;
  readonly #transport: ClientTransport;
  readonly #endpoint: CallEndpoint;
  #closing: Promise<void> | undefined = undefined;

  constructor(service: ServiceInfo, destination: string, settings: ClientSettings, optionNames: readonly string[]) {
    this.service = service;
    this.destination = destination;
    this.settings = settings;
    this.optionNames = optionNames;
    this.#callSettings = Object.freeze({
      rpcTimeoutMs: settings.rpcTimeoutMs,
      connectTimeoutMs: settings.connectTimeoutMs,
      transportProtocol: settings.transportProtocol,
      tags: settings.tags.size === 0 ? undefined : settings.tags,
      hostPort: undefined,
    });
    const resolver =
      settings.resolver ?? staticResolver(settings.hostPorts.length > 0 ? settings.hostPorts : [destination]);
    this.#targets = new TargetCache(resolver, settings.loadBalancer, weightedRoundRobin());
    this.#transport = openClientTransport(
      transportProfile({
        ...settings.connection,
        ...settings.limits,
        protocol: settings.transportProtocol,
        keepaliveTimeMs: settings.keepalive.timeMs,
        keepaliveTimeoutMs: settings.keepalive.timeoutMs,
        maxMessageBytes: settings.maxMessageBytes,
        payloadValidators: settings.payloadValidators,
      }),
      settings.security,
    );
    this.#endpoint = this.#chainOf();
  }

  /** Every layer of a call, from the innermost out. A layer that is not configured is not there. */
  #chainOf(): CallEndpoint {
    const transport = this.#transport;
    const send: Endpoint = (request, ctx) => transport.call(attemptFor(ctx), request);
    const { middlewares, instanceMiddlewares } = this.settings;
    const perInstance = chain(...instanceMiddlewares)(send);
    const resolved = resolveAndBalance(perInstance, this.#targets, transport.avoided);
    const perAttempt = chain(...middlewares)(resolved);
    const attempt = attemptOnce(perAttempt, middlewares.length + instanceMiddlewares.length > 0);
    const routed = this.settings.routerMiddleware?.(attempt) ?? attempt;
    return withCancellation(routed);
  }

  /** The function behind one generated method. */
  methodOf(method: MethodInfo): (...args: unknown[]) => Promise<unknown> {
    const target: MethodTarget = {
      service: this.service,
      method,
      destination: this.destination,
      caller: this.settings.caller,
    };
    const { argumentNames } = method;
    if (argumentNames.length === 1) {
      return (request: unknown, ...options: unknown[]) => this.#start(target, request, options as CallOption[]);
    }
    if (argumentNames.length === 0) return (...options) => this.#start(target, undefined, options as CallOption[]);
    return (...args) => {
      const request = Object.fromEntries(argumentNames.map((name, index) => [name, args[index]]));
      return this.#start(target, request, args.slice(argumentNames.length) as CallOption[]);
    };
  }

  #start(target: MethodTarget, request: unknown, options: readonly CallOption[]): Promise<unknown> {
    // Nothing here may throw at the caller: a call fails through its promise, whatever fails.
    try {
      if (this.#closing !== undefined) {
        throw new RPCError("internal_exception", `the client of ${this.destination} was closed`, {
          service: this.destination,
        });
      }
      if (options.length === 0) return this.#endpoint(request, new Call(target, this.#callSettings, performance.now()));
      const overrides = overridesOf(options);
      const settings = settingsWith(this.#callSettings, overrides);
      return this.#endpoint(
        request,
        new Call(target, settings, performance.now(), overrides.context, overrides.signal),
      );
    } catch (error) {
      const reason = error as Error;
      return Promise.reject(reason);
    }
  }

  close(): Promise<void> {
    const closing = this.#closing ?? this.#transport.close().finally(() => this.#targets.close());
    this.#closing = closing;
    return closing;
  }

  diagnosis(): ClientDiagnosis {
    const { settings } = this;
    return {
      destination: this.destination,
      service: this.service.serviceName,
      options: this.optionNames,
      resolver: this.#targets.resolverName,
      rpcTimeoutMs: settings.rpcTimeoutMs,
      connectTimeoutMs: settings.connectTimeoutMs,
      transportProtocol: settings.transportProtocol,
      transport: this.#transport.diagnosis(),
    };
  }
}

/** What a client was told and where each value came from; plain data, for logs and admin pages. Kitex: `diagnosis`. */
export interface ClientDiagnosis {
  readonly destination: string;
  readonly service: string;
  readonly options: readonly string[];
  readonly resolver: string;
  readonly rpcTimeoutMs: ClientSettings["rpcTimeoutMs"];
  readonly connectTimeoutMs: ClientSettings["connectTimeoutMs"];
  readonly transportProtocol: ClientSettings["transportProtocol"];
  readonly transport: unknown;
}

const runtimes = new WeakMap<object, ClientRuntime>();

const runtimeOf = (client: object): ClientRuntime => {
  const runtime = runtimes.get(client);
  if (runtime === undefined) throw new TypeError("not a client made by createClient");
  return runtime;
};

/**
 * Makes a client of `service` at `destination`: a discovery name when a resolver or the xDS suite is given, `host:port` or `unix:/path`
 * otherwise. Connections are opened by the first calls. Kitex: `client.NewClient` of generated packages.
 *
 * @throws TypeError or RPCError at once when the service, an option or the destination cannot work
 * @example
 * const greet = createClient(GreetService, "127.0.0.1:8888", client.withRPCTimeout(500));
 * const reply = await greet.sayHello({ message: "hi" }, callopt.withTag("stage", "canary"));
 */
export const createClient = <Handler, Client>(
  service: ServiceInfo<Handler, Client>,
  destination: string,
  ...options: readonly OptionEntry<ClientOption>[]
): Client & AsyncDisposable => {
  checkService("createClient", service);
  checkString("createClient, the destination (a service name, host:port or unix:/path)", destination);
  if (destination === "")
    throw new RPCError("service_discovery", "createClient: the destination is empty; give a service name or host:port");
  const settings = defaultSettings();
  const names = applyOptions<"client", ClientSettings>("client", options, settings);
  if (settings.resolver === undefined && settings.hostPorts.length === 0) checkAddress(destination);
  const runtime = new ClientRuntime(service, destination, settings, names);
  const client: Record<string | symbol, unknown> = { [Symbol.asyncDispose]: () => runtime.close() };
  for (const method of service.methods) client[method.property] = runtime.methodOf(method);
  runtimes.set(client, runtime);
  return Object.freeze(client) as Client & AsyncDisposable;
};

/**
 * Ends a client: new calls fail, running ones end, its connections are given back. `await using` does the same. A function rather than a method,
 * since an IDL may well have a method `close`. Closing twice is fine.
 */
export const closeClient = (client: object): Promise<void> => runtimeOf(client).close();

/** What the client was told, by whom, and what its connections do. */
export const diagnosis = (client: object): ClientDiagnosis => runtimeOf(client).diagnosis();
