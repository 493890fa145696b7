import { compact } from "@kitex-ts/thrift";
import { ApplicationException, ApplicationExceptionType, createServer, server } from "kitex-ts";
import { Defaults, Judge, NotFound, OldJudge } from "../kitex_gen/judge/judge.ts";
import { Denied } from "../kitex_gen/shared/shared.ts";

/** What the judges are as servers, in this process. */
export interface OurJudge extends AsyncDisposable {
  /** host:port. */
  readonly address: string;
  /** Arguments as the handlers of the echoing methods got them, in order. */
  readonly received: unknown[];
  /** Tokens of the oneway calls that have arrived. */
  readonly tokens: string[];
}

export async function startOurJudge({ old = false }: { readonly old?: boolean } = {}): Promise<OurJudge> {
  const received: unknown[] = [];
  const tokens: string[] = [];
  const echo = async <T>(request: T): Promise<T> => {
    received.push(request);
    return request;
  };
  // Handlers that fail on purpose would fill the output.
  const quiet = { warn: () => undefined, error: () => undefined };
  const svr = createServer(server.withServiceAddr("127.0.0.1:0"), server.withLogger(quiet));
  // Takes both protocols.
  if (old) svr.registerService(compact(OldJudge), { echoEverything: echo });
  else svr.registerService(compact(Judge), handler(echo, tokens));
  const address = await svr.start();
  return { address, received, tokens, [Symbol.asyncDispose]: () => svr.stop() };
}

const handler = (echo: <T>(request: T) => Promise<T>, tokens: string[]): Judge => {
  const verify = (what: string): void => {
    if (what === "missing") throw new NotFound({ what, searched: 1n << 40n, near: { x: 1, y: -1 } });
    if (what === "forbidden") throw new Denied({ reason: "not yours", missingRoles: ["owner", "admin"] });
  };
  return {
    ping: async (text) => text,
    // Assignable but for a union without a member, which a newer peer could send and nobody can send on.
    echoEverything: (request) => echo(request),
    echoKeyed: echo,
    echoDefaults: echo,
    makeDefaults: async () => Defaults.create({ must: 3 }),
    echoBinary: async (payload) => payload,
    nothing: async () => undefined,
    notify: async (token) => void tokens.push(token),
    join: async (first, second, rest, flag) => `${first}/${second}/${rest.join(",")}/${flag}`,
    find: async (what) => {
      verify(what);
      return `found ${what}`;
    },
    verify: async (what) => verify(what),
    fail: async (message) => {
      throw new ApplicationException(ApplicationExceptionType.internalError, message);
    },
  };
};
