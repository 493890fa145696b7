import { setTimeout as sleep } from "node:timers/promises";
import {
  ApplicationException,
  BizStatusError,
  type Context,
  callopt,
  client,
  createClient,
  createServer,
  metainfo,
  server,
} from "kitex-ts";
import { Denied } from "../kitex_gen/base/base.ts";
import { Defaults, FailureKind, Interop, NotFound, type Observed, OldInterop } from "../kitex_gen/interop/interop.ts";
import { GreetService } from "../kitex_gen/proxyless/proxyless.ts";
import { Groups } from "./groups.ts";
import { payloadOf } from "./payload.ts";

/** What `kitex-server` is in Go, in this process. */
export interface OurServer extends AsyncDisposable {
  /** host:port. */
  readonly address: string;
  /** Arguments as the handlers of the echoing methods got them, in order. */
  readonly received: unknown[];
  /** Waits until the oneway call with this token has arrived. */
  notified(token: string): Promise<void>;
}

export interface OurServerOptions {
  /** Serve OldInterop alone, instead of Interop and GreetService. */
  readonly old?: boolean;
  /** CRC-32C of payloads with a TTHeader. */
  readonly checksum?: boolean;
  readonly options?: readonly server.ServerOption[];
}

export async function startOurServer({
  old = false,
  checksum = false,
  options = [],
}: OurServerOptions = {}): Promise<OurServer> {
  const received: unknown[] = [];
  const tokens = new Map<string, { arrived: () => void; promise: Promise<void> }>();
  const tokenOf = (token: string): { arrived: () => void; promise: Promise<void> } => {
    let entry = tokens.get(token);
    if (entry === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      entry = { promise, arrived: resolve };
      tokens.set(token, entry);
    }
    return entry;
  };
  const echo = async <T>(request: T): Promise<T> => {
    received.push(request);
    return request;
  };

  // Handlers that fail on purpose would fill the output.
  const quiet = { warn: () => undefined, error: () => undefined };
  const svr = createServer(
    server.withServiceAddr("127.0.0.1:0"),
    server.withLogger(quiet),
    checksum && server.withPayloadChecksum(),
    ...options,
  );
  if (old) {
    svr.registerService(OldInterop, { echoEverything: echo });
  } else {
    svr.registerService(
      Interop,
      interopHandler(echo, (token) => tokenOf(token).arrived()),
    );
    svr.registerService(GreetService, {
      sayHello1: async ({ Message }) => ({ Message: `hello 1 ${Message}` }),
      sayHello2: async ({ Message }) => ({ Message: `hello 2 ${Message}` }),
    });
  }
  const address = await svr.start();
  return {
    address,
    received,
    notified: (token) => tokenOf(token).promise,
    [Symbol.asyncDispose]: () => svr.stop(),
  };
}

const interopHandler = (echo: <T>(request: T) => Promise<T>, notified: (token: string) => void): Interop => {
  const groups = new Groups();
  const verify = (name: string): void => {
    if (name === "missing") throw new NotFound({ name_: name, searched: 1n << 40n, near: { x: 1, y: -1 } });
    if (name === "forbidden") throw new Denied({ reason: "not yours", missingRoles: ["owner", "admin"] });
  };
  return {
    ping: async (text) => text,
    echoEverything: echo,
    echoDefaults: echo,
    makeDefaults: async () => Defaults.create({ must: 3 }),
    echoBinary: async (payload) => payload,
    nothing: async () => undefined,
    notify: async (token) => notified(token),
    join: async (first, second, rest, flag) => `${first}/${second}/${rest.join(",")}/${flag}`,
    find: async (name) => {
      verify(name);
      return `found ${name}`;
    },
    verify: async (name) => verify(name),
    refuse: async ({ code, message, extra }) => {
      throw new BizStatusError(code, message, Object.fromEntries(extra ?? []));
    },
    fail: async ({ kind, message, typeId }) => {
      throw kind === FailureKind.TYPED ? new ApplicationException(typeId, message) : new Error(message);
    },
    sleep: async (milliseconds) => {
      await sleep(milliseconds);
      return milliseconds;
    },
    gather: async (group, count, text) => {
      await groups.join(group, count);
      return text;
    },
    payload: async (size) => payloadOf(size),
    observe: async (backward, ctx) => {
      sendBack(ctx, "", backward);
      return observe(ctx);
    },
    chain: async (request, ctx) => {
      sendBack(ctx, "middle.", request.backward);
      let onward = metainfo.withBackwardValues(ctx);
      for (const [key, value] of request.transient) onward = metainfo.withValue(onward, key, value);
      for (const [key, value] of request.persistent) onward = metainfo.withPersistentValue(onward, key, value);
      await using next = createClient(
        Interop,
        request.address,
        client.withClientBasicInfo({ serviceName: "middle" }),
        client.withRPCTimeout(10_000),
        client.withConnectTimeout(5000),
      );
      const backward = new Map([...request.backward].map(([key, value]) => [`last.${key}`, value]));
      const last = await next.observe(backward, callopt.withContext(onward));
      return { middle: observe(ctx), last, backward: metainfo.recvAllBackwardValues(onward) };
    },
  };
};

const sendBack = (ctx: Context, role: string, values: ReadonlyMap<string, string>): void => {
  for (const [key, value] of values) metainfo.sendBackwardValue(ctx, role + key, value);
};

const observe = (ctx: Context): Observed => ({
  transient: metainfo.getAllValues(ctx),
  persistent: metainfo.getAllPersistentValues(ctx),
  callerService: ctx.rpcInfo.from.serviceName,
  callerMethod: ctx.rpcInfo.from.method,
  timeoutMs: BigInt(ctx.rpcInfo.config.rpcTimeoutMs),
});
