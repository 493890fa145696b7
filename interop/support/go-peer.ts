import { join } from "node:path";
import { bin } from "../build.ts";
import type { Json } from "./json.ts";
import { Program } from "./program.ts";

const startMs = 20_000;
/** No call in the suites takes longer; without a limit a lost answer would look like a slow test. */
const answerMs = 60_000;

export type GoTransport = "PurePayload" | "Framed" | "TTHeader" | "TTHeaderFramed";

export interface GoServerOptions {
  /** A server that takes only TTHeader and answers out of order. */
  readonly mux?: boolean;
  /** Serve OldInterop alone, instead of Interop and GreetService. */
  readonly old?: boolean;
}

/** A Kitex server of `interop/idl` in its own process. */
export interface GoServer extends AsyncDisposable {
  /** host:port. */
  readonly address: string;
  /** Waits until the oneway call with this token has arrived. */
  notified(token: string): Promise<void>;
  /** Ends it with SIGTERM and answers how it ended: `ended with status 0` when all is well. */
  stop(): Promise<string>;
}

export async function startGoServer(options: GoServerOptions = {}): Promise<GoServer> {
  const args = ["-with-stdin", ...(options.mux ? ["-mux"] : []), ...(options.old ? ["-old"] : [])];
  const program = new Program(join(bin, "kitex-server"), args);
  const port = await program
    .next("READY line", startMs, (line) => /^READY (\d+)$/.exec(line)?.[1])
    .catch(async (error: unknown) => {
      await program.stop();
      throw error;
    });
  return {
    address: `127.0.0.1:${port}`,
    notified: async (token) => {
      const wanted = JSON.stringify({ event: "notified", token });
      await program.next(`notification ${token}`, answerMs, (line) => (line === wanted ? true : undefined));
    },
    stop: () => program.stop(),
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

export interface GoDial {
  /** host:port. */
  readonly address: string;
  /** Default Interop. */
  readonly service?: "Interop" | "OldInterop" | "NewInterop" | "GreetService";
  /** Exactly this one; default TTHeader, which is unframed. */
  readonly transport?: GoTransport;
  /** One shared connection. */
  readonly mux?: boolean;
  /** Default long. */
  readonly pool?: "short" | "long";
  /** The name by which the client introduces itself. */
  readonly caller?: string;
}

export interface GoCallOptions {
  /** RPC timeout; default none. */
  readonly timeoutMs?: number;
  readonly transient?: Readonly<Record<string, string>>;
  readonly persistent?: Readonly<Record<string, string>>;
}

/** What a Kitex client's caller gets. `ok` is null for void. */
export interface GoAnswer {
  readonly ok?: Json;
  readonly error?: GoFailure;
  /** Over TTHeader: every string pair of the reply's header. */
  readonly backward?: Readonly<Record<string, string>>;
}

export interface GoFailure {
  readonly kind: "biz" | "exception" | "application" | "timeout" | "other";
  readonly message: string;
  /** Of biz. */
  readonly code?: number;
  /** Of biz. */
  readonly extra?: Readonly<Record<string, string>>;
  /** Of exception: its name in the IDL. */
  readonly name?: string;
  /** Of exception. */
  readonly value?: Json;
  /** Of application. */
  readonly typeId?: number;
}

/** One Kitex client. */
export interface GoClient {
  /** Calls a method by its IDL name; the arguments have their IDL names and the form that `json.ts` describes. */
  call(method: string, args?: Readonly<Record<string, Json>>, options?: GoCallOptions): Promise<GoAnswer>;
  close(): Promise<void>;
}

/** The process in which Kitex clients live. */
export interface GoClients extends AsyncDisposable {
  dial(dial: GoDial): Promise<GoClient>;
}

export function startGoClients(): GoClients {
  const program = new Program(join(bin, "kitex-client"), []);
  const pending = new Map<number, { resolve: (answer: GoAnswer) => void; reject: (error: Error) => void }>();
  program.onLine((line) => {
    const { id, ...answer } = JSON.parse(line) as GoAnswer & { id: number };
    pending.get(id)?.resolve(answer);
  });
  void program.ended.then((error) => {
    for (const { reject } of pending.values()) reject(error);
  });

  let lastId = 0;
  const ask = async (request: Readonly<Record<string, unknown>>): Promise<GoAnswer> => {
    const id = ++lastId;
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<GoAnswer>((resolve, reject) => {
      pending.set(id, { resolve, reject });
      timer = setTimeout(reject, answerMs, new Error(`kitex-client: no answer within ${answerMs} ms`));
    });
    program.write(JSON.stringify({ id, ...request }));
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      pending.delete(id);
    }
  };
  const must = async (request: Readonly<Record<string, unknown>>): Promise<void> => {
    const { error } = await ask(request);
    if (error !== undefined) throw new Error(`kitex-client: ${error.message}`);
  };

  let lastClient = 0;
  return {
    dial: async (dial) => {
      const client = `client-${++lastClient}`;
      await must({ op: "dial", client, ...dial });
      return {
        call: (method, args = {}, { timeoutMs, transient, persistent } = {}) =>
          ask({ op: "call", client, method, arguments: args, timeoutMs, metainfo: { transient, persistent } }),
        close: () => must({ op: "close", client }),
      };
    },
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
