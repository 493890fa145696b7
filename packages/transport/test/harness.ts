import { ApplicationException, type Context, type MethodInfo, TransportProtocol } from "@kitex-ts/core";
import { Attempt, Call, type Logger, type MethodTarget, type ServerCall, sourced } from "@kitex-ts/core/spi";
import {
  type ClientTransport,
  createListener,
  type Listener,
  type ListenerOptions,
  openClientTransport,
  type ServerEntry,
  type TransportProfile,
  transportProfile,
} from "../src/index.ts";
import { echo, echoPayload, echoService, type Message, ping } from "./echo-service.ts";

export const silent: Logger = { warn: () => {}, error: () => {} };

export type Handler = (request: Message, call: ServerCall) => unknown;

/** An entry of the Echo service whose `echo` is `handler`. */
export const entryOf = (handler: Handler, onPing: (text: string) => void = () => {}): ServerEntry => ({
  codecs: [echoPayload],
  find(_service, methodName) {
    if (methodName === "echo") {
      return { service: echoService, method: echo, invoke: (request, call) => handler(request as Message, call) };
    }
    if (methodName === "ping") {
      return { service: echoService, method: ping, invoke: (request) => onPing(request as string) };
    }
    return new ApplicationException(1, `unknown method ${methodName} (service Echo)`);
  },
});

export interface Running {
  readonly listener: Listener;
  readonly address: string;
}

const running: { close(): unknown }[] = [];

/** Ends what the test has started. */
export const closeAll = async (): Promise<void> => {
  for (const item of running.splice(0)) await item.close();
};

export const serve = async (
  entry: ServerEntry,
  options: Partial<ListenerOptions> = {},
  address = "127.0.0.1:0",
): Promise<Running> => {
  const listener = createListener(entry, { logger: silent, ...options });
  running.push({ close: () => listener.close() });
  return { listener, address: await listener.listen(address) };
};

export const transport = (partial: Partial<TransportProfile> = {}): ClientTransport => {
  const opened = openClientTransport(transportProfile(partial));
  // Calls that never end would hold it open; listeners go first, and end them.
  running.push({ close: () => void opened.close() });
  return opened;
};

export interface AttemptOptions {
  readonly method?: MethodInfo;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly parent?: Context;
  readonly caller?: string;
  readonly destination?: string;
  /** Pretends that the call began earlier. */
  readonly startedAgoMs?: number;
}

const targets = new Map<string, MethodTarget>();

export const attemptTo = (address: string, options: AttemptOptions = {}): Attempt => {
  const { method = echo, caller = "client", destination = "svc", timeoutMs = 0 } = options;
  const key = `${method.name} ${caller} ${destination}`;
  let target = targets.get(key);
  if (target === undefined) {
    target = { service: echoService, method, destination, caller };
    targets.set(key, target);
  }
  const settings = {
    rpcTimeoutMs: sourced(timeoutMs, "client option"),
    connectTimeoutMs: sourced(options.connectTimeoutMs ?? 500, "default"),
    transportProtocol: TransportProtocol.TTHeader,
    tags: undefined,
    hostPort: undefined,
  } as const;
  const call = new Call(target, settings, performance.now() - (options.startedAgoMs ?? 0), options.parent);
  const attempt = new Attempt(call, 1, [], Infinity, "rpc timeout", timeoutMs, call.cancelSlot);
  attempt.instance = { address, weight: 10, tags: new Map() };
  return attempt;
};

export const callEcho = (
  client: ClientTransport,
  address: string,
  msg: string,
  options?: AttemptOptions,
): Promise<Message> => client.call(attemptTo(address, options), { msg }) as Promise<Message>;

export const bytesOf = (hex: string): Buffer => Buffer.from(hex.replace(/#.*$/gm, "").replace(/\s/g, ""), "hex");

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
