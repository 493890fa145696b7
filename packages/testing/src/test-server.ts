import { type ClientOption, closeClient, createClient } from "@kitex-ts/client";
import type { OptionEntry, ServiceInfo } from "@kitex-ts/core";
import { createServer, type ServerOption, withExitWaitTime, withServiceAddr } from "@kitex-ts/server";

/** A server on this machine and a client of it. */
export interface TestServer<Client> extends AsyncDisposable {
  readonly client: Client & AsyncDisposable;
  /** Where the server listens, `127.0.0.1:port`: for further clients. */
  readonly address: string;
  /** Ends client and server; calls that still run end with an error after the server's exit wait time. Closing twice is fine. */
  close(): Promise<void>;
}

/** Long enough for a handler that is about to answer, short enough for a test whose handler never does. */
const EXIT_WAIT_MS = 200;

const isForClient = (option: ServerOption | ClientOption): option is ClientOption => option.kind === "client";

/**
 * Starts `handler` on a free loopback port and makes a client of it: sockets, framing, codecs, middleware are the real ones.
 *
 * @param options of the server and of the client, mixed as you like: each is told by its kind. The server waits 200 ms for running calls when it
 * is closed, unless `server.withExitWaitTime` says otherwise.
 * @example
 * await using greeter = await startTestServer(GreetService, handler, server.withMiddleware(audit), client.withRPCTimeout(500));
 * await greeter.client.sayHello({ message: "mesh" });
 */
export const startTestServer = async <Handler extends object, Client>(
  service: ServiceInfo<Handler, Client>,
  handler: Handler,
  ...options: readonly OptionEntry<ServerOption | ClientOption>[]
): Promise<TestServer<Client>> => {
  const given = options.filter((option) => option !== false && option !== null && option !== undefined);
  const forClient = given.filter(isForClient);
  const forServer = given.filter((option): option is ServerOption => !isForClient(option));
  const server = createServer(withExitWaitTime(EXIT_WAIT_MS), withServiceAddr("127.0.0.1:0"), ...forServer);
  const address = await server.registerService(service, handler).start();
  let client: Client & AsyncDisposable;
  try {
    client = createClient(service, address, ...forClient);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const close = async (): Promise<void> => {
    // Together: the client lets go of idle connections at once, the server ends the calls that the client waits for.
    await Promise.all([closeClient(client as object), server.stop()]);
  };
  return { client, address, close, [Symbol.asyncDispose]: close };
};
