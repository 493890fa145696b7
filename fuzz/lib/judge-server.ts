import { compact } from "@kitex-ts/thrift";
import { createServer, server } from "kitex-ts";
import { Defaults, type EverythingInit, Judge, NotFound } from "../../interop/apache/kitex_gen/judge/judge.ts";

export interface JudgeServer extends AsyncDisposable {
  /** host:port. */
  readonly address: string;
}

/** Small, so that messages beyond it are cheap. */
export const MAX_MESSAGE_BYTES: number = 16 * 1024;

/** A real server on loopback that takes both forms of Thrift. Its handlers keep nothing. */
export async function startJudge(): Promise<JudgeServer> {
  const quiet = { warn: () => undefined, error: () => undefined };
  const svr = createServer(
    server.withServiceAddr("127.0.0.1:0"),
    server.withLimit({ maxMessageBytes: MAX_MESSAGE_BYTES }),
    server.withLogger(quiet),
  );
  const same = async <T>(request: T): Promise<T> => request;
  svr.registerService(compact(Judge), {
    ping: same,
    echoEverything: (request) => same(request) as Promise<EverythingInit>,
    echoKeyed: same,
    echoDefaults: same,
    makeDefaults: async () => Defaults.create({ must: 3 }),
    echoBinary: same,
    nothing: async () => undefined,
    notify: async () => undefined,
    join: async (first, second, rest, flag) => `${first}/${second}/${rest.join(",")}/${flag}`,
    find: async (what) => {
      throw new NotFound({ what, searched: 1n });
    },
    verify: async () => undefined,
    fail: async (message) => {
      throw new Error(message);
    },
  });
  const address = await svr.start();
  return { address, [Symbol.asyncDispose]: () => svr.stop() };
}
