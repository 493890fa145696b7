import {
  ApplicationException,
  ApplicationExceptionType,
  type Context,
  type Endpoint,
  type MethodInfo,
  type Middleware,
  type ServiceInfo,
} from "@kitex-ts/core";
import { checkMethods } from "@kitex-ts/core/internal";
import type { PayloadCodec } from "@kitex-ts/core/spi";
import type { MethodEntry } from "@kitex-ts/transport";

type Handler = Readonly<Record<string, unknown>>;

/** Calls the handler's method with the arguments in IDL order and `ctx` last. */
const handlerEndpoint = (method: MethodInfo, handler: Handler): Endpoint => {
  const { argumentNames, property } = method;
  // The method is looked up per call, so that handlers may be classes and tests may replace a method.
  const methodOf = (): ((...args: unknown[]) => Promise<unknown>) => handler[property] as never;
  if (argumentNames.length === 1) return (request, ctx) => methodOf().call(handler, request, ctx);
  if (argumentNames.length === 0) return (_request, ctx) => methodOf().call(handler, ctx);
  return (request, ctx) => {
    const fields = request as Readonly<Record<string, unknown>>;
    return methodOf().call(handler, ...argumentNames.map((name) => fields[name]), ctx);
  };
};

/**
 * A thenable of somebody's own, also one that extends Promise, may settle twice, or throw; a promise around it cannot. Promises and values stay as
 * they are.
 */
const onlyOnce = (outcome: unknown): unknown =>
  typeof outcome === "object" && outcome !== null && "then" in outcome && outcome.then !== ordinaryThen
    ? new Promise((resolve) => resolve(outcome))
    : outcome;

const ordinaryThen: unknown = Reflect.get(Promise.prototype, "then");

/** The same method in the codecs that the service accepts beside its own. */
const otherEntries = (
  service: ServiceInfo,
  { name }: MethodInfo,
  invoke: MethodEntry["invoke"],
): MethodEntry["inOtherCodecs"] =>
  service.alsoAccepts?.flatMap((other) =>
    other.methods.filter((method) => method.name === name).map((method) => ({ service: other, method, invoke })),
  );

interface Registered {
  readonly service: ServiceInfo;
  readonly methods: ReadonlyMap<string, MethodEntry>;
}

const unknownMethod = (serviceName: string, methodName: string): ApplicationException =>
  new ApplicationException(
    ApplicationExceptionType.unknownMethod,
    `unknown method ${methodName} (service ${serviceName})`,
  );

/** Which handler serves which method. Look-up rules and texts are Kitex', so that Go clients see what they know. */
export class ServiceTable {
  readonly #middleware: Middleware;
  readonly #services = new Map<string, Registered>();
  /** What was found last, and for which service name. */
  #latestService: string | undefined = undefined;
  #latest: MethodEntry | undefined = undefined;

  constructor(middleware: Middleware) {
    this.#middleware = middleware;
  }

  /** @throws TypeError when a method has no handler, or the service is registered already */
  register(service: ServiceInfo, handler: object): void {
    if (this.#services.has(service.serviceName))
      throw new TypeError(`service ${service.serviceName} is registered already`);
    const given: unknown = handler;
    if (given === null || (typeof given !== "object" && typeof given !== "function")) {
      const names = service.methods.map((method) => method.property);
      checkMethods(`the handler of ${service.serviceName}`, given, names);
    }
    const missing = service.methods.filter((method) => typeof (handler as Handler)[method.property] !== "function");
    if (missing.length > 0) {
      const names = missing.map((method) => method.property).join(", ");
      throw new TypeError(
        `the handler of ${service.serviceName} lacks ${names}; implement ${missing.length > 1 ? "them" : "it"} or take it out of the IDL`,
      );
    }
    const methods = new Map<string, MethodEntry>();
    for (const method of service.methods) {
      const endpoint = this.#middleware(handlerEndpoint(method, handler as Handler));
      const invoke = (request: unknown, call: Context): unknown => onlyOnce(endpoint(request, call));
      methods.set(method.name, { service, method, invoke, inOtherCodecs: otherEntries(service, method, invoke) });
    }
    this.#services.set(service.serviceName, { service, methods });
  }

  get serviceNames(): readonly string[] {
    return [...this.#services.keys()];
  }

  /** The payload codecs in use, each once. */
  get codecs(): readonly PayloadCodec[] {
    const services = [...this.#services.values()].flatMap(({ service }) => [service, ...(service.alsoAccepts ?? [])]);
    return [...new Set(services.map(({ payloadCodec }) => payloadCodec))];
  }

  find(serviceName: string | undefined, methodName: string): MethodEntry | ApplicationException {
    // Names that repeat are one string each by then, so comparing them costs less than looking them up.
    if (serviceName === this.#latestService && methodName === this.#latest?.method.name) return this.#latest;
    const found = this.#lookUp(serviceName, methodName);
    if ("invoke" in found) {
      this.#latestService = serviceName;
      this.#latest = found;
    }
    return found;
  }

  #lookUp(serviceName: string | undefined, methodName: string): MethodEntry | ApplicationException {
    if (serviceName !== undefined && serviceName !== "") {
      const registered = this.#services.get(serviceName);
      if (registered !== undefined) return registered.methods.get(methodName) ?? unknownMethod(serviceName, methodName);
    }
    const found: MethodEntry[] = [];
    for (const { methods } of this.#services.values()) {
      const entry = methods.get(methodName);
      if (entry !== undefined) found.push(entry);
    }
    const [first] = found;
    // Without a service name the first to have the method serves it; with an unknown one only a single candidate will do.
    if (first !== undefined && (serviceName === undefined || serviceName === "" || found.length === 1)) return first;
    return new ApplicationException(
      ApplicationExceptionType.unknownService,
      `unknown service ${serviceName ?? ""}, method ${methodName}`,
    );
  }
}
