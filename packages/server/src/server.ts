import { chain, type OptionEntry, RPCError, type ServiceInfo } from "@kitex-ts/core";
import { applyOptions, checkService } from "@kitex-ts/core/internal";
import { createListener, type Listener } from "@kitex-ts/transport";
import type { ServerOption } from "./option.ts";
import { ServiceTable } from "./service-table.ts";
import { defaultSettings, type ServerSettings } from "./settings.ts";

// The life of a call, server side, top to bottom:
//
//   listener → connection → detector          transport: TTHeader · Framed · Buffered, per message
//   └ header, limits, payload head            transport
//     └ find service and method               ServiceTable.find
//       └ ServerCall                          deadline, metainfo, peer address: `ctx` of all that follows
//         └ decode → middleware → handler     MethodEntry.invoke
//           └ encode → flush                  transport: reply, declared exception, business error, or application exception

type State = "new" | "running" | "stopping" | "stopped";

/** A server: services, an address, a life cycle. Made by `createServer`. Kitex: `server.Server`. */
export interface Server extends AsyncDisposable {
  /** Adds a service before the server starts. Kitex: generated `RegisterService`. @throws TypeError when the handler lacks a method, or an argument is nothing of the kind */
  registerService<Handler extends object, Client>(service: ServiceInfo<Handler, Client>, handler: Handler): Server;
  /** Listens and answers the bound address; requests are served from here on. */
  start(): Promise<string>;
  /** Listens and serves until `stop()`, SIGINT or SIGTERM, then ends as `stop()` does. Kitex: `Run`. */
  run(): Promise<void>;
  /**
   * Stops taking connections, tells peers to go elsewhere, lets running calls end (no longer than `withExitWaitTime`), closes the rest. While
   * clients open connections all the time, as for every call, the port stays open until they have been told, for a second at most. Calling it twice is
   * fine. Kitex: `Stop`.
   */
  stop(): Promise<void>;
  /** Where the server listens; undefined before `start()`. */
  readonly address: string | undefined;
}

class ServerImpl implements Server {
  readonly #settings: ServerSettings;
  readonly #services: ServiceTable;
  #listener: Listener | undefined = undefined;
  #state: State = "new";
  #address: string | undefined = undefined;
  #listening: Promise<string> | undefined = undefined;
  #stopping: Promise<void> | undefined = undefined;
  #onStopped: () => void = () => {};
  readonly #ended: Promise<void> = new Promise((resolve) => {
    this.#onStopped = resolve;
  });

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#services = new ServiceTable(chain(...settings.middlewares));
  }

  get address(): string | undefined {
    return this.#address;
  }

  registerService<Handler extends object, Client>(service: ServiceInfo<Handler, Client>, handler: Handler): Server {
    checkService("registerService", service);
    if (this.#state !== "new")
      throw new RPCError("internal_exception", `register ${service.serviceName} before the server starts`);
    this.#services.register(service, handler);
    return this;
  }

  async start(): Promise<string> {
    if (this.#state !== "new")
      throw new RPCError("internal_exception", `the server is ${this.#state}; make a new one to start again`);
    if (this.#services.serviceNames.length === 0) {
      throw new RPCError(
        "internal_exception",
        "no service to serve; call registerService(GreetService, handler) first",
      );
    }
    this.#state = "running";
    const { limits, readTimeoutMs, logger, address, security, payloadValidators } = this.#settings;
    const services = this.#services;
    this.#listener = createListener(
      {
        codecs: services.codecs,
        find: (serviceName, methodName) => services.find(serviceName, methodName),
      },
      {
        maxConnections: limits.maxConnections,
        maxRequestsInFlight: limits.maxRequestsPerConnection,
        maxMessageBytes: limits.maxMessageBytes,
        maxHeaderBytes: limits.maxHeaderBytes,
        maxPendingBytes: limits.maxPendingBytes,
        readTimeoutMs,
        payloadValidators,
        security,
        logger,
      },
    );
    this.#listening = this.#listener.listen(address);
    try {
      const bound = await this.#listening;
      this.#address = bound;
      return bound;
    } catch (error) {
      this.#state = "stopped";
      throw error;
    }
  }

  async run(): Promise<void> {
    await this.start();
    const onSignal = (): void => void this.stop();
    if (this.#settings.handleSignals) for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
    try {
      await this.#ended;
    } finally {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
    }
  }

  stop(): Promise<void> {
    const stopping = this.#stopping ?? this.#drainAndClose();
    this.#stopping = stopping;
    return stopping;
  }

  async #drainAndClose(): Promise<void> {
    this.#state = "stopping";
    const listener = this.#listener;
    if (listener !== undefined) {
      // A port that is not open yet cannot be closed; whoever started the server hears why it could not be opened.
      await this.#listening?.catch(() => {});
      const { aborted } = await listener.drain(this.#settings.exitWaitMs);
      if (aborted > 0)
        this.#settings.logger.warn({ calls: aborted }, "stopped with calls still running; see server.withExitWaitTime");
      listener.close();
    }
    this.#state = "stopped";
    this.#onStopped();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/**
 * Makes a server. It serves TTHeader, Framed and Buffered messages on one port.
 *
 * @example
 * const svr = createServer(server.withServiceAddr("0.0.0.0:8888")).registerService(GreetService, {
 *   async sayHello(request, ctx) { return { message: `Hello ${request.message}` }; },
 * });
 * await svr.run();
 */
export const createServer = (...options: readonly OptionEntry<ServerOption>[]): Server => {
  const settings = defaultSettings();
  applyOptions<"server", ServerSettings>("server", options, settings);
  return new ServerImpl(settings);
};
